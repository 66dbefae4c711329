"""Committees of drawn experts, connected with the lots they evaluate (oversight.ports.CommitteePort, over bidding)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.tenders import opinions
from bidding.tenders.errors import CommitteeError
from bidding.tenders.models import LotRow
from oversight.draw_tables import CALLING, REQUESTED, DrawRow
from oversight.ports import Opinion, Replaced


class Opinions:
    """bidding keeps a committee's opinions, and voids those of a member that was replaced (条48)."""

    def opinion_given(self, session: Session, opinion: Opinion, *, now: datetime) -> None:
        opinions.give(session, opinion.lot, opinion.number, opinion.sha256, now=now)

    def member_replaced(self, session: Session, replaced: Replaced, *, now: datetime) -> None:
        opinions.void(session, replaced.lot, replaced.number, now=now)


def require_complete(session: Session, tender: str, number: str) -> None:
    """CommitteeError while experts for the lot are being drawn: nobody evaluates until every place is taken (法37)."""
    lot = select(LotRow.id).where(LotRow.tender == tender, LotRow.number == number).scalar_subquery()
    query = select(DrawRow.id).where(DrawRow.lot == lot, DrawRow.state.in_((REQUESTED, CALLING)))
    if session.execute(query).first() is not None:
        raise CommitteeError(
            "评标委员会尚有空缺：请待抽取的专家全部到位后再评标（法37）。"
            "The committee has a place that is not taken: wait until every expert who is drawn has accepted."
        )
