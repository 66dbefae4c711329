-- A log with one entry published, one assigned and one pending, and a witness that is behind.
INSERT INTO ledger_entry (leaf, leaf_hash, appended_at, index) VALUES
    ('\x7b7d', '\x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', '2026-01-01T00:00:00Z', 0),
    ('\x7b7d', '\x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', '2026-01-01T00:00:01Z', 1),
    ('\x7b7d', '\x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', '2026-01-01T00:00:02Z', NULL);
INSERT INTO ledger_head
    (id, origin, size, frontier, stored_size, published_size, published_note, published_at, keys) VALUES
    (1, 'ledger.example', 2, '\x00', 2, 1, '\x00', '2026-01-01T00:00:03Z', 'ledger.example+00000000+AA==');
INSERT INTO ledger_witness (key, size) VALUES ('witness.example+00000000+BA==', 0);
INSERT INTO ledger_cover (id, rate, rate_until, next_at) VALUES
    (1, 60.5, '2026-01-01T01:00:00Z', '2026-01-01T00:00:30Z');
