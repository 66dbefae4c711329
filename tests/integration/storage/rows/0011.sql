-- An objection that was replied to, and a complaint after it that is being tested, with every kind of row around them.
INSERT INTO oversight_case (id, kind, tender, lots, matter, capacity, state, profile, law_of, organisation, person,
    party_salt, tenderee, authority, after, after_closing, after_number, lead, filed_at, knowing, accepted_at, ended_at,
    outcome, withdrawal_asked_at, suspended_at, suspended_until, resumed_at, decision) VALUES
    (repeat('0a', 16), 'objection', 'tender1', '["1"]', 'documents', 'potential-bidder', 'replied', 'cn-tender',
     '2026-01-05', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', sha256('party'),
     '00000000-0000-4000-8000-000000000001', NULL, NULL, NULL, NULL, NULL, '2026-01-06T01:00:00Z',
     '2026-01-05T01:00:00Z', NULL, '2026-01-07T01:00:00Z', 'rejected', NULL, '2026-01-06T01:00:00Z', NULL,
     '2026-01-07T01:00:00Z', NULL),
    (repeat('0b', 16), 'complaint', 'tender1', '["1"]', 'documents', 'potential-bidder', 'accepted', 'cn-tender',
     '2026-01-05', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', sha256('party 2'),
     '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000001', repeat('0a', 16), NULL, NULL,
     NULL, '2026-01-08T01:00:00Z', '2026-01-05T01:00:00Z', '2026-01-09T01:00:00Z', NULL, '', NULL, NULL, NULL, NULL,
     NULL);
INSERT INTO oversight_case_step (case_id, number, kind, at, by, person, record) VALUES
    (repeat('0b', 16), 1, 'filed', '2026-01-08T01:00:00Z', 'filer', '00000000-0000-4000-8000-000000000002', '\x7b7d'),
    (repeat('0b', 16), 2, 'resumed', '2026-01-08T02:00:00Z', 'authority', NULL, NULL);
INSERT INTO oversight_case_clock (case_id, rule, begins, due_at, near_at, stops, calendar, done_at, done, missed_at,
    next_at) VALUES
    (repeat('0b', 16), 'complaint-decision', '2026-01-09T01:00:00Z', '2026-03-02T16:00:00Z', '2026-02-23T16:00:00Z',
     '[["testing", 1767945600, 1768032000]]', repeat('ab', 32), NULL, false, NULL, '2026-02-23T16:00:00Z');
INSERT INTO oversight_case_stop (case_id, number, kind, began_at, until, ended_at) VALUES
    (repeat('0b', 16), 1, 'testing', '2026-01-09T08:00:00Z', '2026-01-10T08:00:00Z', NULL);
INSERT INTO oversight_case_mail (case_id, target, word, about, at, attempts, retry_at, done_with, sent_at) VALUES
    (repeat('0b', 16), 'authority', 'near', 'complaint-decision', '2026-03-02T16:00:00Z', 1, '2026-02-23T16:01:00Z',
     '["li@example.com"]', NULL);
INSERT INTO oversight_evidence (id, organisation, person, name, media_type, size, sha256, begun_at, case_id, step) VALUES
    ('00000000-0000-4000-8000-00000000000e', '00000000-0000-4000-8000-000000000001',
     '00000000-0000-4000-8000-000000000002', '图纸3.pdf', 'application/pdf', 1, sha256('\x00'), '2026-01-08T00:59:00Z',
     repeat('0b', 16), 1);
INSERT INTO oversight_evidence_piece (evidence_id, number, sha256, size) VALUES
    ('00000000-0000-4000-8000-00000000000e', 0, '\x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', 1);
