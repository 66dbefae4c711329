-- An expert, its draw with a call and an answer, a sample with a finding, and a mailbox with a message and its reply.
INSERT INTO oversight_specialty (code, parent, name) VALUES ('A08', '', '工程'), ('A0801', 'A08', '房屋建筑');
INSERT INTO oversight_expert
    (number, name, employer, employer_key, title, contact, region, years, specialties, staff, state, commitment, salt)
    VALUES ('E-1', '张三', '甲公司', '甲公司', '高级工程师', '0898-1', '460100', 12, '["A0801"]', false, 'admitted',
            sha256('e'), sha256('s'));
INSERT INTO oversight_record (entry_id, expert_id, body, salt, recorded_at) VALUES
    (1, (SELECT id FROM oversight_expert), '\x7b7d', sha256('t'), '2026-01-01T00:00:00Z');
INSERT INTO oversight_snapshot
    (kind, subject, root, size, population, identities, salts, keys, committed_at, entry_id) VALUES
    ('experts', 'experts 2026-01-01', sha256('r'), 1, '\x7b7d', '\x5b5d', sha256('u'), '["E-1"]',
     '2026-01-01T00:00:00Z', 2);
INSERT INTO oversight_draw
    (id, lot, subject, group_id, snapshot_id, terms, others, state, warnings, bidders, seed, names, requested_at) VALUES
    (sha256('d'), 'lot-1', 'experts for lot-1', 'g', (SELECT id FROM oversight_snapshot), '\x7b7d', 0, 'calling',
     '["names can be guessed"]', '["甲公司"]', '\x00', NULL, '2026-01-01T00:00:00Z'),
    (sha256('d2'), 'lot-1', 'experts for lot-1', 'g', (SELECT id FROM oversight_snapshot), '\x7b7d', 0, 'exhausted',
     '[]', '[]', '\x00', NULL, '2026-01-01T00:00:00Z');
INSERT INTO oversight_call
    (draw_id, number, need, position, called_at, due_at, told_at, code_hash, answer, answered_at) VALUES
    (sha256('d'), 0, 0, 0, '2026-01-01T00:00:00Z', '2026-01-01T00:10:00Z', '2026-01-01T00:00:01Z', sha256('c'),
     'accepted', '2026-01-01T00:05:00Z');
INSERT INTO oversight_event (entry_id, draw_id, body, salt) VALUES (3, sha256('d'), '\x7b7d', sha256('v'));
INSERT INTO oversight_sample
    (id, subject, snapshot_id, inspectors_id, terms, checklist, state, seed, names, requested_at) VALUES
    (sha256('p'), 'draws of 2026 Q1', (SELECT id FROM oversight_snapshot), (SELECT id FROM oversight_snapshot),
     '\x7b7d', '["were the terms approved?"]', 'drawn', '\x00', '\x7b7d', '2026-04-01T00:00:00Z');
INSERT INTO oversight_item
    (sample_id, item, place, inspectors, answers, findings, checked_at, follow_up_by, followed_up_at, record, salt)
    VALUES (sha256('p'), 0, 0, '[0]', '[true]', 'one signature is missing', '2026-04-02T00:00:00Z',
            '2026-04-09T00:00:00Z', NULL, sha256('q'), sha256('w'));
INSERT INTO oversight_mailbox (id, kind, key, recipient) VALUES
    (decode(repeat('01', 16), 'hex'), 'report', sha256('k'), 'age1');
INSERT INTO blob (sha256, size, created_at) VALUES (sha256('m'), 300, '2026-01-01T00:00:00Z');
INSERT INTO oversight_message (mailbox_id, number, is_reply, sha256, signature, salt, entry_id) VALUES
    (decode(repeat('01', 16), 'hex'), 0, false, sha256('m'), sha512('m'), sha256('x'), 4),
    (decode(repeat('01', 16), 'hex'), 1, true, sha256('m'), sha512('n'), sha256('y'), 5);
