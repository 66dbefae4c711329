-- A lot's part that was opened, with one bid that did and one that failed, an objection with its answer, a sign-off.
INSERT INTO bidding_storage_key (lot, recipient, sealed, made_at) VALUES
    ('lot-2', 'age1', '\x00', '2026-01-05T09:31:00Z');
INSERT INTO bidding_opening (closing, part, lot, position, public, state, due_at, shares_until, fallback_until, stopped,
    opened_at, sign_until, results, record) VALUES
    (repeat('08', 32), 'price', 'lot-2', 0, true, 'opened', '2026-01-05T10:31:00Z', '2026-01-05T10:00:00Z', NULL, '',
     '2026-01-05T09:31:00Z', '2026-01-05T10:31:00Z', decode(repeat('0f', 32), 'hex'), NULL),
    (repeat('08', 32), 'later', 'lot-2', 1, true, 'later', '2026-01-05T09:30:04Z', NULL, NULL, '',
     NULL, NULL, NULL, NULL);
INSERT INTO bidding_opened_bid (closing, part, bid, state, given_key, file_key, result, credit_code, shown, trouble_at,
    decided_at) VALUES
    (repeat('08', 32), 'price', 20, 'opened', NULL, '\x00', '\x7b7d', '91350211M000100Y43', true, NULL,
     '2026-01-05T09:31:00Z'),
    (repeat('08', 32), 'price', 21, 'failed', NULL, NULL, '\x7b7d', NULL, false, NULL, '2026-01-05T09:31:00Z');
INSERT INTO bidding_opening_objection (closing, number, part, credit_code, statement, made_at, answer, answered_at) VALUES
    (repeat('08', 32), 1, 'price', '91350211M000100Y43', '\x7b7d', '2026-01-05T09:32:00Z', '\x7b7d',
     '2026-01-05T09:33:00Z');
INSERT INTO bidding_opening_sign_off (closing, part, number, credit_code, capacity, statement, signed_at) VALUES
    (repeat('08', 32), 'price', 1, '91350211M000100Y43', 'bidder', '\x7b7d', '2026-01-05T09:34:00Z');
