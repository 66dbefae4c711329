"""Bech32 (BIP 173) without the limit on length, as age uses it for recipients and identities."""

from crypto.errors import EncodingError

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LENGTH = 6


def encode(prefix: str, data: bytes) -> str:
    """Lower-case Bech32 of `data` under the human-readable `prefix`."""
    values = _regroup(data, 8, 5, pad=True)
    checked = [*_expand(prefix), *values, *[0] * _CHECKSUM_LENGTH]
    checksum = _polymod(checked) ^ 1
    values += [checksum >> 5 * (5 - i) & 31 for i in range(_CHECKSUM_LENGTH)]
    return prefix + "1" + "".join(_ALPHABET[value] for value in values)


def decode(text: str) -> tuple[str, bytes]:
    """(lower-case prefix, data).

    Raises EncodingError for mixed case, a foreign character, a wrong checksum or padding that is not
    zero. The text itself is not repeated in the error: it may be a secret.
    """
    if text.lower() != text and text.upper() != text:
        raise EncodingError("Bech32 is either all upper case or all lower case")
    text = text.lower()
    prefix, separator, payload = text.rpartition("1")
    if not separator or not prefix or len(payload) < _CHECKSUM_LENGTH:
        raise EncodingError("not Bech32: no prefix, or too short")
    if not all(33 <= ord(character) <= 126 for character in prefix):
        raise EncodingError("not Bech32: a character in the prefix is not printable ASCII")
    values = [_ALPHABET.find(character) for character in payload]
    if -1 in values:
        raise EncodingError("not Bech32: a character outside the alphabet")
    if _polymod([*_expand(prefix), *values]) != 1:
        raise EncodingError("the Bech32 checksum is wrong: a typing error?")
    return prefix, bytes(_regroup(values[:-_CHECKSUM_LENGTH], 5, 8, pad=False))


def _expand(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            checksum ^= term if top >> bit & 1 else 0
    return checksum


def _regroup(values: bytes | list[int], width: int, to: int, *, pad: bool) -> list[int]:
    """Regroups bits; without padding, left-over bits must be fewer than `width` and zero."""
    accumulator = bits = 0
    groups = []
    for value in values:
        accumulator = accumulator << width | value
        bits += width
        while bits >= to:
            bits -= to
            groups.append(accumulator >> bits & (1 << to) - 1)
        accumulator &= (1 << bits) - 1
    if pad and bits:
        groups.append(accumulator << to - bits)
    elif bits >= width or accumulator:
        raise EncodingError("not canonical Bech32: the padding is not zero, or too long")
    return groups
