"""The lots that guarantees are for, as bidding has them (guarantees.ports.LotsPort).

When a lot was awarded, contracted, or failed, the ledger says: each of these is an entry of it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bidding.tender import State
from bidding.tenders.draft import timetable_from
from bidding.tenders.law import draft_of, statute_of
from bidding.tenders.models import LotRow, TenderRow
from bidding.timetable import validity_end
from guarantees.after.clocks import End, Ending
from guarantees.checking.facts import Asked
from guarantees.errors import NotFoundError
from guarantees.register import accounts
from ledger.entries import Entry, LotAwarded, LotCancelled, LotContracted, LotFailed, decode
from ledger.models import EntryRow
from parties import organisations
from statutes.statute import Statute

_TYPES = {
    LotAwarded: ("lot-awarded/v1", End.AWARDED),
    LotContracted: ("lot-contracted/v1", End.CONTRACTED),
    LotFailed: ("lot-failed/v1", End.FAILED),
    LotCancelled: ("lot-cancelled/v1", End.CANCELLED),
}
_PAST = frozenset(
    {State.AWARDED, State.CONTRACTED, State.FAILED, State.CANCELLED, State.TENDERED_AGAIN, State.SUSPENDED}
)
"""States in which there can be such an entry."""


class TenderedLots:
    """The lots of tenders."""

    def terms(self, session: Session, lot: str, /, *, now: datetime) -> Asked:
        """NotFoundError."""
        row, tender = _of(session, lot)
        statute, timetable = statute_of(tender, now=now), timetable_from(row.timetable)
        draft = draft_of(tender)
        bond = next(one.bond for one in draft.lots if one.number == row.number)
        tenderee = organisations.get(session, tender.organisation).credit_code
        return Asked(
            tender=tender.id,
            lot=row.id,
            beneficiary=tenderee,
            account=accounts.of(session, tenderee) or b"",
            bond=bond,
            currency=draft.currency,
            deadline=timetable.deadline,
            valid_until=validity_end(statute, timetable).at,
        )

    def statute(self, session: Session, lot: str, /, *, now: datetime) -> Statute:
        """NotFoundError."""
        return statute_of(_of(session, lot)[1], now=now)

    def endings(self, session: Session, lot: str, /, *, now: datetime) -> Sequence[Ending]:  # noqa: ARG002
        row, _ = _of(session, lot)
        if row.state not in _PAST:
            return ()
        named = EntryRow.leaf.op("LIKE")(f'%"lot":"{lot}"%'.encode())
        typed = or_(*(EntryRow.leaf.op("LIKE")(f'%"type":"{name}"%'.encode()) for name, _ in _TYPES.values()))
        query = select(EntryRow.leaf, EntryRow.appended_at).where(named, typed).order_by(EntryRow.id)
        decoded = ((decode(leaf), at) for leaf, at in session.execute(query))
        return tuple(ending for entry, at in decoded if (ending := _ending(entry, lot, at)) is not None)


def _ending(entry: Entry, lot: str, at: datetime) -> Ending | None:
    """What the database compares by a pattern is compared here again."""
    if type(entry) not in _TYPES or getattr(entry, "lot", "") != lot:
        return None
    bid = entry.winner.bid if isinstance(entry, LotAwarded) else getattr(entry, "bid", None)
    return Ending(_TYPES[type(entry)][1], at, bid)


def _of(session: Session, lot: str) -> tuple[LotRow, TenderRow]:
    row = session.get(LotRow, lot, populate_existing=True)
    if row is None:
        raise NotFoundError("there is no such lot")
    return row, session.get_one(TenderRow, row.tender)
