"""Drafts: begun, changed, and begun again from a tender that failed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bidding.tender import Move, Standing, State, move
from bidding.tenders.draft import Draft, to_json
from bidding.tenders.law import statute_of
from bidding.tenders.models import TenderRow
from bidding.tenders.standing import locked
from crypto.randomness import RandomBytes

_ID_SIZE = 8


def begin(
    session: Session,
    organisation: UUID,
    draft: Draft,
    *,
    again: str | None = None,
    now: datetime,
    random: RandomBytes,
) -> TenderRow:
    """A new draft of the organisation's. Nobody but it and the staff sees it."""
    tender = TenderRow(
        id=f"t{random(_ID_SIZE).hex()}",
        organisation=organisation,
        state=State.DRAFT,
        draft=to_json(draft),
        created_at=now,
        published_at=None,
        law_of=None,
        keyholders=None,
        again=again,
    )
    session.add(tender)
    session.flush()
    return tender


def change(session: Session, tender_id: str, draft: Draft, *, now: datetime) -> TenderRow:
    """Puts another draft in its place. WrongStateError once it is published: then it is amended."""
    tender = locked(session, tender_id)
    # A draft changes exactly where it could be published
    move(statute_of(tender, now=now), Standing(State(tender.state)), Move.PUBLISH)
    tender.draft = to_json(draft)
    session.flush()
    return tender
