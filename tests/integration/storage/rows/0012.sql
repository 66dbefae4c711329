INSERT INTO account_request_key
    (id, account_id, membership_id, name, key_id, spki, scopes, created_at, expires_at, revoked_at) VALUES
    ('00000000-0000-4000-8000-000000000120', '00000000-0000-4000-8000-000000000002',
     '00000000-0000-4000-8000-000000000003', 'gateway', sha256('request key'), 'request key', '{keys:read}',
     '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z', NULL);
INSERT INTO account_request_nonce (nonce_hash, expires_at) VALUES (sha256('nonce'), '2026-01-01T00:11:00Z');
INSERT INTO guarantee_webhook (id, organisation_id, url, kinds, created_at, ended_at) VALUES
    ('00000000-0000-4000-8000-000000000121', (SELECT id FROM party_organisation LIMIT 1), 'https://bank.example/hook',
     '{guarantee.demanded}', '2026-01-01T00:00:00Z', NULL);
INSERT INTO guarantee_webhook_delivery
    (id, webhook_id, event_id, kind, subject, created_at, state, due_at, attempts, last_status, trouble, done_at) VALUES
    ('00000000-0000-4000-8000-000000000122', '00000000-0000-4000-8000-000000000121',
     '00000000-0000-4000-8000-000000000123', 'guarantee.demanded', 'BH-1', '2026-01-01T00:00:00Z', 'waiting',
     '2026-01-01T00:01:00Z', 1, 503, 'it answered 503', NULL),
    ('00000000-0000-4000-8000-000000000124', '00000000-0000-4000-8000-000000000121',
     '00000000-0000-4000-8000-000000000125', 'test', 'x', '2026-01-01T00:00:00Z', 'delivered', NULL, 1, 204, '',
     '2026-01-01T00:00:01Z');
INSERT INTO guarantee_document (guarantee, sha256, name, media_type, size, handed_in_by, stored_at) VALUES
    (sha256('g'), '\x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', 'proof.pdf', 'application/pdf', 1,
     '91110000600037341L', '2026-01-01T00:00:00Z');
