"""The scrypt recipient type: a file sealed with a passphrase (c2sp.org/age, "The scrypt recipient type").

Sunseal keeps its own secret key files this way; bids never are.
"""

import re
from collections.abc import Sequence

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from crypto.age import base64
from crypto.age.errors import HeaderError
from crypto.age.file_key import BODY_SIZE, open_body, seal_body
from crypto.age.header import Stanza
from crypto.errors import EncodingError
from crypto.randomness import RandomBytes

STANZA_TYPE = "scrypt"
SALT_SIZE = 16
_LABEL = b"age-encryption.org/v1/scrypt"

DEFAULT_WORK_FACTOR = 18
"""log2 of N: about a second and 256 MiB on one core."""

MAX_WORK_FACTOR = 20
"""A file that asks for more is refused: 1 GiB is what a key file may cost us."""


class Passphrase:
    """Seals and opens with a passphrase. An scrypt stanza must be the only one in its header."""

    __slots__ = ("_passphrase", "_work_factor")

    def __init__(self, passphrase: str, *, work_factor: int = DEFAULT_WORK_FACTOR) -> None:
        if not passphrase:
            raise EncodingError("the passphrase is empty")
        if not 1 <= work_factor <= MAX_WORK_FACTOR:
            raise EncodingError(f"the scrypt work factor lies between 1 and {MAX_WORK_FACTOR}")
        self._passphrase = passphrase.encode("utf-8")
        self._work_factor = work_factor

    def wrap(self, file_key: bytes, random: RandomBytes) -> Stanza:
        salt = random(SALT_SIZE)
        body = seal_body(self._key(salt, self._work_factor), file_key)
        return Stanza(STANZA_TYPE, (base64.encode(salt), str(self._work_factor)), body)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key; None if there is no scrypt stanza or the passphrase is another."""
        if not any(stanza.type == STANZA_TYPE for stanza in stanzas):
            return None
        if len(stanzas) != 1:
            raise HeaderError("an scrypt stanza is the only stanza of its file")
        salt, work_factor = _parameters(stanzas[0])
        return open_body(stanzas[0], self._key(salt, work_factor))

    def _key(self, salt: bytes, work_factor: int) -> bytes:
        return Scrypt(salt=_LABEL + salt, length=32, n=2**work_factor, r=8, p=1).derive(self._passphrase)

    def __repr__(self) -> str:
        return "Passphrase(...)"


def _parameters(stanza: Stanza) -> tuple[bytes, int]:
    """(salt, log2 N) of a well-formed stanza; HeaderError for any other."""
    if len(stanza.args) != 2:
        raise HeaderError(f"an scrypt stanza has three arguments, not {len(stanza.args) + 1}")
    try:
        salt = base64.decode(stanza.args[0])
    except EncodingError as error:
        raise HeaderError(f"the salt of an scrypt stanza is {error}") from error
    if len(salt) != SALT_SIZE:
        raise HeaderError(f"the salt of an scrypt stanza has {SALT_SIZE} bytes, not {len(salt)}")
    if not re.fullmatch(r"[1-9][0-9]*", stanza.args[1], re.ASCII) or len(stanza.args[1]) > 2:
        raise HeaderError("the work factor of an scrypt stanza is not a small decimal number")
    work_factor = int(stanza.args[1])
    if work_factor > MAX_WORK_FACTOR:
        raise HeaderError(f"the scrypt work factor {work_factor} is above the limit of {MAX_WORK_FACTOR}")
    if len(stanza.body) != BODY_SIZE:
        raise HeaderError(f"the body of an scrypt stanza has {BODY_SIZE} bytes, not {len(stanza.body)}")
    return salt, work_factor
