INSERT INTO guarantee_lookup (lookup, guarantee, guarantor) VALUES
    (decode(repeat('0a', 32), 'hex'), decode(repeat('0b', 32), 'hex'), '91110000600037341L');
