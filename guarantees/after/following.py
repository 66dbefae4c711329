"""What the chain did with a guarantee, taken over: each event once, in its order, with its entry; and expiry.

For releases and answers the chain leads: they count from here, but a refusal or an extension only if its document was
handed in within the five business days (guarantees/after/disregarded.py). For presentations and demands the platform
leads, and the event confirms them; a demand that the beneficiary made on chain by itself is taken over as well.
`followed` says how many events a row has, and is written in the transaction of what they change: a crash repeats or
leaves nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from guarantees.after import demand_rules, demands, disregarded, releasing, steps
from guarantees.after.demand_rules import EVENTS, Answer
from guarantees.chain import index
from guarantees.chain.models import EventRow
from guarantees.chain.refusals import State
from guarantees.models import DemandRow, Guarantee, ReleaseClock
from guarantees.ports import LotsPort
from guarantees.tables.lifecycle import DEMANDED, EXPIRED, FINAL, PAID, PRESENTED, REFUSED, RELEASED
from ledger.entries import (
    GuaranteeDemanded,
    GuaranteeDemandRefused,
    GuaranteeExpired,
    GuaranteeExtended,
    GuaranteePaid,
    GuaranteeReleased,
)

BATCH = 200
BY_ITSELF = "released-by-the-beneficiary"
"""The word of a release that no clock asked for."""


def behind(session: Session) -> Sequence[bytes]:
    """Guarantees of which the chain has events that are not taken over."""
    happened = (
        select(func.count())
        .select_from(EventRow)
        .where(EventRow.subject == Guarantee.id)
        .correlate(Guarantee)
        .scalar_subquery()
    )
    query = select(Guarantee.id).where(Guarantee.state.not_in(FINAL), Guarantee.followed < happened)
    return session.execute(query.order_by(Guarantee.presented_at).limit(BATCH)).scalars().all()


def follow(session: Session, lots: LotsPort, guarantee: bytes, *, now: datetime) -> int:
    """Takes over what is new; how many events that was."""
    row = steps.locked(session, guarantee)
    new = index.history(session, guarantee)[row.followed :]
    for event in new:
        _TAKE[event.name](session, lots, row, event.fields, _time(event), now)
        row.followed += 1
        session.flush()
    return len(new)


def expired(session: Session, *, now: datetime) -> Sequence[bytes]:
    """Guarantees whose last second is over and of which no demand is open."""
    query = select(Guarantee.id).where(Guarantee.state.in_((PRESENTED, REFUSED)), Guarantee.expiry < now)
    return session.execute(query.order_by(Guarantee.expiry).limit(BATCH)).scalars().all()


def expire(session: Session, guarantee: bytes, *, now: datetime) -> bool:
    """Whether it has expired: by the clock, and by all that the chain was followed to."""
    row = steps.locked(session, guarantee)
    standing = index.guarantee(session, guarantee)
    if row.state not in (PRESENTED, REFUSED) or standing is None:
        return False
    if standing.at(int(now.timestamp())) is not State.EXPIRED or row.expiry.timestamp() != standing.expiry:
        return False
    _end(session, row, EXPIRED, now)
    steps.take(session, row, GuaranteeExpired(guarantee.hex(), standing.expiry), now=now)
    return True


def _presented(
    session: Session,
    lots: LotsPort,
    row: Guarantee,
    fields: dict[str, Any],
    at: datetime,
    now: datetime,
) -> None:
    """Issued, and Presented: the row began with them."""


def _demanded(
    session: Session, lots: LotsPort, row: Guarantee, fields: dict[str, Any], at: datetime, now: datetime
) -> None:
    known = demands.open_demand(session, row.id)
    if known is None:
        known = _demand_of_the_chain(session, lots, row, fields, at, now)
    known.answer_by = fields["answerBy"]


def _paid(
    session: Session,
    lots: LotsPort,  # noqa: ARG001
    row: Guarantee,
    fields: dict[str, Any],
    at: datetime,
    now: datetime,
) -> None:
    number = _settle(session, row, Answer.PAID, at)
    _end(session, row, PAID, at)
    entry = GuaranteePaid(row.id.hex(), number, _hash(fields["payment"]), int(at.timestamp()))
    steps.take(session, row, entry, now=now)


def _refused(
    session: Session,
    lots: LotsPort,  # noqa: ARG001
    row: Guarantee,
    fields: dict[str, Any],
    at: datetime,
    now: datetime,
) -> None:
    if _is_answer(session, row, Answer.REFUSED, fields, now):
        _take_refusal(session, row, fields, at, now)


def _take_refusal(
    session: Session, row: Guarantee, fields: dict[str, Any], at: datetime, now: datetime
) -> None:
    number = _settle(session, row, Answer.REFUSED, at)
    row.state = REFUSED
    entry = GuaranteeDemandRefused(row.id.hex(), number, _hash(fields["grounds"]), int(at.timestamp()))
    steps.take(session, row, entry, now=now)


def _extended(
    session: Session,
    lots: LotsPort,  # noqa: ARG001
    row: Guarantee,
    fields: dict[str, Any],
    at: datetime,
    now: datetime,
) -> None:
    if _is_answer(session, row, Answer.EXTENDED, fields, now):
        _take_extension(session, row, fields, at, now)


def _take_extension(
    session: Session, row: Guarantee, fields: dict[str, Any], at: datetime, now: datetime
) -> None:
    number = _settle(session, row, Answer.EXTENDED, at)
    row.state, row.expiry = PRESENTED, datetime.fromtimestamp(fields["expiry"], UTC)
    entry = GuaranteeExtended(row.id.hex(), number, fields["expiry"], int(at.timestamp()))
    steps.take(session, row, entry, now=now)


def _released(
    session: Session,
    lots: LotsPort,  # noqa: ARG001
    row: Guarantee,
    fields: dict[str, Any],  # noqa: ARG001
    at: datetime,
    now: datetime,
) -> None:
    _let_stand(session, row, now)
    clock = releasing.running(session, row.id)
    row.released_because = BY_ITSELF if clock is None else clock.clock
    due = at if clock is None else clock.due_at
    _end(session, row, RELEASED, at)
    times = int(due.timestamp()), int(at.timestamp())
    entry = GuaranteeReleased(row.id.hex(), row.released_because, *times)
    purpose = f"release {row.id.hex()} after {row.followed} events"
    steps.take(session, row, entry, now=now, purpose=purpose)


_TAKE = {
    "Issued": _presented,
    "Presented": _presented,
    "Demanded": _demanded,
    "Paid": _paid,
    "Refused": _refused,
    "Extended": _extended,
    "Released": _released,
}


def _demand_of_the_chain(
    session: Session, lots: LotsPort, row: Guarantee, fields: dict[str, Any], at: datetime, now: datetime
) -> DemandRow:
    """The beneficiary demanded by its own program: its statement is known by its hash alone, until it is handed in."""
    number = len(demands.of(session, row.id)) + 1
    examine_by = demand_rules.examine_by(lots.statute(session, row.lot, now=now), at)
    made = DemandRow(
        guarantee=row.id,
        number=number,
        amount=int(fields["amount"]),
        extension_days=fields["extensionDays"],
        grounds="",
        statement=b"",
        documents=[],
        made_at=at,
        examine_by=examine_by,
        answer_by=None,
        state=demands.OPEN,
        reply=None,
        answered_at=None,
    )
    session.add(made)
    row.state = DEMANDED
    session.flush()
    entry = GuaranteeDemanded(
        *(row.id.hex(), number, made.amount, made.extension_days, _hash(fields["statement"])),
        *(int(examine_by.timestamp()), int(at.timestamp())),
    )
    steps.take(session, row, entry, now=now)
    return made


def _is_answer(
    session: Session, row: Guarantee, given: Answer, fields: dict[str, Any], now: datetime
) -> bool:
    """Whether it answers the open demand; if not, the guarantee stays demanded, and the demand is made once more."""
    made = demands.open_demand(session, row.id)
    if made is None or disregarded.counts(made, given, fields):
        return True
    disregarded.demand_again(session, row, made, now=now)
    return False


def _let_stand(session: Session, row: Guarantee, now: datetime) -> None:
    """Who releases after an answer that did not count lets that answer stand, which is then a step like any other."""
    last = disregarded.newest(session, row.id)
    if demands.open_demand(session, row.id) is not None and last is not None:
        take = _take_refusal if last.name == EVENTS[Answer.REFUSED] else _take_extension
        take(session, row, last.fields, _time(last), now)


def _settle(session: Session, row: Guarantee, given: Answer, at: datetime) -> int:
    """The open demand is answered so; its number."""
    open_one = demands.open_demand(session, row.id)
    if open_one is None:  # pragma: no cover - the contract knows no answer without a demand
        raise ValueError("the chain has an answer to a demand that is not known")
    open_one.state, open_one.answered_at = str(given), at
    session.flush()
    return open_one.number


def _end(session: Session, row: Guarantee, state: str, at: datetime) -> None:
    row.state, row.ended_at = state, at
    running = (ReleaseClock.guarantee == row.id) & ReleaseClock.released_at.is_(None)
    session.execute(update(ReleaseClock).where(running).values(released_at=at))


def _hash(value: object) -> str:
    """A field of 32 bytes as the index keeps it."""
    return str(value).removeprefix("0x")


def _time(event: EventRow) -> datetime:
    return datetime.fromtimestamp(event.time, UTC)
