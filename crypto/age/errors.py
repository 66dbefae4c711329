"""Why an age file does not open."""

from crypto.errors import CryptoError, EncodingError, VerificationError


class AgeError(CryptoError):
    """Anything wrong with an age file."""


class ArmorError(AgeError, EncodingError):
    """The ASCII armor is not the strict form of RFC 7468."""


class HeaderError(AgeError, EncodingError):
    """The header, or a stanza addressed to one of our identities, is malformed."""


class HeaderMacError(AgeError, VerificationError):
    """The header was altered: its MAC does not fit the file key."""


class NoMatchError(AgeError):
    """No identity fits any stanza: the file was sealed to someone else."""


class PayloadError(AgeError, VerificationError):
    """The payload was altered, reordered or cut short."""
