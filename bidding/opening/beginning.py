"""Beginning: a closing that is published becomes an opening for each part, with a row for each bid of it.

A later part waits until it is called for, and then has rows to open for those bids alone that were called for and whose
earlier part was opened. The others are not called, and nothing ever looks at their price.
"""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bidding.opening.models import (
    GOOD,
    LATER,
    NOT_CALLED,
    OPENED,
    RECORDED,
    SEALED,
    WAITING,
    OpenedBidRow,
    OpeningRow,
)
from bidding.submission.models import CLOSED, IntakeRow
from ledger import log
from ledger.view import LedgerView, RefusedEntryError

BATCH = 200


def not_begun(session: Session) -> list[tuple[str, str]]:
    """(lot, closing) of closed lots that have no opening yet."""
    has = exists().where(OpeningRow.lot == IntakeRow.lot)
    query = select(IntakeRow.lot, IntakeRow.closing).where(IntakeRow.state == CLOSED, ~has)
    return [
        (lot, closing.hex())
        for lot, closing in session.execute(query.order_by(IntakeRow.deadline).limit(BATCH))
        if closing is not None
    ]


def begin(session: Session, view: LedgerView, closing_id: str, *, now: datetime) -> bool:
    """The opening's rows; whether they are there now. Not before the closing is published for all to see."""
    try:
        lot, closing = view.lots.closing(closing_id)
    except RefusedEntryError:
        return False
    if closing.index >= log.head(session).published_size:
        return False
    for position, part in enumerate(lot.entry.parts):
        row = {
            "closing": closing_id,
            "part": part.name,
            "lot": lot.id,
            "position": position,
            "public": part.public,
            "state": LATER if part.after else WAITING,
            "due_at": now,
            "stopped": "",
        }
        made = insert(OpeningRow).values(row).on_conflict_do_nothing().returning(OpeningRow.part)
        if session.execute(made).scalar_one_or_none() is not None and not part.after:
            _add_bids(session, closing_id, part.name, dict.fromkeys(closing.entry.bids, SEALED), now)
    return True


def take_call(session: Session, view: LedgerView, row: OpeningRow, *, now: datetime) -> bool:
    """A later part, its row locked, goes on if it was called for; whether it does."""
    call = view.openings.called(row.closing, row.part)
    lot, closing = view.lots.closing(row.closing)
    after = lot.part(row.part).after
    before = session.get(OpeningRow, (row.closing, after))
    if call is None or before is None or before.state not in (OPENED, RECORDED):
        return False
    passed = opened_bids(session, row.closing, after)
    states = {bid: SEALED if bid in call.bids and bid in passed else NOT_CALLED for bid in closing.entry.bids}
    _add_bids(session, row.closing, row.part, states, now)
    row.state = WAITING
    return True


def opened_bids(session: Session, closing: str, part: str) -> frozenset[int]:
    """The bids whose part was opened and whose package held."""
    query = select(OpenedBidRow.bid).where(
        OpenedBidRow.closing == closing, OpenedBidRow.part == part, OpenedBidRow.state == GOOD
    )
    return frozenset(session.execute(query).scalars())


def _add_bids(session: Session, closing: str, part: str, states: dict[int, str], now: datetime) -> None:
    for bid, state in states.items():
        session.add(
            OpenedBidRow(
                closing=closing,
                part=part,
                bid=bid,
                state=state,
                shown=False,
                decided_at=now if state == NOT_CALLED else None,
            )
        )
    session.flush()
