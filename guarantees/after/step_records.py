"""What the ledger's entry of a step must say: by the rows of the database, and by the event of the chain.

`paired` gives each step its event; `wrong` says, a sentence each, what an entry has otherwise than rows or event.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from guarantees.after import amending, demands, disregarded
from guarantees.after.demand_rules import Answer
from guarantees.chain import index
from guarantees.chain.models import EventRow
from guarantees.models import DemandRow, Guarantee, Step
from guarantees.signed import SignedGuarantee
from ledger.entries import (
    Entry,
    GuaranteeAmended,
    GuaranteeDemanded,
    GuaranteeDemandRefused,
    GuaranteeExpired,
    GuaranteeExtended,
    GuaranteePaid,
    GuaranteePresented,
    GuaranteeReleased,
)

ENTRY_OF: Mapping[str, type[Entry]] = {
    "presented": GuaranteePresented,
    "demanded": GuaranteeDemanded,
    "paid": GuaranteePaid,
    "refused": GuaranteeDemandRefused,
    "extended": GuaranteeExtended,
    "amended": GuaranteeAmended,
    "released": GuaranteeReleased,
    "expired": GuaranteeExpired,
}
"""The entry that belongs to a step's word."""


def paired(session: Session, row: Guarantee, taken: Sequence[Step]) -> dict[int, EventRow]:
    """The event of each step that has one by now, by the step's id: the first Demanded is that of the first demand."""
    beside = {(one.block, one.log_index) for one in disregarded.beside(session, row)}
    events = [one for one in index.history(session, row.id) if (one.block, one.log_index) not in beside]
    found: dict[int, EventRow] = {}
    for name in {step.event for step in taken if step.event}:
        of_name = (event for event in events if event.name == name)
        found |= {
            step.id: event
            for step, event in zip((one for one in taken if one.event == name), of_name, strict=False)
        }
    return found


def wrong(
    session: Session, row: Guarantee, step: Step, entry: Entry | None, event: EventRow | None
) -> Iterator[str]:
    """One sentence for each record that the entry differs from; nothing of an event that has not come yet."""
    if type(entry) is not ENTRY_OF[step.step] or getattr(entry, "guarantee", "") != row.id.hex():
        yield f"the ledger's entry of the step {step.step} is another, or missing"
        return
    ours = _by_rows(session, row, entry)
    if ours is None:
        yield f"the ledger's entry of the step {step.step} is of a demand or an amendment that is not known here"
    elif differing := _differing(entry, ours):
        yield f"the ledger's entry of the step {step.step} differs from the database in {differing}"
    if event is not None and (differing := _differing(entry, _by_event(entry, event))):
        yield f"the ledger's entry of the step {step.step} differs from the chain in {differing}"


def _by_rows(session: Session, row: Guarantee, entry: Entry) -> Mapping[str, object] | None:
    match entry:
        case GuaranteePresented():
            said = SignedGuarantee.parse(row.content).undertaking
            return {
                "lot": row.lot,
                "bid": row.bid,
                "guarantor": row.guarantor,
                "number": row.number,
                "amount": row.amount,
                "currency": row.currency,
                "document": said.document.hex(),
                "expiry": said.expiry,
            }
        case GuaranteeReleased():
            return {"clock": row.released_because}
        case GuaranteeExpired():
            return {"expiry": _seconds(row.expiry)}
        case GuaranteeAmended():
            agreed = (one for one in amending.of(session, row.id) if one.state == amending.AGREED)
            change = next((one for one in agreed if one.number == entry.number), None)
            if change is None:
                return None
            return {"content": _sha256(amending.agreement(change.content, change.signatures))}
    made = next(
        (one for one in demands.of(session, row.id) if one.number == getattr(entry, "number", 0)), None
    )
    return None if made is None else _by_demand(entry, made)


def _by_demand(entry: Entry, made: DemandRow) -> Mapping[str, object]:
    match entry:
        case GuaranteeDemanded():
            ours: dict[str, object] = {
                "amount": made.amount,
                "extension_days": made.extension_days,
                "examine_by": _seconds(made.examine_by),
                "at": _seconds(made.made_at),
            }
            return ours | ({"statement": _sha256(made.statement)} if made.statement else {})
        case GuaranteePaid():
            return _answered(made, Answer.PAID)
        case GuaranteeDemandRefused():
            return _answered(made, Answer.REFUSED)
    return _answered(made, Answer.EXTENDED)


def _answered(made: DemandRow, given: Answer) -> Mapping[str, object]:
    """An answer's entry stands for a demand that was answered so: else its number is another's."""
    return {} if made.state == given else {"number": None}


def _by_event(entry: Entry, event: EventRow) -> Mapping[str, object]:
    fields = event.fields
    match entry:
        case GuaranteeDemanded():
            return {
                "amount": int(fields["amount"]),
                "extension_days": fields["extensionDays"],
                "statement": _bare(fields["statement"]),
            }
        case GuaranteePaid():
            return {"payment": _bare(fields["payment"]), "at": event.time}
        case GuaranteeDemandRefused():
            return {"grounds": _bare(fields["grounds"]), "at": event.time}
        case GuaranteeExtended():
            return {"expiry": fields["expiry"], "at": event.time}
        case GuaranteeReleased():
            return {"at": event.time}
    return {}


def _differing(entry: Entry, others: Mapping[str, object]) -> str:
    return ", ".join(name for name, value in others.items() if getattr(entry, name) != value)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _bare(value: object) -> str:
    return str(value).removeprefix("0x")
