"""The code with which anyone checks a guarantee by its number: on the letter and in its QR code. Pure.

    code = base32(SHA-256(encode("sunseal/guarantee-check-code/v1", number, id)))[:16], in groups of four

80 bits. It follows from the number and the id on chain, so that the platform need keep none: before the opening it
finds the guarantee by trying the ids that the chain shows, and learns nothing but that somebody holds the letter.
"""

import base64
import hashlib
import re

from crypto.encoding import encode
from guarantees.errors import FormatError

DOMAIN = "sunseal/guarantee-check-code/v1"
LENGTH = 16
_FORM = re.compile(r"[A-Z2-7]{16}")


def code_of(number: str, guarantee: bytes) -> str:
    """The code of the guarantee with this number and id (32 bytes): ABCD-EFGH-IJKL-MNOP."""
    return _grouped(_code(number, guarantee))


def parse_code(text: str) -> str:
    """The code as it was typed: in either case, with or without hyphens and spaces. FormatError."""
    plain = re.sub(r"[\s-]", "", text).upper()
    if not _FORM.fullmatch(plain):
        raise FormatError("a check code has 16 letters and digits (A to Z, 2 to 7), as printed on the letter")
    return _grouped(plain)


def _code(number: str, guarantee: bytes) -> str:
    digest = hashlib.sha256(encode(DOMAIN, number, guarantee)).digest()
    return base64.b32encode(digest[:10]).decode()


def _grouped(plain: str) -> str:
    return "-".join(plain[at : at + 4] for at in range(0, LENGTH, 4))
