"""Facts that stay hidden for a while: a salted commitment now, salt and body later.

    commitment = SHA-256(encode("sunseal/sealed/v1", salt, body))

`encode` is crypto.encoding's, the salt 32 random bytes, new for each commitment. The type of the fact stands
inside the body, so the commitment of a bid looks like that of a withdrawal, a guarantee or a complaint, and
like 32 random bytes, which is what a cover entry has. Nothing can be the reveal of a cover entry.

It hides the body and its length as long as the salt stays secret, and binds for ever to one salt and one
body. It does not hide that there is an entry, nor when it came: that is what cover entries are for.
"""

import hashlib
import hmac

from crypto.encoding import encode
from crypto.randomness import RandomBytes
from ledger.errors import EntryError, RevealError

DOMAIN = "sunseal/sealed/v1"
SALT_SIZE = 32
COMMITMENT_SIZE = 32


def seal(body: bytes, salt: bytes) -> bytes:
    """The commitment to `body`: 32 bytes. EntryError for a salt that is not 32 bytes."""
    if len(salt) != SALT_SIZE:
        raise EntryError(f"a salt has {SALT_SIZE} bytes, not {len(salt)}")
    return hashlib.sha256(encode(DOMAIN, salt, body)).digest()


def check_reveal(commitment: bytes, salt: bytes, body: bytes) -> None:
    """Raises RevealError unless `commitment` was made of this salt and this body.

    EntryError for a salt or a commitment that is not 32 bytes.
    """
    if len(commitment) != COMMITMENT_SIZE:
        raise EntryError(f"a commitment has {COMMITMENT_SIZE} bytes, not {len(commitment)}")
    if not hmac.compare_digest(seal(body, salt), commitment):
        raise RevealError("salt and body are not those of the commitment: another entry's, or changed")


def cover(random: RandomBytes) -> bytes:
    """What a cover entry has in the place of a commitment: 32 bytes of `random`, and no one keeps them."""
    value = random(COMMITMENT_SIZE)
    if len(value) != COMMITMENT_SIZE:
        raise EntryError(f"a cover commitment has {COMMITMENT_SIZE} bytes, not {len(value)}")
    return value
