-- A draft, and a published tender: one lot suspended, one closed; a document, an amendment, a question with its answer.
INSERT INTO party_organisation (id, credit_code, name, roles, verified_roles, salt, registered_at, suspended_at, suspended_because)
    VALUES ('00000000-0000-4000-8000-0000000000a8', '91440300192203821X', '招标单位', ARRAY['tenderee'], ARRAY['tenderee'],
        decode(repeat('a8', 32), 'hex'), '2026-01-01T00:00:00Z', NULL, '');
INSERT INTO bidding_tender (id, organisation, state, draft, created_at, published_at, law_of, keyholders, again) VALUES
    ('t0', '00000000-0000-4000-8000-0000000000a8', 'draft', '{"title": "Bridge"}', '2026-01-01T00:00:00Z', NULL, NULL, NULL, NULL),
    ('t1', '00000000-0000-4000-8000-0000000000a8', 'suspended', '{"title": "Road"}', '2026-01-01T00:00:00Z',
     '2026-01-02T00:00:00Z', '2026-01-02', repeat('ab', 32), NULL);
INSERT INTO bidding_lot (id, tender, number, position, state, resumes, timetable, bids, report_at, candidates, candidates_until, rank, price)
    VALUES
    ('t1.1', 't1', '1', 0, 'suspended', 'published', '{}', NULL, NULL, '[]', NULL, NULL, NULL),
    ('t1.2', 't1', '2', 1, 'closed', NULL, '{}', 4, NULL, '[]', NULL, NULL, NULL);
INSERT INTO bidding_lot_part (lot, part, key, recipient) VALUES ('t1.1', 'price', repeat('cd', 32), 'age1example');
INSERT INTO bidding_suspension (lot, cause, rule, reason, began_at, ended_at, ended_because) VALUES
    ('t1.1', 'objection-1', 'suspended-until-reply', 'drawing 3', '2026-01-03T00:00:00Z', NULL, '');
INSERT INTO bidding_amendment (tender, number, lots, text, may_affect_bids, old_deadline, new_deadline, at) VALUES
    ('t1', 1, '["t1.1"]', 'Drawing 3', true, '2026-02-01T00:00:00Z', '2026-02-09T00:00:00Z', '2026-01-04T00:00:00Z');
INSERT INTO blob (sha256, size, created_at) VALUES (decode(repeat('b8', 32), 'hex'), 7, '2026-01-01T00:00:00Z');
INSERT INTO bidding_document (tender, name, version, title, media_type, sha256, size, stored_at, published_at) VALUES
    ('t1', 'notice.pdf', 1, 'Notice', 'application/pdf', decode(repeat('b8', 32), 'hex'), 7, '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z');
INSERT INTO bidding_question (id, tender, question, asked_at, number, answer, answered_at) VALUES
    ('00000000-0000-4000-8000-0000000000b8', 't1', 'Which steel?', '2026-01-03T00:00:00Z', 1, 'Q355.', '2026-01-04T00:00:00Z');
INSERT INTO bidding_due (lot, kind, due_at, done_at, overdue_at) VALUES
    ('t1.1', 'close', '2026-02-09T00:00:00Z', NULL, NULL),
    ('t1.2', 'report', '2026-02-10T00:00:00Z', NULL, '2026-02-11T00:00:00Z');
