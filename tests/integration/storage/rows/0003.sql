-- One guarantee from the wish to issue it to its release, and an anchor that waits.
INSERT INTO chain_deployment (id, chain_id, guarantee_registry, ledger_anchor, first_block) VALUES
    (1, 20170117, '\x3333333333333333333333333333333333333333', '\x4444444444444444444444444444444444444444', 0);
INSERT INTO chain_key (address, next_nonce) VALUES ('\x1111111111111111111111111111111111111111', 1);
INSERT INTO chain_outbox
    (purpose, key, contract, data, gas, requested_at, state, nonce, transaction, block, block_hash, succeeded, settled_at)
    VALUES
    ('issue 1', '\x1111111111111111111111111111111111111111', 'GuaranteeRegistry', '\x00', 80000,
     '2026-01-01T00:00:00Z', 'confirmed', 0, sha256('a'), 7, sha256('b'), true, '2026-01-01T00:00:09Z'),
    ('anchor 1', '\x1111111111111111111111111111111111111111', 'LedgerAnchor', '\x01', 80000,
     '2026-01-01T00:00:00Z', 'wanted', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO chain_attempt (outbox_id, nonce, hash, raw, max_fee, tip, signed_at, sent_at) VALUES
    ((SELECT id FROM chain_outbox WHERE purpose = 'issue 1'), 0, sha256('a'), '\x02', 2000000000, 1,
     '2026-01-01T00:00:01Z', '2026-01-01T00:00:02Z');
INSERT INTO chain_block (number, hash) VALUES (7, sha256('b'));
INSERT INTO chain_event
    (block, log_index, block_hash, time, transaction, contract, name, subject, fields) VALUES
    (7, 0, sha256('b'), 1767225600, sha256('a'), 'GuaranteeRegistry', 'Issued', sha256('c'), '{"expiry": 1767312000}');
INSERT INTO chain_guarantee (id, guarantor, commitment, expiry, state, issued_block, changed_block, amount) VALUES
    (sha256('c'), '\x1111111111111111111111111111111111111111', sha256('d'), 1767312000, 'Released', 7, 9,
     79228162514264337593543950335);
INSERT INTO chain_guarantor (address, licensed, changed_block) VALUES
    ('\x1111111111111111111111111111111111111111', true, 3);
INSERT INTO chain_anchor (requested_at, mark, size, root, outbox_id) VALUES
    ('2026-01-01T00:00:00Z', 1, 1, sha256('e'), (SELECT id FROM chain_outbox WHERE purpose = 'anchor 1')),
    ('2026-01-01T00:00:00Z', 2, NULL, NULL, NULL);
