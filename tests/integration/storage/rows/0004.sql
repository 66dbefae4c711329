-- A keyholder that was heard on one channel, a request for its cosignature, keys in each state, and an opening.
INSERT INTO custody_keyholder (name, static_key, signing_key, witness, registered_at, seen_at, clock_difference) VALUES
    ('notary.example', 'aa', 'bb', 'notary.example+00000000+BA==', '2026-01-01T00:00:00Z', '2026-01-01T00:00:09Z', -1);
INSERT INTO custody_channel (keyholder_id, channel, sequence, message_hash, answer, last_request, last_approval) VALUES
    ((SELECT id FROM custody_keyholder), 'witness', 7, sha256('a'), '\x7b7d', 1, 0),
    ((SELECT id FROM custody_keyholder), 'work', -1, NULL, NULL, 0, 0);
INSERT INTO custody_cosignature (witness, body, requested_at, status, content_type, answer) VALUES
    ('notary.example+00000000+BA==', '\x00', '2026-01-01T00:00:00Z', NULL, NULL, NULL),
    ('notary.example+00000000+BA==', '\x00', '2026-01-01T00:00:00Z', 200, 'text/plain', '\x00');
INSERT INTO custody_taken (leaf_hash, type, subject, member, taken_at) VALUES
    (sha256('b'), 'group-accepted/v1', 'g', 1, '2026-01-01T00:00:00Z');
INSERT INTO custody_run
    (id, group_id, opened_at, state, recipient, lot, part, ending_at, finished_at, reason, culprits) VALUES
    ('r1', 'g', '2026-01-01T00:00:00Z', 'open', NULL, NULL, NULL, NULL, NULL, '', '[]'),
    ('r2', 'g', '2026-01-01T00:00:00Z', 'free', 'age1', NULL, NULL, NULL, '2026-01-01T00:01:00Z', '', '[]'),
    ('r3', 'g', '2026-01-01T00:00:00Z', 'bound', 'age1', 'lot-1', 'price', NULL, '2026-01-01T00:01:00Z', '', '[]'),
    ('r4', 'g', '2026-01-01T00:00:00Z', 'bound', 'age1', NULL, NULL, NULL, '2026-01-01T00:01:00Z', '', '[]'),
    ('r5', 'g', '2026-01-01T00:00:00Z', 'failed', NULL, NULL, NULL, '2026-01-01T00:10:00Z', '2026-01-01T00:10:01Z',
     'member 2 never answered', '[2]');
INSERT INTO custody_release (closing, part, member, hash, sealed, entry, received_at, state, reason) VALUES
    ('c', 'price', 1, 'dd', '\x00', '\x7b7d', '2026-01-01T00:00:00Z', 'wrong', 'a proof does not hold');
INSERT INTO custody_shown (closing, part, bid, shown_at) VALUES ('c', 'price', 17, '2026-01-01T00:00:00Z');
INSERT INTO custody_approval (closing, part, key, signature, given_at) VALUES
    ('c', 'price', 'ee', 'ff', '2026-01-01T00:00:00Z');
INSERT INTO custody_report (keyholder_id, subject, rule, sentence, reported_at) VALUES
    ((SELECT id FROM custody_keyholder), 'c', 'early', 'the deadline has not passed', '2026-01-01T00:00:00Z');
