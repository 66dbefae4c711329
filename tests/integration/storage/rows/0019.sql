INSERT INTO oversight_draw
    (id, lot, subject, group_id, snapshot_id, terms, others, state, warnings, bidders, matched, seed, names,
     requested_at) VALUES
    (sha256('d3'), 'lot-3', 'experts for lot-3', 'g', (SELECT min(id) FROM oversight_snapshot), '\x7b7d', 0, 'formed',
     '[]', '["甲公司"]', 3, '\x00', NULL, '2026-01-01T00:00:00Z');
