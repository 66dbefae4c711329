"""What draws of experts follow by themselves: an opening names the bidders, an award lets the names be known.

Both are asked of the lots' keeper (oversight.ports.LotPort), of all draws at once, and done by oversight.jobs.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from oversight import calling, publishing
from oversight.draw_tables import EXHAUSTED, FORMED, LIVE, DrawRow
from oversight.errors import NotFoundError, TooEarlyError
from oversight.ports import CommitteePort, LotPort
from statutes.said import Said


def unmatched(session: Session, lots: LotPort) -> list[bytes]:
    """The draws under way whose lot has bids that were opened since the bidders were matched last."""
    query = select(DrawRow.id, DrawRow.lot, DrawRow.matched).where(DrawRow.state.in_(LIVE))
    live = session.execute(query.order_by(DrawRow.requested_at, DrawRow.id)).all()
    opened = lots.opened(session, {lot for _, lot, _ in live})
    return [draw for draw, lot, matched in live if opened.get(lot, 0) > matched]


def match(
    session: Session,
    draw: bytes,
    lots: LotPort,
    *,
    now: datetime,
    random: RandomBytes,
    committee: CommitteePort,
) -> tuple[int, int]:
    """Matches the bidders who are known by now with the employers of those called: how many names, how many conflicts.

    DrawRefusedError if the draw is over.
    """
    row = session.get(DrawRow, draw)
    if row is None:
        raise NotFoundError(Said("没有该次抽取。", "there is no such draw"))
    # Counted first: a bid that is opened meanwhile is matched again, not forgotten.
    opened = lots.opened(session, {row.lot}).get(row.lot, 0)
    names = list(lots.bidders(session, row.lot))
    conflicts = calling.match_bidders(session, draw, names, now=now, random=random, committee=committee)
    row.matched = opened
    return len(names), conflicts


def unpublished(session: Session, lots: LotPort) -> list[bytes]:
    """The draws that are over and not published, of lots whose award stands."""
    query = select(DrawRow.id, DrawRow.lot).where(
        DrawRow.names.is_(None), DrawRow.state.in_((FORMED, EXHAUSTED))
    )
    over = session.execute(query.order_by(DrawRow.requested_at, DrawRow.id)).all()
    awarded = lots.awarded(session, {lot for _, lot in over})
    return [draw for draw, lot in over if lot in awarded]


def publish(session: Session, draw: bytes, lots: LotPort, *, now: datetime) -> bool:
    """Publishes the names; False if the ledger has not given every event its index yet: try again."""
    try:
        publishing.publish(session, draw, lots, now=now)
    except TooEarlyError:
        return False
    return True
