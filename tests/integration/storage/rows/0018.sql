INSERT INTO guarantee_desk_act (at, who, act, application, detail) VALUES
    ('2026-01-02T00:00:00Z', 'li', 'quote', decode(repeat('05', 16), 'hex'), '800.00'),
    ('2026-01-02T00:01:00Z', 'li', 'csv', NULL, '2');
