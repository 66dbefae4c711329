"""A seed on paper: 24 words (BIP-39, by the package `mnemonic`), or 64 hexadecimal digits, or a QR code of those.

The words are English or simplified Chinese; whichever they are, they say the same 32 bytes, and they end in a checksum
of one byte: a slip of the pen is found 255 times in 256. No passphrase of BIP-39 is used, so words and seed are one to
one. Nothing here writes anything anywhere.
"""

import io
import re
import unicodedata

import segno
from mnemonic import Mnemonic

from crypto.signatures import SEED_SIZE
from keyholder.errors import BackupError

ENGLISH, CHINESE = "english", "chinese_simplified"
WORDS = 24

_HEX = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


def to_words(seed: bytes, language: str = ENGLISH) -> list[str]:
    """The 24 words of a seed."""
    words: list[str] = Mnemonic(language).to_mnemonic(seed).split()
    return words


def parse(text: str) -> bytes:
    """The seed of 24 words, of 64 hexadecimal digits, or of a QR code's text.

    Words may be separated by any white space, numbers and dots before them are passed over; Chinese ones may also stand
    without space. Raises BackupError, which never repeats what was given.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if _HEX.fullmatch("".join(text.split())):
        return bytes.fromhex("".join(text.split()))
    words = [word for word in re.split(r"[\s.,:0-9]+", text.lower()) if word]
    if len(words) == 1 and len(words[0]) == WORDS:
        words = list(words[0])
    if len(words) != WORDS:
        raise BackupError(
            f"a backup has {WORDS} words, or 64 hexadecimal digits; these are {len(words)} words"
        )
    unknown = {}
    for language in (ENGLISH, CHINESE):
        reader = Mnemonic(language)
        known = set(reader.wordlist)
        unknown[language] = [at for at, word in enumerate(words, start=1) if word not in known]
        if unknown[language]:
            continue
        try:
            return bytes(reader.to_entropy(words))
        except ValueError:
            # `from None`: the cause names a word.
            raise BackupError(
                "all words are on the list, but their checksum is wrong: one is another, or two changed places"
            ) from None
    nearest = min(unknown.values(), key=len)
    numbers = ", ".join(map(str, nearest[:WORDS]))
    raise BackupError(
        f"these words, counted from 1, are on neither the English nor the Chinese list: {numbers}"
    )


def to_hex(seed: bytes) -> str:
    """What the QR code says."""
    if len(seed) != SEED_SIZE:
        raise BackupError(f"a seed has {SEED_SIZE} bytes")
    return seed.hex().upper()  # upper case: a QR code has a denser mode for it


def qr_for_terminal(seed: bytes) -> str:
    """The QR code in half blocks of Unicode, for dark letters on light ground and the other way round."""
    target = io.StringIO()
    _qr(seed).terminal(target, compact=True)
    return target.getvalue()


def qr_svg(seed: bytes) -> str:
    """The QR code as an SVG element for a page."""
    return str(_qr(seed).svg_inline(border=4, omitsize=True))


def _qr(seed: bytes) -> segno.QRCode:
    return segno.make_qr(to_hex(seed), error="q")
