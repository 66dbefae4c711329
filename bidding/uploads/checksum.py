"""The header Upload-Checksum of tus: an algorithm, a space, and the hash in base64."""

import base64
import binascii
import hmac
from dataclasses import dataclass

from bidding.turned_away import Code, TurnedAwayError

ALGORITHMS = {"sha1": 20, "sha256": 32, "sha512": 64}
"""By the size of their hashes. The specification asks for sha1, which is here against accidents, not attacks."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request must hash to."""

    algorithm: str
    expected: bytes

    @classmethod
    def parse(cls, header: str) -> "Checksum":
        """CHECKSUM_ALGORITHM for one that is not offered, UPLOAD_HEADER for a malformed value."""
        name, _, value = header.partition(" ")
        if name not in ALGORITHMS:
            raise TurnedAwayError(Code.CHECKSUM_ALGORITHM, f"one of {', '.join(ALGORITHMS)}")
        try:
            expected = base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise TurnedAwayError(Code.UPLOAD_HEADER, "Upload-Checksum is an algorithm and base64") from error
        if len(expected) != ALGORITHMS[name]:
            raise TurnedAwayError(
                Code.UPLOAD_HEADER, "the hash in Upload-Checksum has not its algorithm's length"
            )
        return cls(name, expected)

    def check_digest(self, found: bytes) -> None:
        """CHECKSUM_MISMATCH unless that is the digest of the request's bytes."""
        if not hmac.compare_digest(found, self.expected):
            raise TurnedAwayError(Code.CHECKSUM_MISMATCH)
