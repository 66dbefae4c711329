INSERT INTO guarantee_succession (guarantee, application, predecessor, number, content, amount, expiry, change, signed_at,
    agreement, purpose, agreed_at) VALUES
    (decode(repeat('0a', 32), 'hex'), decode(repeat('03', 16), 'hex'), decode(repeat('04', 32), 'hex'), 'BH-2026-1-A1',
     '\x7b7d', 80000000, '2026-07-01T00:00:00Z', '延期一个月', '2026-02-01T00:00:00Z', NULL, NULL, NULL);
