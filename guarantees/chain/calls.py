"""The calls that change something on chain, each with its bytes and the gas that it may use.

Pure. Who calls is not part of a call: it is the key of the outbox row. The gas is a fixed limit for each function, far
above what it uses, instead of a node's estimate: that is made on the state before the transactions that are still
under way, and would refuse a `release` whose `present` was sent a second earlier.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from guarantees.chain import abi
from guarantees.chain.errors import MalformedError
from guarantees.chain.terms import Terms

MAX_BATCH = 200
"""Guarantees in one batch: within 12 million gas, which every chain's block has room for."""

_GAS = 150_000
_GAS_EACH = 60_000


@dataclass(frozen=True, slots=True)
class Call:
    """What one of our contracts is asked to do. Prints without its data, which may hold terms."""

    contract: str
    data: bytes = field(repr=False)
    gas: int


def issue(commitment: bytes, expiry: int) -> Call:
    """Bind the caller, a licensed guarantor, until `expiry` (the last second, POSIX)."""
    return _registry("issue", commitment, expiry)


def issue_batch(undertakings: Sequence[tuple[bytes, int]]) -> Call:
    """The same for (commitment, expiry) pairs, all or none. MalformedError for more than MAX_BATCH."""
    if len(undertakings) > MAX_BATCH:
        raise MalformedError(f"a batch has at most {MAX_BATCH} guarantees: issue these in several")
    data = abi.encode_call(abi.REGISTRY, "issueBatch", [list(undertakings)])
    return Call(abi.REGISTRY, data, _GAS + _GAS_EACH * len(undertakings))


def present(terms: Terms) -> Call:
    """Reveal the terms. From the moment it is sent, the nodes that pass it on know them."""
    return _registry("present", terms.fields)


def demand(terms: Terms, amount: int, extension_days: int, statement: bytes) -> Call:
    """The beneficiary asks for `amount`, or for an extension of that many days; `statement` is a SHA-256."""
    return _registry("demand", terms.fields, amount, extension_days, statement)


def pay(commitment: bytes, answer_by: int, payment: bytes) -> Call:
    """The guarantor states that it paid; `payment` is the SHA-256 of the proof."""
    return _registry("pay", commitment, answer_by, payment)


def refuse(commitment: bytes, answer_by: int, grounds: bytes) -> Call:
    """The guarantor refuses the demand that `answer_by` names."""
    return _registry("refuse", commitment, answer_by, grounds)


def extend(commitment: bytes, answer_by: int) -> Call:
    """The guarantor takes the extension that the demand offers."""
    return _registry("extend", commitment, answer_by)


def release(guarantee: bytes) -> Call:
    """The beneficiary lets the guarantor go."""
    return _registry("release", guarantee)


def license_guarantor(guarantor: bytes) -> Call:
    """The regulator lets a guarantor issue."""
    return _registry("license", guarantor)


def suspend_guarantor(guarantor: bytes) -> Call:
    """The regulator stops a guarantor from issuing."""
    return _registry("suspend", guarantor)


def register_log(origin: str, poster: bytes) -> Call:
    """The registrar makes a log known and names who may anchor it."""
    data = abi.encode_call(abi.ANCHOR, "register", [origin, poster])
    return Call(abi.ANCHOR, data, 2 * _GAS + 700 * len(data))


def set_poster(log: bytes, poster: bytes) -> Call:
    """The registrar hands a log to another poster."""
    return _anchor("setPoster", log, poster)


def anchor(log: bytes, size: int, root: bytes) -> Call:
    """The poster writes a checkpoint; `log` is the SHA-256 of the origin."""
    return _anchor("anchor", log, size, root)


def _registry(function: str, *arguments: Any) -> Call:
    return Call(abi.REGISTRY, abi.encode_call(abi.REGISTRY, function, arguments), _GAS)


def _anchor(function: str, *arguments: Any) -> Call:
    return Call(abi.ANCHOR, abi.encode_call(abi.ANCHOR, function, arguments), _GAS)
