"""The events of our contracts, decoded. Pure.

An event that does not decode, which no contract of ours emits but a string that is not UTF-8 would be, is kept with its
bytes instead of stopping whoever follows the chain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from guarantees.chain import abi
from guarantees.chain.errors import MalformedError

UNDECODED = "Undecoded"


@dataclass(frozen=True, slots=True)
class Log:
    """A log as a node gives it."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes = field(repr=False)
    block: int
    block_hash: bytes
    index: int
    transaction: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """What a log says: bytes stay bytes, numbers are int. `subject` is the guarantee's id, or the log's hash."""

    contract: str
    name: str
    fields: Mapping[str, Any]
    block: int
    block_hash: bytes
    time: int
    index: int
    transaction: bytes

    @property
    def subject(self) -> bytes | None:
        """The first field, where it is one of 32 bytes."""
        first = next(iter(self.fields.values()), None)
        return first if isinstance(first, bytes) and len(first) == abi.WORD else None

    def json_fields(self) -> dict[str, Any]:
        """Bytes as 0x and hexadecimal; PostgreSQL's text has no NUL."""
        return {name: json_value(value) for name, value in self.fields.items()}


def decode(log: Log, contract: str, time: int) -> Event:
    """The event of `contract` in a block of that time (POSIX)."""
    name, fields = _read(log, contract)
    return Event(contract, name, fields, log.block, log.block_hash, time, log.index, log.transaction)


def _read(log: Log, contract: str) -> tuple[str, dict[str, Any]]:
    signature = abi.events(contract).get(log.topics[0]) if log.topics else None
    if signature is not None:
        indexed = [part for part in signature.inputs if part["indexed"]]
        others = [part for part in signature.inputs if not part["indexed"]]
        try:
            values = _topics(signature.name, indexed, log.topics[1:])
            values |= abi.decode_fields(others, log.data, f"the event {signature.name}")
        except MalformedError:
            pass
        else:
            return signature.name, {part["name"]: values[part["name"]] for part in signature.inputs}
    return UNDECODED, {"topics": b"".join(log.topics), "data": log.data}


def _topics(name: str, indexed: Sequence[Mapping[str, Any]], topics: Sequence[bytes]) -> dict[str, Any]:
    """Every indexed field of ours has a type of one word, so its topic is its encoding."""
    return abi.decode_fields(indexed, b"".join(topics), f"the topics of {name}")


def json_value(value: Any) -> Any:
    """A field's value in JSON."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return value.replace("\x00", "\\0") if isinstance(value, str) else value
