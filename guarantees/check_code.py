"""The code with which anyone checks a guarantee by its number: on the letter and in its QR code. Pure.

    code   = base32(SHA-256(encode("sunseal/guarantee-check-code/v2", number, salt)))[:16], in groups of four
    lookup = SHA-256(encode("sunseal/guarantee-lookup/v1", number, code))

80 bits, from the salt that only guarantor and bidder have before the opening: nobody else makes a code that fits a
number of its own to an id that the chain shows to all. The guarantor tells the platform the lookup of each id; of
number and code that tells nothing, and with them the guarantee is found at once (guarantees/register/lookups.py).
"""

import base64
import hashlib
import re

from crypto.encoding import encode
from guarantees.errors import FormatError
from guarantees.signed import SignedGuarantee

CODE_DOMAIN = "sunseal/guarantee-check-code/v2"
LOOKUP_DOMAIN = "sunseal/guarantee-lookup/v1"
LENGTH = 16
_FORM = re.compile(r"[A-Z2-7]{16}")


def code_of(guarantee: SignedGuarantee) -> str:
    """The guarantee's code: ABCD-EFGH-IJKL-MNOP."""
    message = encode(CODE_DOMAIN, guarantee.undertaking.number, bytes.fromhex(guarantee.salt))
    return _grouped(base64.b32encode(hashlib.sha256(message).digest()[:10]).decode())


def lookup_of(number: str, code: str) -> bytes:
    """What the platform finds a guarantee by: 32 bytes. The code in groups, as `code_of` and `parse_code` give it."""
    return hashlib.sha256(encode(LOOKUP_DOMAIN, number, code)).digest()


def parse_code(text: str) -> str:
    """The code as it was typed: in either case, with or without hyphens and spaces. FormatError."""
    plain = re.sub(r"[\s-]", "", text).upper()
    if not _FORM.fullmatch(plain):
        raise FormatError("a check code has 16 letters and digits (A to Z, 2 to 7), as printed on the letter")
    return _grouped(plain)


def _grouped(plain: str) -> str:
    return "-".join(plain[at : at + 4] for at in range(0, LENGTH, 4))
