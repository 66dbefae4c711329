"""The transparency log that every fact goes into.

Law: `entries`, `merkle`, `note`, `checkpoint`, `tiles` and `proof` are pure (bytes in, bytes out, no clock,
no randomness, no I/O) and may be imported by keyholder and verifier; the rest needs storage.
"""
