"""The transparency log that every fact goes into.

Law: `errors`, `merkle`, `note`, `checkpoint`, `cosignature`, `witness_messages`, `tiles`, `proof`, `sealed` and
`entries` are pure (bytes in, bytes out, no clock, no randomness, no I/O) and may be imported by keyholder and
verifier; the rest needs storage, and is nobody's business but the platform's.
"""
