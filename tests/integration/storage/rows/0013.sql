-- A file of two bytes.
INSERT INTO ledger_named_file (sha256, content) VALUES
    ('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a', '\x7b7d');
