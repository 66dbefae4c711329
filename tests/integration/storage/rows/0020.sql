INSERT INTO guarantee_guarantor (credit_code, name, address, key, recipient, licensed_from, licensed_until, suspended_at)
    VALUES ('91110000600037342K', '乙银行', '\x2211111111111111111111111111111111111111', '\x00', 'age1',
            '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z', NULL);
