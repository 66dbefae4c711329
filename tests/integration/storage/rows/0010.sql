-- A guarantor with a product and a letter, one guarantee with all that can come to it, and one application of a desk.
INSERT INTO guarantee_guarantor (credit_code, organisation, name, address, key, recipient, licensed_from, licensed_until,
    suspended_at) VALUES
    ('91110000600037341L', '00000000-0000-4000-8000-000000000001', '甲银行',
     '\x1111111111111111111111111111111111111111', '\x00', 'age1', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z', NULL);
INSERT INTO guarantee_guarantor_act (guarantor, act, at, leaf, entry_id) VALUES
    ('91110000600037341L', 'listed', '2026-01-01T00:00:00Z', '\x7b7d', (SELECT min(id) FROM ledger_entry));
INSERT INTO guarantee_product (guarantor, code, version, content, signature, published_at, ended_at, entry_id) VALUES
    ('91110000600037341L', 'bid', 1, '\x7b7d', '\x00', '2026-01-01T00:00:00Z', NULL, (SELECT min(id) FROM ledger_entry));
INSERT INTO guarantee_beneficiary (credit_code, address, registered_at) VALUES
    ('91350211M000100Y43', '\x2222222222222222222222222222222222222222', '2026-01-01T00:00:00Z');
INSERT INTO guarantee_mailbox (id, kind, key, recipient) VALUES
    (decode(repeat('01', 16), 'hex'), '91110000600037341L', sha256('key'), 'age1');
INSERT INTO guarantee_message (mailbox_id, number, is_reply, sha256, signature, salt, entry_id) VALUES
    (decode(repeat('01', 16), 'hex'), 0, false, '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
     decode(repeat('02', 64), 'hex'), sha256('salt'), (SELECT min(id) FROM ledger_entry));
INSERT INTO guarantee_check (lot, bid, credit_code, form, content, guarantee, state, findings, due_at, began_at,
    decided_at, entry_id) VALUES
    ('lot-2', 20, '91350211M000100Y43', 'electronic', '\x7b7d', sha256('g'), 'valid', '[]', NULL,
     '2026-01-05T09:31:00Z', '2026-01-05T09:31:00Z', (SELECT min(id) FROM ledger_entry)),
    ('lot-2', 21, '91350211M000100Y43', 'paper', '\x7b7d', NULL, 'examine', '[]', NULL, '2026-01-05T09:31:00Z', NULL, NULL);
INSERT INTO guarantee (id, lot, tender, bid, number, guarantor, applicant, beneficiary, amount, currency, applied_at,
    issued_at, expiry, content, state, presented_at, ended_at, released_because, replaced_by, followed) VALUES
    (sha256('g'), 'lot-2', 'tender-1', 20, 'BH-1', '91110000600037341L', '91350211M000100Y43', '91350211M000100Y43',
     80000000, 'CNY', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z', '2026-06-01T00:00:00Z', '\x7b7d', 'presented',
     '2026-01-05T09:31:00Z', NULL, '', NULL, 7);
INSERT INTO guarantee_release (guarantee, clock, rule, began_at, due_at, released_at, late_because) VALUES
    (sha256('g'), 'contract', 'bond-refund', '2026-01-05T09:31:00Z', '2026-01-10T16:00:00Z', NULL, '');
INSERT INTO guarantee_demand (guarantee, number, amount, extension_days, grounds, statement, documents, made_at,
    examine_by, answer_by, state, reply, answered_at) VALUES
    (sha256('g'), 1, 80000000, 0, 'bid-withdrawn', '\x7b7d', '[]', '2026-01-06T00:00:00Z', '2026-01-13T16:00:00Z',
     1768500000, 'refused', '\x7b7d', '2026-01-07T00:00:00Z');
INSERT INTO guarantee_amendment (guarantee, number, content, signatures, state, proposed_at, settled_at) VALUES
    (sha256('g'), 1, '\x7b7d', '{}', 'proposed', '2026-01-06T00:00:00Z', NULL);
INSERT INTO guarantee_step (guarantee, step, at, entry_id, purpose, event) VALUES
    (sha256('g'), 'presented', '2026-01-05T09:31:00Z', (SELECT min(id) FROM ledger_entry), 'present 1', 'Presented');
INSERT INTO guarantee_paper (lot, bid, sha256, stated, outcome, remarks, examined_by, examined_at, entry_id) VALUES
    ('lot-2', 21, sha256('scan'), '{}', 'accepted', '', 'examiner', '2026-01-06T00:00:00Z', NULL);
INSERT INTO guarantee_difference (guarantee, kind, sentence, found_at, settled_at) VALUES
    (sha256('g'), 'state', 'released here, presented on chain', '2026-01-06T00:00:00Z', NULL);
INSERT INTO guarantee_application (id, recipient, letters, applicant, name, tender, lot, product, amount, currency, expiry,
    content, documents, state, applied_at, changed_at, remark) VALUES
    (decode(repeat('03', 16), 'hex'), 'age1', 2, '91350211M000100Y43', '乙公司', 'tender-1', 'lot-2', 'bid', 80000000, 'CNY',
     '2026-06-01T00:00:00Z', '\x7b7d', '[]', 'issued', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '');
INSERT INTO guarantee_quote (application, number, premium, valid_until, quoted_at, accepted_at) VALUES
    (decode(repeat('03', 16), 'hex'), 1, 80000, '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-01T00:10:00Z');
INSERT INTO guarantee_invoice (number, application, amount, currency, issued_at, due_at, paid_at) VALUES
    ('FP-1', decode(repeat('03', 16), 'hex'), 80000, 'CNY', '2026-01-01T00:10:00Z', '2026-01-02T00:00:00Z',
     '2026-01-01T00:20:00Z');
INSERT INTO guarantee_payment (reference, invoice, amount, currency, payer, named, source, paid_at, recorded_at, trouble)
    VALUES
    ('bank-1', 'FP-1', 80000, 'CNY', '乙公司', 'FP-1', 'csv', '2026-01-01T00:20:00Z', '2026-01-01T00:30:00Z', ''),
    ('bank-2', NULL, 1, 'CNY', '丙公司', 'FP-9', 'webhook', '2026-01-01T00:20:00Z', '2026-01-01T00:30:00Z', 'no invoice');
INSERT INTO guarantee_limit (applicant, currency, amount, set_at) VALUES ('', 'CNY', 100000000000, '2026-01-01T00:00:00Z');
INSERT INTO guarantee_issue (application, number, guarantee, content, expiry, purpose, signed_at, issued_at) VALUES
    (decode(repeat('03', 16), 'hex'), 'BH-1', sha256('g'), '\x7b7d', '2026-06-01T00:00:00Z', 'issue BH-1',
     '2026-01-01T00:40:00Z', '2026-01-01T00:41:00Z');
INSERT INTO guarantee_outgoing (application, purpose, content, sealed, sent_at) VALUES
    (decode(repeat('03', 16), 'hex'), 'quote 1', '\x7b7d', NULL, NULL);
