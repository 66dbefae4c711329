"""The errors of `crypto.tokens`; a token or signature that does not hold is a VerificationError."""

from crypto.errors import CryptoError, EncodingError


class TokenError(CryptoError):
    """Anything about blind tokens that is refused."""


class TokenEncodingError(TokenError, EncodingError):
    """Bytes that are not a challenge, request, response, token or saved state, or a number out of range."""


class TokenKeyError(TokenError):
    """A key that token type 0x0002 does not admit, or another key than the one a message names."""


class BlindingError(TokenError):
    """No blinding was found: the random bytes are not random, or the modulus has small factors."""


class SigningError(TokenError):
    """The private operation gave a wrong result; nothing of it was released."""
