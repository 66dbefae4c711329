"""How the events of a guarantee, in order, make its state. Pure; the mirror of contracts/test/Mirror.sol.

None --Issued--> Issued --Presented--> Presented --Demanded--> Demanded --Paid--> Paid
                                       Demanded --Refused--> Refused --Demanded--> Demanded
                                       Demanded --Extended--> Presented
                                       Presented, Refused --Released--> Released
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from guarantees.chain import abi
from guarantees.chain.events import Event
from guarantees.chain.refusals import State

_WAITING = {State.ISSUED, State.PRESENTED, State.REFUSED}


@dataclass(frozen=True, slots=True)
class Standing:
    """A guarantee as its events leave it. Unknown before the presentation: beneficiary, amount, document.

    `answer_by`, `demanded`, `extension_days` and `statement` are the newest demand's; `answer` is the SHA-256 of the
    proof of payment or the notice of refusal.
    """

    id: bytes
    guarantor: bytes
    commitment: bytes
    expiry: int
    state: State
    issued_block: int
    changed_block: int
    beneficiary: bytes | None = None
    amount: int | None = None
    document: bytes | None = None
    answer_by: int | None = None
    demanded: int | None = None
    extension_days: int | None = None
    statement: bytes | None = None
    answer: bytes | None = None

    def at(self, now: int) -> State:
        """The state at that second (POSIX): what waits is expired once its last second is over."""
        return State.EXPIRED if self.state in _WAITING and now > self.expiry else self.state


def is_about_a_guarantee(contract: str, name: str) -> bool:
    """Whether events of that name change a guarantee; the subject is then its id."""
    return contract == abi.REGISTRY and name in _CHANGES


def fold(events: Iterable[Event]) -> Standing | None:
    """The standing that these events of one guarantee, in the chain's order, lead to; None for none."""
    standing: Standing | None = None
    for event in events:
        standing = after(standing, event)
    return standing


def after(standing: Standing | None, event: Event) -> Standing:
    """The standing once the event happened. ValueError for an event that no Issued went before."""
    fields = event.fields
    if event.name == "Issued":
        known = (fields["id"], fields["guarantor"], fields["commitment"], fields["expiry"])
        return Standing(*known, State.ISSUED, event.block, event.block)
    if standing is None:
        raise ValueError(f"{event.name} of a guarantee that was never issued: events are missing")
    changes = {ours: fields[theirs] for ours, theirs in _CHANGES[event.name].items()}
    cleared: dict[str, Any] = {"extension_days": 0} if event.name == "Extended" else {}
    return replace(standing, **changes, **cleared, state=_STATE[event.name], changed_block=event.block)


_CHANGES: dict[str, dict[str, str]] = {
    "Issued": {},
    "Presented": {"beneficiary": "beneficiary", "amount": "amount", "document": "document"},
    "Demanded": {
        "answer_by": "answerBy",
        "demanded": "amount",
        "extension_days": "extensionDays",
        "statement": "statement",
    },
    "Paid": {"answer": "payment"},
    "Refused": {"answer": "grounds"},
    "Extended": {"expiry": "expiry"},
    "Released": {},
}
"""For each event, our field and the event's that it takes."""

_STATE = {
    "Presented": State.PRESENTED,
    "Demanded": State.DEMANDED,
    "Paid": State.PAID,
    "Refused": State.REFUSED,
    "Extended": State.PRESENTED,
    "Released": State.RELEASED,
}
