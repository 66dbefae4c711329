"""Questions on a tender, asked by anyone without a name, and answered to all.

No account, no address, nothing that could say who asked is kept, because who asks is likely to bid. What limits the
number is therefore counted by tender: a flood keeps others of that tender from asking for a while, and nothing else.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.tender import Move, Standing, State, move
from bidding.tenders.errors import TenderError, TooManyQuestionsError, UnknownTenderError
from bidding.tenders.law import statute_of
from bidding.tenders.models import QuestionRow
from bidding.tenders.standing import locked, lots_of
from crypto.randomness import RandomBytes
from ledger import log
from ledger.entries import ClarificationAnswered

LONGEST = 2000
"""Characters of a question, and of an answer: both stand in the ledger."""
MOST_AN_HOUR = 20
MOST_OPEN = 200


def ask(
    session: Session, tender_id: str, question: str, *, now: datetime, random: RandomBytes
) -> QuestionRow:
    """Takes a question while bids may come in. TooManyQuestionsError, WrongStateError, UnknownTenderError."""
    tender = locked(session, tender_id)
    lots_of(session, tender, now=now)
    if tender.state == State.DRAFT:
        raise UnknownTenderError("there is no such tender")
    if tender.state != State.SUSPENDED:
        # What the documents can still answer to, they can still be amended for
        move(statute_of(tender, now=now), Standing(State(tender.state)), Move.AMEND)
    if not 1 <= len(question.strip()) <= LONGEST:
        raise TenderError(f"a question has 1 to {LONGEST} characters")
    of_tender = select(func.count()).select_from(QuestionRow).where(QuestionRow.tender == tender.id)
    recent = of_tender.where(QuestionRow.asked_at > now - timedelta(hours=1))
    unanswered = of_tender.where(QuestionRow.answered_at.is_(None))
    if (
        session.execute(recent).scalar_one() >= MOST_AN_HOUR
        or session.execute(unanswered).scalar_one() >= MOST_OPEN
    ):
        raise TooManyQuestionsError("too many questions on this tender at the moment: ask again in an hour")
    row = QuestionRow(
        id=UUID(bytes=random(16), version=4),
        tender=tender.id,
        question=question.strip(),
        asked_at=now,
        number=None,
        answer=None,
        answered_at=None,
    )
    session.add(row)
    session.flush()
    return row


def answer(session: Session, tender_id: str, question_id: UUID, text: str, *, now: datetime) -> QuestionRow:
    """Answers to all, once and for good. What changes the documents is an amendment, and is published as one.

    UnknownTenderError, TenderError for one that is answered already.
    """
    tender = locked(session, tender_id)
    row = session.get(QuestionRow, question_id, populate_existing=True)
    if row is None or row.tender != tender.id:
        raise UnknownTenderError("there is no such question")
    if row.answered_at is not None:
        raise TenderError("the question is answered already: what has changed since is an amendment")
    if not 1 <= len(text.strip()) <= LONGEST:
        raise TenderError(f"an answer has 1 to {LONGEST} characters")
    last = select(func.max(QuestionRow.number)).where(QuestionRow.tender == tender.id)
    row.number = (session.execute(last).scalar_one() or 0) + 1
    row.answer, row.answered_at = text.strip(), now
    log.append(session, ClarificationAnswered(tender.id, row.number, row.question, row.answer), now=now)
    return row


def answered(session: Session, tender_id: str) -> Sequence[QuestionRow]:
    """What all may read, in the order of the answers."""
    query = select(QuestionRow).where(QuestionRow.tender == tender_id, QuestionRow.number.is_not(None))
    return session.scalars(query.order_by(QuestionRow.number)).all()


def unanswered(session: Session, tender_id: str) -> Sequence[QuestionRow]:
    """What waits for an answer: for the tenderee and the staff."""
    query = select(QuestionRow).where(QuestionRow.tender == tender_id, QuestionRow.number.is_(None))
    return session.scalars(query.order_by(QuestionRow.asked_at, QuestionRow.id)).all()
