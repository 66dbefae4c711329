-- A bidder with one manager who has every way to log in, an invitation, and a key that was rotated.
INSERT INTO party_organisation
    (id, credit_code, name, roles, verified_roles, salt, registered_at, suspended_at, suspended_because) VALUES
    ('00000000-0000-4000-8000-000000000001', '91110000600037341L', '甲公司', '{bidder,tenderee}', '{bidder}',
     sha256('salt'), '2026-01-01T00:00:00Z', NULL, '');
INSERT INTO party_person (id, name, created_at, suspended_at) VALUES
    ('00000000-0000-4000-8000-000000000002', '张三', '2026-01-01T00:00:00Z', NULL);
INSERT INTO party_membership
    (id, person_id, organisation_id, role, manages, began_at, suspended_at, ended_at) VALUES
    ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000002',
     '00000000-0000-4000-8000-000000000001', 'bidder', true, '2026-01-01T00:00:00Z', NULL, NULL),
    ('00000000-0000-4000-8000-000000000004', '00000000-0000-4000-8000-000000000002',
     '00000000-0000-4000-8000-000000000001', 'bidder', false, '2025-01-01T00:00:00Z', NULL, '2025-12-31T00:00:00Z');
INSERT INTO party_invitation
    (id, organisation_id, code_hash, role, manages, note, created_by, created_at, expires_at, used_at, withdrawn_at)
    VALUES
    ('00000000-0000-4000-8000-000000000005', '00000000-0000-4000-8000-000000000001', sha256('code'), 'bidder', false,
     'for the new colleague', '00000000-0000-4000-8000-000000000002', '2026-01-01T00:00:00Z', '2026-01-08T00:00:00Z',
     NULL, NULL);
INSERT INTO party_key
    (organisation_id, key_id, spki, certificate, intermediates, registered_at, registered_by, registration_entry,
     ended_at, end_entry, ended_because) VALUES
    ('00000000-0000-4000-8000-000000000001', sha256('key'), '\x00', NULL, '{}', '2026-01-01T00:00:00Z',
     '00000000-0000-4000-8000-000000000002', (SELECT min(id) FROM ledger_entry), '2026-01-02T00:00:00Z',
     (SELECT max(id) FROM ledger_entry), 'superseded'),
    ('00000000-0000-4000-8000-000000000001', sha256('key 2'), '\x01', '\x02', '{"\\x03"}', '2026-01-02T00:00:00Z',
     '00000000-0000-4000-8000-000000000002', (SELECT max(id) FROM ledger_entry), NULL, NULL, '');
INSERT INTO account
    (id, email, password, active, confirmed_at, fs_uniquifier, fs_webauthn_user_handle, tf_primary_method,
     tf_totp_secret, totp_counter, mf_recovery_codes) VALUES
    ('00000000-0000-4000-8000-000000000002', 'zhang@example.com', '$argon2id$', true, '2026-01-01T00:00:00Z', 'a', 'b',
     'authenticator', '{}', 58909780, '{c,d}');
INSERT INTO account_passkey
    (user_id, credential_id, public_key, sign_count, transports, backup_state, device_type, extensions,
     lastuse_datetime, name, usage) VALUES
    ('00000000-0000-4000-8000-000000000002', '\x01', '\x02', 0, '{usb}', false, 'single_device', NULL,
     '2026-01-01T00:00:00Z', 'key', 'secondary');
INSERT INTO account_session (id, account_id, began_at, ended_at, second_factor, membership_id) VALUES
    ('00000000-0000-4000-8000-000000000006', '00000000-0000-4000-8000-000000000002', '2026-01-01T00:00:00Z', NULL, true,
     '00000000-0000-4000-8000-000000000003');
INSERT INTO account_attempts (name_hash, failures, last_at, locked_until) VALUES
    (sha256('name'), 6, '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z');
INSERT INTO account_token
    (id, account_id, membership_id, name, token_hash, scopes, second_factor, created_at, expires_at, revoked_at) VALUES
    ('00000000-0000-4000-8000-000000000007', '00000000-0000-4000-8000-000000000002',
     '00000000-0000-4000-8000-000000000003', 'office', sha256('token'), '{keys:read}', false, '2026-01-01T00:00:00Z',
     '2026-04-01T00:00:00Z', NULL);
INSERT INTO account_certificate (key_id, account_id, added_at) VALUES
    (sha256('spki'), '00000000-0000-4000-8000-000000000002', '2026-01-01T00:00:00Z');
INSERT INTO account_challenge (challenge_hash, expires_at) VALUES (sha256('challenge'), '2026-01-01T00:05:00Z');
