"""The newest head of the ledger that is anchored on a chain, by plain JSON-RPC (contracts/src/LedgerAnchor.sol).

An address may lie, so of several a majority must have seen the head: the size is the largest that more than half of
them show, `depth` blocks below their newest one. Whoever runs the only address, or most, can show what he wants; the
head still has to be one that was followed.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keyholder.config import Chain
from keyholder.errors import UnavailableError
from keyholder.http import Http

HEAD_OF = "65c7d79d"
"""The first 4 bytes of keccak256("headOf(bytes32)")."""
MAX_ANSWER = 64 * 1024
TIMEOUT = 5.0

_WORD = 64
"""Hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Anchored:
    """How many entries the anchored tree has, and its root; size 0 for none."""

    size: int
    root: bytes


class AnchorReader:
    """Asks each of the chain's addresses."""

    def __init__(self, chain: Chain, origin: str, http: Http) -> None:
        self._chain = chain
        self._data = f"0x{HEAD_OF}{hashlib.sha256(origin.encode()).hexdigest()}"
        self._http = http

    def newest(self) -> Anchored:
        """What a majority shows. UnavailableError if no majority answers."""
        seen: list[Anchored] = []
        problem = ""
        for url in self._chain.rpc:
            try:
                seen.append(self._ask(url))
            except UnavailableError as error:
                problem = str(error)
        if 2 * len(seen) <= len(self._chain.rpc):
            raise UnavailableError(f"the chain cannot be read: {problem}")
        return majority(seen, len(self._chain.rpc))

    def _ask(self, url: str) -> Anchored:
        newest = _number(self._call(url, "eth_blockNumber", []), url)
        block = max(0, newest - self._chain.depth)
        result = self._call(url, "eth_call", [{"data": self._data, "to": self._chain.contract}, hex(block)])
        return parse_head(result, url)

    def _call(self, url: str, method: str, parameters: Sequence[Any]) -> Any:
        question = {"id": 1, "jsonrpc": "2.0", "method": method, "params": parameters}
        reply = self._http.post(url, json.dumps(question).encode(), limit=MAX_ANSWER, timeout=TIMEOUT)
        if reply.status != 200:
            raise UnavailableError(f"the chain answers {reply.status}")
        try:
            answer = json.loads(reply.body)
        except ValueError as error:
            raise UnavailableError("the chain answers with what is no JSON") from error
        match answer:
            case {"result": str(result)}:
                return result
            case _:
                raise UnavailableError("the chain answers with an error")


def majority(seen: Sequence[Anchored], asked: int) -> Anchored:
    """The largest head that more than half of those asked show, or a larger one; nobody's silence counts for it."""
    by_size = sorted(seen, key=lambda anchored: anchored.size, reverse=True)
    return by_size[asked // 2] if len(by_size) > asked // 2 else Anchored(0, b"")


def parse_head(result: str, url: str) -> Anchored:
    """The struct (address poster, uint64 size, bool registered, bytes32 root): four words; UnavailableError."""
    digits = result.removeprefix("0x")
    if len(digits) != 4 * _WORD:
        raise UnavailableError(f"{url} shows no contract that anchors ledgers")
    try:
        _, size, registered, root = (
            bytes.fromhex(digits[at : at + _WORD]) for at in range(0, 4 * _WORD, _WORD)
        )
    except ValueError as error:
        raise UnavailableError(f"{url} answers with what is no hexadecimal") from error
    if not any(registered):
        return Anchored(0, b"")
    return Anchored(int.from_bytes(size, "big"), root)


def _number(result: str, url: str) -> int:
    try:
        return int(result, 16)
    except ValueError as error:
        raise UnavailableError(f"{url} answers with what is no number of a block") from error
