"""JSON-RPC's quantities, data, addresses and blocks: parsed strictly, and written.

A quantity is 0x and the shortest hexadecimal; data is 0x and two digits a byte (Ethereum execution API, "hex
value encoding"). InvalidParams names what was wrong.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from eth_typing import Address
from eth_utils.address import to_checksum_address

from devchain.errors import InvalidParams

_QUANTITY = re.compile(r"0x(0|[1-9a-fA-F][0-9a-fA-F]*)")
_DATA = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
MAX_QUANTITY = 2**256 - 1

Tag = Literal["latest", "pending", "earliest"]
_TAGS: dict[str, Tag] = {
    "latest": "latest",
    "pending": "pending",
    "earliest": "earliest",
    # Nothing is ever taken back here: what is newest is final.
    "safe": "latest",
    "finalized": "latest",
}


@dataclass(frozen=True, slots=True)
class BlockHash:
    """A block named by its hash (EIP-1898)."""

    value: bytes


Block = Tag | int | BlockHash


def quantity(given: object, name: str) -> int:
    if not isinstance(given, str) or not _QUANTITY.fullmatch(given):
        raise InvalidParams(f"{name}: a quantity such as 0x1f, not {_shown(given)}")
    value = int(given, 16)
    if value > MAX_QUANTITY:
        raise InvalidParams(f"{name}: more than 256 bits")
    return value


def data(given: object, name: str) -> bytes:
    if not isinstance(given, str) or not _DATA.fullmatch(given):
        raise InvalidParams(f"{name}: bytes such as 0x00ff, not {_shown(given)}")
    return bytes.fromhex(given[2:])


def sized(given: object, size: int, name: str) -> bytes:
    value = data(given, name)
    if len(value) != size:
        raise InvalidParams(f"{name}: {size} bytes, not {len(value)}")
    return value


def address(given: object, name: str = "address") -> Address:
    return Address(sized(given, 20, name))


def digest(given: object, name: str = "hash") -> bytes:
    return sized(given, 32, name)


def flag(given: object, name: str) -> bool:
    if not isinstance(given, bool):
        raise InvalidParams(f"{name}: true or false, not {_shown(given)}")
    return given


def block(given: object, name: str = "block") -> Block:
    """A tag, a number, or an object with blockHash or blockNumber."""
    if isinstance(given, str) and given in _TAGS:
        return _TAGS[given]
    if isinstance(given, Mapping):
        if set(given) <= {"blockHash", "requireCanonical"} and "blockHash" in given:
            return BlockHash(digest(given["blockHash"], f"{name}.blockHash"))
        if set(given) == {"blockNumber"}:
            return quantity(given["blockNumber"], f"{name}.blockNumber")
    if isinstance(given, str):
        return quantity(given, name)
    raise InvalidParams(f"{name}: a number, latest, pending or earliest, not {_shown(given)}")


def count(given: object, name: str) -> int:
    """A quantity, or a bare number, which clients also send where seconds and counts are meant."""
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    return quantity(given, name)


def hex_of(value: int | bytes | None) -> str | None:
    """A number as a quantity, bytes as data."""
    if value is None:
        return None
    return hex(value) if isinstance(value, int) else "0x" + value.hex()


def address_of(value: bytes) -> str | None:
    """With the checksum of EIP-55; None for the empty address of a creation."""
    return to_checksum_address(value) if value else None


def _shown(given: object) -> str:
    shown = repr(given)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
