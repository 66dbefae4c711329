INSERT INTO guarantee_application (id, recipient, letters, applicant, name, tender, lot, product, amount, currency, expiry,
    content, documents, state, applied_at, changed_at, remark, key_standing, key_checked_at) VALUES
    (decode(repeat('05', 16), 'hex'), 'age1', 1, '91350211M000100Y43', '乙公司', 'tender-1', 'lot-2', 'bid', 80000000, 'CNY',
     '2026-06-01T00:00:00Z', '\x7b7d', '[]', 'applied', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '',
     'proven', '2026-01-01T00:00:00Z');
