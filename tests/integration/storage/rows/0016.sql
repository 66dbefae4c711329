INSERT INTO bidding_opinion (lot, member, sha256, given_at, void_at) VALUES
    ('t1.1', 'E-0001', repeat('0b', 32), '2026-02-01T00:00:00Z', '2026-02-01T01:00:00Z'),
    ('t1.1', 'E-0002', repeat('0c', 32), '2026-02-01T02:00:00Z', NULL);
