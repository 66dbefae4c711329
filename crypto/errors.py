"""The errors of `crypto`: one small hierarchy, each naming what was wrong.

No message here ever holds a secret: no key, no share, no plaintext, no passphrase.
"""


class CryptoError(Exception):
    """Anything this package refuses."""


class EncodingError(CryptoError):
    """Bytes or text that are not the one canonical form of what they should be."""


class VerificationError(CryptoError):
    """A signature, proof, certificate or token that does not hold."""
