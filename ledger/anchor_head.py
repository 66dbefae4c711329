"""The newest head of a log that is anchored on a chain, as its contract answers (contracts/src/LedgerAnchor.sol).

Pure: what to ask a node, and how to read its answer; how to ask is the asker's affair. An address may lie, so of
several a majority must have seen the head: the size is the largest that more than half of them show, `depth` blocks
below their newest one. Whoever runs the only address, or most, can show what he wants; the head still has to be one
of the log.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.errors import LedgerError

HEAD_OF = "65c7d79d"
"""The first 4 bytes of keccak256("headOf(bytes32)")."""

_WORD = 64
"""Hexadecimal digits."""


class AnswerError(LedgerError):
    """A node answers with what is no anchored head."""


@dataclass(frozen=True, slots=True)
class Anchored:
    """How many entries the anchored tree has, and its root; size 0 for none."""

    size: int
    root: bytes


def newest_block() -> bytes:
    """The question for the newest block, as JSON-RPC."""
    return _question("eth_blockNumber", [])


def head_at(origin: str, contract: str, block: int) -> bytes:
    """The question for the head of the log named `origin` as of that block; `contract` is 0x and 40 digits."""
    data = f"0x{HEAD_OF}{hashlib.sha256(origin.encode()).hexdigest()}"
    return _question("eth_call", [{"data": data, "to": contract}, hex(block)])


def answer(body: bytes) -> str:
    """What a node answers, in hexadecimal. AnswerError for an error, and for what is no JSON-RPC."""
    try:
        found = json.loads(body)
    except ValueError as error:
        raise AnswerError("the chain answers with what is no JSON") from error
    match found:
        case {"result": str(result)}:
            return result
        case _:
            raise AnswerError("the chain answers with an error")


def parse_number(result: str) -> int:
    """The number of a block. AnswerError."""
    try:
        return int(result, 16)
    except ValueError as error:
        raise AnswerError("the chain answers with what is no number of a block") from error


def parse_head(result: str) -> Anchored:
    """The struct (address poster, uint64 size, bool registered, bytes32 root): four words. AnswerError."""
    digits = result.removeprefix("0x")
    if len(digits) != 4 * _WORD:
        raise AnswerError("the chain shows no contract that anchors ledgers there")
    try:
        _, size, registered, root = (
            bytes.fromhex(digits[at : at + _WORD]) for at in range(0, 4 * _WORD, _WORD)
        )
    except ValueError as error:
        raise AnswerError("the chain answers with what is no hexadecimal") from error
    if not any(registered):
        return Anchored(0, b"")
    return Anchored(int.from_bytes(size, "big"), root)


def majority(seen: Sequence[Anchored], asked: int) -> Anchored:
    """The largest head that more than half of those asked show, or a larger one; nobody's silence counts for it."""
    by_size = sorted(seen, key=lambda anchored: anchored.size, reverse=True)
    return by_size[asked // 2] if len(by_size) > asked // 2 else Anchored(0, b"")


def _question(method: str, parameters: Sequence[object]) -> bytes:
    return json.dumps({"id": 1, "jsonrpc": "2.0", "method": method, "params": parameters}).encode()
