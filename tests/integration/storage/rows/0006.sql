-- A key with a spent token, an upload under way, and a lot with a bid that was replaced and withdrawn.
INSERT INTO bidding_token_key (id, spki, not_before, issue_until, redeem_until, entry_id) VALUES
    (decode(repeat('01', 32), 'hex'), '\x30', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '2026-04-01T00:00:00Z', 1),
    (decode(repeat('02', 32), 'hex'), '\x30', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z', '2026-05-01T00:00:00Z', 2);
INSERT INTO bidding_token_allowance (organisation, month, drawn) VALUES ('91350211M000100Y43', '2026-01', 7);
INSERT INTO bidding_token_spent (nullifier, key_id) VALUES
    (decode(repeat('03', 32), 'hex'), decode(repeat('01', 32), 'hex'));
INSERT INTO bidding_upload (id, length, "offset", created_at, expires_at, state, sha256) VALUES
    (decode(repeat('04', 32), 'hex'), 100, 22, '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z', 'open', NULL),
    (decode(repeat('05', 32), 'hex'), 100, 100, '2026-01-02T00:00:00Z', '2026-01-09T00:00:00Z', 'finished',
     decode(repeat('06', 32), 'hex'));
INSERT INTO bidding_upload_piece (name, upload_id, begin, size, stored) VALUES
    (decode(repeat('07', 32), 'hex'), decode(repeat('04', 32), 'hex'), 0, 22, true);
INSERT INTO bidding_intake (lot, state, deadline, min_bids, max_size, parts, closing) VALUES
    ('lot-1', 'open', '2026-02-01T09:30:00Z', 3, 104857600,
     '[{"name": "price", "public": true, "after": "", "caller": "", "knowledge": false}]', NULL),
    ('lot-2', 'closed', '2026-01-05T09:30:00Z', 3, 104857600, '[]', decode(repeat('08', 32), 'hex'));
INSERT INTO bidding_bid (key, lot, sequence, withdrawn) VALUES
    (decode(repeat('09', 32), 'hex'), 'lot-1', 2, true);
INSERT INTO bidding_sealed (entry_id, lot, bid, sequence, salt, body, arrived_at) VALUES
    (11, 'lot-1', decode(repeat('09', 32), 'hex'), 1, decode(repeat('0a', 32), 'hex'), '\x7b7d', '2026-01-03T00:00:00Z'),
    (12, 'lot-1', decode(repeat('09', 32), 'hex'), 2, decode(repeat('0b', 32), 'hex'), '\x7b7d', '2026-01-04T00:00:00Z'),
    (13, 'lot-1', decode(repeat('09', 32), 'hex'), NULL, decode(repeat('0c', 32), 'hex'), '\x7b7d', '2026-01-05T00:00:00Z');
INSERT INTO blob (sha256, size, created_at) VALUES
    (decode(repeat('0d', 32), 'hex'), 100, '2026-01-03T00:00:00Z');
INSERT INTO bidding_held_file (entry_id, part, sha256) VALUES
    (11, 'price', decode(repeat('0d', 32), 'hex')),
    (12, 'price', decode(repeat('0d', 32), 'hex'));
INSERT INTO bidding_share (share, bid, part, sha256) VALUES
    (decode(repeat('0e', 32), 'hex'), decode(repeat('09', 32), 'hex'), 'price', decode(repeat('0d', 32), 'hex'));
