-- An empty content, one of a byte, and the longest that a size can say.
INSERT INTO blob (sha256, size, created_at) VALUES
    ('\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0, '2026-01-01T00:00:00Z'),
    ('\x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', 1, '2026-01-01T08:00:00+08:00'),
    ('\xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', 9223372036854775807, 'infinity');
