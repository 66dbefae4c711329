"""Pure mathematics and formats: bytes in, bytes out.

Law: no I/O but reading and writing the file objects a caller hands in, no clock, no randomness of its
own, no threads, no import from any other package of ours. `now` and random bytes are arguments
(`crypto.randomness.RandomBytes`; the caller passes `secrets.token_bytes`). Curve arithmetic is
libsodium's (PyNaCl), AEAD, HKDF, RSA and X.509 are OpenSSL's (`cryptography`), the private operation of
blind signatures is GMP's (gmpy2). Verification raises `crypto.errors.CryptoError`, it never returns a bool.

Not guaranteed anywhere in this package: that secrets leave memory. Python copies and frees `bytes` as
it likes, so a process that holds a key must itself be protected (docs/threat-model.md).
"""
