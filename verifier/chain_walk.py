"""The steps of one guarantee in the ledger, held against its events on the contract, in the order of both. Pure.

The platform leads with presentations and demands: their entries come first, and the chain follows. With answers and
releases the chain leads (docs/guarantees-after-the-opening.md). A refusal or an extension that came too late or without
its document does not count for the ledger, and the demand is then made on chain once more. An expiry has no event.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.entries import (
    GuaranteeDemanded,
    GuaranteeDemandRefused,
    GuaranteeExpired,
    GuaranteeExtended,
    GuaranteePaid,
    GuaranteePresented,
    GuaranteeReleased,
)
from verifier.registry_events import Event

Step = (
    GuaranteePresented
    | GuaranteeDemanded
    | GuaranteePaid
    | GuaranteeDemandRefused
    | GuaranteeExtended
    | GuaranteeReleased
    | GuaranteeExpired
)
Told = tuple[int, Step]
"""An entry's index, and the entry."""

NAMES: dict[type[Step], str] = {
    GuaranteePresented: "Presented",
    GuaranteeDemanded: "Demanded",
    GuaranteePaid: "Paid",
    GuaranteeDemandRefused: "Refused",
    GuaranteeExtended: "Extended",
    GuaranteeReleased: "Released",
    GuaranteeExpired: "Expired",
}
CHAIN_LEADS = (GuaranteePaid, GuaranteeDemandRefused, GuaranteeExtended, GuaranteeReleased)
_MAY_NOT_COUNT = ("Refused", "Extended")


@dataclass(slots=True)
class Walk:
    """How far the two agree. `behind`: steps that the chain does not have; `ahead`: events that the ledger does not.

    wrong: what contradicts, with the entry's index.   uncounted: answers on chain that the ledger does not take.
    state: the last event that both have, or an expiry.   expiry: the newest on chain.
    """

    expiry: int
    state: str = "Issued"
    wrong: list[tuple[str, int]] = field(default_factory=list)
    uncounted: list[Event] = field(default_factory=list)
    behind: Sequence[Told] = ()
    ahead: Sequence[Event] = ()


def walk(steps: Sequence[Told], events: Sequence[Event]) -> Walk:
    """The events begin with Issued. It ends where one has no more, or where they contradict each other."""
    found = Walk(events[0].number("expiry"))
    demand: GuaranteeDemanded | None = None
    at, on = 0, 1
    while at < len(steps):
        index, step = steps[at]
        if isinstance(step, GuaranteeExpired):
            if step.expiry != found.expiry:
                found.wrong.append((f"it expired at {step.expiry}, and on chain {found.expiry}", index))
            found.state = "Expired"
            at += 1
            continue
        if on == len(events):
            break
        event = events[on]
        if demand is not None and _is_passed_over(step, events[on:], found):
            found.uncounted += [event] if event.name in _MAY_NOT_COUNT else []
            found.expiry = event.number("expiry") if event.name == "Extended" else found.expiry
            on += 1
            continue
        difference = _difference(step, event)
        if difference:
            found.wrong.append((difference, index))
            return found
        demand = step if isinstance(step, GuaranteeDemanded) else None
        found.expiry = event.number("expiry") if event.name == "Extended" else found.expiry
        found.state = event.name
        at, on = at + 1, on + 1
    found.behind, found.ahead = steps[at:], events[on:]
    if found.state == "Expired" and found.ahead:
        first = found.ahead[0]
        sentence = f"it ended as expired, and the chain has {first.name} in the block {first.block}"
        found.wrong.append((sentence, steps[-1][0]))
    return found


def _is_passed_over(step: Step, events: Sequence[Event], found: Walk) -> bool:
    """While a demand is open: whether the first event is an answer that does not count, or that demand made again."""
    first = events[0]
    if first.name == "Demanded":
        return bool(found.uncounted) and not isinstance(step, GuaranteeDemanded)
    if first.name not in _MAY_NOT_COUNT:
        return False
    if not _difference(step, first):
        return False
    is_same = NAMES[type(step)] == first.name
    return not is_same or any(not _difference(step, later) for later in events[1:])


def _difference(step: Step, event: Event) -> str:
    """What of an event is not as the step says; empty for nothing."""
    name = NAMES[type(step)]
    if name != event.name:
        return f"the ledger says {name}, and the chain {event.name} in the block {event.block}"
    match step:
        case GuaranteePresented():
            pairs = [("amount", step.amount), ("document", step.document)]
        case GuaranteeDemanded():
            pairs = [
                *(("amount", step.amount), ("extensionDays", step.extension_days)),
                ("statement", step.statement),
            ]
        case GuaranteePaid():
            pairs = [("payment", step.payment)]
        case GuaranteeDemandRefused():
            pairs = [("grounds", step.grounds)]
        case GuaranteeExtended():
            pairs = [("expiry", step.expiry)]
        case _:
            pairs = []
    for field_name, said in pairs:
        shown = event.number(field_name) if isinstance(said, int) else event.word(field_name)
        if shown != said:
            return f"{name} has another {field_name} on chain: {shown}, and {said} in the ledger"
    return ""
