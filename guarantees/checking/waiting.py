"""The check of guarantees whose commitment the chain had not shown at the opening: looked at again until it is sure.

That a commitment is not there can be said only once the followed events reach beyond the bid deadline; for that the
node is asked, outside any transaction. While it does not answer, the row goes on waiting, and says since when.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from guarantees.chain.gateway import Gateway
from guarantees.checking import taking
from guarantees.checking.taking import WAITING
from guarantees.models import GuaranteeCheck
from guarantees.ports import LotsPort
from guarantees.signed import SignedGuarantee

BATCH = 100

Place = tuple[str, int]
"""(lot, bid)."""


def due(session: Session, *, now: datetime) -> list[Place]:
    """Those to be looked at now."""
    query = select(GuaranteeCheck.lot, GuaranteeCheck.bid).where(
        GuaranteeCheck.state == WAITING, GuaranteeCheck.due_at <= now
    )
    rows = session.execute(query.order_by(GuaranteeCheck.due_at).limit(BATCH))
    return [(lot, bid) for lot, bid in rows]


def reached(gateway: Gateway, followed: int | None, deadline: datetime) -> bool:
    """Whether every block up to that instant was followed. Asks the node, and raises what it raises.

    The next block is later, or there is none yet and so nothing to follow.
    """
    if followed is None:
        return False
    following = gateway.node.block(followed + 1)
    if following is None:
        return gateway.node.head().number <= followed
    return following.time > deadline.timestamp()


def look_again(session: Session, lots: LotsPort, place: Place, *, complete: bool, now: datetime) -> bool:
    """Whether the row, unless another worker has it, has its outcome now."""
    query = select(GuaranteeCheck).where(
        GuaranteeCheck.lot == place[0], GuaranteeCheck.bid == place[1], GuaranteeCheck.state == WAITING
    )
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        return False
    signed = SignedGuarantee.parse(row.content)
    examined = taking.examine(session, lots, row, signed, complete=complete, now=now)
    taking.decide(session, row, examined, now=now, signed=signed)
    session.flush()
    return row.state != WAITING
