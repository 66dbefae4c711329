"""What a contract said when it reverted, whichever node passes it on.

Pure. A revert comes with bytes: the selector of a custom error and its fields (Solidity ABI specification, "Errors").
Nodes agree on these bytes and not on where they put them: in `error.data`, there under `data` again or under the
transaction's hash, or at the end of a sentence.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from guarantees.chain import abi
from guarantees.chain.errors import (
    DoneAlreadyError,
    MalformedError,
    NotPermittedError,
    RefusedError,
    UnknownError,
    UnsoundError,
    WrongStateError,
)

DEEPEST = 6
"""Levels of an error object that are searched."""

MEANINGS: dict[type[RefusedError], tuple[str, ...]] = {
    NotPermittedError: (
        "AccessControlUnauthorizedAccount",
        "AccessControlBadConfirmation",
        "AccessControlEnforcedDefaultAdminRules",
        "AccessControlEnforcedDefaultAdminDelay",
        "NotBeneficiary",
        "NotPoster",
    ),
    UnknownError: ("NotIssued", "NotRegistered"),
    DoneAlreadyError: ("AlreadyIssued", "AlreadyRegistered", "NotForwards"),
    WrongStateError: ("WrongState", "AnotherDemand", "AnswerTooLate", "DemandTooSoon"),
    UnsoundError: (
        "AccessControlInvalidDefaultAdmin",
        "AmountOutOfRange",
        "EmptyBatch",
        "EmptyOrigin",
        "ExaminationPeriodOutOfRange",
        "ExpiryNotInFuture",
        "ExtensionTooShort",
        "MeaninglessTerms",
        "NoExtensionOffered",
    ),
}

_CLASS_OF = {name: kind for kind, names in MEANINGS.items() for name in names}
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*(?![0-9a-zA-Z])")
_REASON = bytes.fromhex("08c379a0")
_PANIC = bytes.fromhex("4e487b71")


class State(StrEnum):
    """Where a guarantee stands, in the contract's order; NONE is one that was never issued."""

    NONE = "None"
    ISSUED = "Issued"
    PRESENTED = "Presented"
    DEMANDED = "Demanded"
    REFUSED = "Refused"
    PAID = "Paid"
    RELEASED = "Released"
    EXPIRED = "Expired"


STATES = tuple(State)
"""By the number that the contract gives each."""


def refusal(said: object) -> RefusedError | None:
    """Our error for what a node's error object, or its sentence, holds; None where it holds no revert of ours."""
    for data in _revert_data(said, DEEPEST):
        found = decode(data)
        if found is not None:
            return found
    return None


def decode(data: bytes) -> RefusedError | None:
    """Our error for the bytes of a revert; None if they are none we know."""
    selector, rest = data[:4], data[4:]
    if selector == _REASON:
        return _builtin("Error", "string", "reason", rest)
    if selector == _PANIC:
        return _builtin("Panic", "uint256", "code", rest)
    signature = abi.errors().get(selector)
    if signature is None:
        return None
    fields = _fields(signature.name, signature.inputs, rest)
    if fields is None:
        return None
    if signature.name == "WrongState":
        fields["found"] = STATES[fields["found"]].value
    return _CLASS_OF.get(signature.name, RefusedError)(signature.name, fields)


def _builtin(name: str, kind: str, field: str, data: bytes) -> RefusedError | None:
    fields = _fields(name, ({"name": field, "type": kind},), data)
    return None if fields is None else RefusedError(name, fields)


def _fields(name: str, inputs: tuple[Mapping[str, Any], ...], data: bytes) -> dict[str, Any] | None:
    try:
        return abi.decode_fields(inputs, data, f"the error {name}")
    except MalformedError:
        return None


def _revert_data(said: object, depth: int) -> Iterator[bytes]:
    if depth == 0:
        return
    if isinstance(said, str):
        for found in _HEX.findall(said):
            yield bytes.fromhex(found[2:])
    elif isinstance(said, Mapping):
        # Where the standard has it, before whatever else looks like hexadecimal.
        for key in sorted(said, key=lambda name: (name != "data", name != "error", str(name))):
            yield from _revert_data(said[key], depth - 1)
    elif isinstance(said, (list, tuple)):
        for part in said:
            yield from _revert_data(part, depth - 1)
