INSERT INTO bidding_due (lot, kind, due_at, done_at, overdue_at, done_by, evidence) VALUES
    ('t1.1', 'supervisor-report', '2026-02-12T00:00:00Z', '2026-02-11T00:00:00Z', NULL,
     '00000000-0000-4000-8000-000000000003', repeat('0a', 32));
