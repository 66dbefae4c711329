"""The events of the contract GuaranteeRegistry, out of what a node answers to eth_getLogs. Pure.

Every field has one word of 32 bytes, in a topic or in the data (contracts/src/GuaranteeRegistry.sol). Nothing that a
node answers is taken to be of the right form: AnswerError for anything else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.anchor_head import AnswerError

LAYOUT = {
    "c29fd73375225768430c7936a9176c7211b8f5e63507bf251bf62516f4895f1c": (
        *("Issued", "guarantor", "commitment", "expiry"),
    ),
    "c9a2e90dc7485c1604c4c6fba8d9106ebd0b33aea61da5c308bd3f705e252a16": (
        *("Presented", "beneficiary", "amount", "document"),
    ),
    "341fbf571ebfc4124d3c4259c4137461591465fbf8575846d01e68f6e927645c": (
        *("Demanded", "answerBy", "amount", "extensionDays", "statement"),
    ),
    "7f48aee7e7d2ac854b176fb8fe1eb65cddcb0606a09f62333837bd6e2bce1414": ("Paid", "answerBy", "payment"),
    "d84be238c9b9f59247a6a18bff0edaa5bbd456ba91cf23e4dc74f512aa1bef5b": ("Refused", "answerBy", "grounds"),
    "4fcd4a80f01d4ce317fe206ab446cfb6304f80c9bdef0ff29a1e10de300f4bc9": ("Extended", "answerBy", "expiry"),
    "6eec2dd2382427616d4ea7ef183b16091feac4e2e63c8b55f25215f132df8d14": ("Released",),
}
"""By keccak256 of its signature, an event's name and its fields after the id, topics first."""

ROLE_GRANTED = "2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d"
"""keccak256("RoleGranted(bytes32,address,address)")."""

FIRST_ROLE = "00" * 32
"""DEFAULT_ADMIN_ROLE, which the contract's constructor grants."""

DOMAIN = "84b0196e"
"""The first 4 bytes of keccak256("eip712Domain()")."""

NAME = "Sunseal GuaranteeRegistry"

_WORD = 64
"""Hexadecimal digits."""
_QUANTITY = re.compile(r"0x[0-9a-f]{1,16}")
_BYTES = re.compile(r"0x(?:[0-9a-fA-F]{2})*")


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """What happened to a guarantee, called by its id; the values are in the order of LAYOUT, 64 digits each."""

    block: int
    index: int
    name: str
    guarantee: str
    values: tuple[str, ...]

    def word(self, field: str) -> str:
        """A field's 32 bytes in hexadecimal. KeyError if the event has none of that name."""
        names = next(names for name, *names in LAYOUT.values() if name == self.name)
        return dict(zip(names, self.values, strict=True))[field]

    def number(self, field: str) -> int:
        """A field that is a number."""
        return int(self.word(field), 16)

    def account(self, field: str) -> str:
        """A field that is an address: 40 digits."""
        return self.word(field)[-40:]


def read_logs(answer: Any, contract: str, first: int, last: int) -> tuple[list[Event], bool]:
    """The events among the logs of `contract` (0x and 40 digits) in these blocks; whether its beginning is."""
    if not isinstance(answer, list):
        raise AnswerError("the chain answers with what are no events")
    events, begins = [], False
    for log in answer:
        if not isinstance(log, dict) or str(log.get("address")).lower() != contract.lower():
            raise AnswerError("the chain answers with events of another contract")
        block, index = quantity(log.get("blockNumber")), quantity(log.get("logIndex"))
        if not first <= block <= last:
            raise AnswerError("the chain answers with events of other blocks")
        topics, data = _words(log.get("topics")), _bytes(log.get("data"))
        begins |= topics[:2] == [ROLE_GRANTED, FIRST_ROLE]
        if topics and topics[0] in LAYOUT:
            events.append(_event(block, index, topics, data))
    return events, begins


def read_domain(answer: Any) -> tuple[str, int, str]:
    """Name, chain id and address (40 digits) of what eip712Domain answers. AnswerError if it is no such contract."""
    data = _bytes(answer)
    words = [data[at : at + _WORD] for at in range(0, len(data), _WORD)]
    try:
        at = int(words[1], 16) * 2
        size = int(data[at : at + _WORD], 16) * 2
        name = bytes.fromhex(data[at + _WORD : at + _WORD + size]).decode()
        return name, int(words[3], 16), words[4][-40:]
    except (IndexError, ValueError) as error:
        raise AnswerError("the chain shows no contract that registers guarantees there") from error


def quantity(found: Any) -> int:
    """A number. AnswerError."""
    if not isinstance(found, str) or not _QUANTITY.fullmatch(found):
        raise AnswerError("the chain answers with what is no number")
    return int(found, 16)


def _event(block: int, index: int, topics: Sequence[str], data: str) -> Event:
    name, *names = LAYOUT[topics[0]]
    words = [*topics[1:], *(data[at : at + _WORD] for at in range(0, len(data), _WORD))]
    if len(words) != 1 + len(names) or any(len(one) != _WORD for one in words):
        raise AnswerError("the chain answers with an event that is none of the contract's")
    return Event(block, index, name, words[0], tuple(words[1:]))


def _words(found: Any) -> list[str]:
    if not isinstance(found, list):
        raise AnswerError("the chain answers with an event without topics")
    return [_bytes(one) for one in found]


def _bytes(found: Any) -> str:
    if not isinstance(found, str) or not _BYTES.fullmatch(found):
        raise AnswerError("the chain answers with what is no hexadecimal")
    return found[2:].lower()
