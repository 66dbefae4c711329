"""A step of a guarantee: its entry in the ledger, its row, and word of it to the guarantor, in one transaction."""

from datetime import datetime
from secrets import token_bytes

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from guarantees.errors import NotFoundError
from guarantees.models import Guarantee, Step
from guarantees.register.listing import organisation_of
from guarantees.webhooks.announcing import announce
from guarantees.webhooks.kinds import Kind
from ledger import log
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

_STEPS: dict[type[Entry], tuple[str, Kind, str]] = {
    GuaranteePresented: ("presented", Kind.GUARANTEE_PRESENTED, "Presented"),
    GuaranteeDemanded: ("demanded", Kind.GUARANTEE_DEMANDED, "Demanded"),
    GuaranteePaid: ("paid", Kind.GUARANTEE_PAID, "Paid"),
    GuaranteeDemandRefused: ("refused", Kind.GUARANTEE_REFUSED, "Refused"),
    GuaranteeExtended: ("extended", Kind.GUARANTEE_EXTENDED, "Extended"),
    GuaranteeAmended: ("amended", Kind.GUARANTEE_AMENDED, ""),
    GuaranteeReleased: ("released", Kind.GUARANTEE_RELEASED, "Released"),
    GuaranteeExpired: ("expired", Kind.GUARANTEE_EXPIRED, ""),
}
"""For each entry: the step's word, what is told, and the chain's event that belongs to it."""


def take(
    session: Session,
    row: Guarantee,
    entry: Entry,
    *,
    now: datetime,
    purpose: str | None = None,
    random: RandomBytes = token_bytes,
) -> Step:
    """The caller has changed `row`, which it holds locked. `purpose` is that of its act in the outbox, if any."""
    word, kind, event = _STEPS[type(entry)]
    entry_id = log.append(session, entry, now=now)
    step = Step(guarantee=row.id, step=word, at=now, entry_id=entry_id, purpose=purpose, event=event)
    session.add(step)
    organisation = organisation_of(session, row.guarantor)
    if organisation is not None:
        announce(session, organisation, kind, row.id.hex(), now=now, random=random)
    session.flush()
    return step


def of(session: Session, guarantee: bytes) -> list[Step]:
    """All steps of a guarantee, oldest first."""
    query = select(Step).where(Step.guarantee == guarantee).order_by(Step.id)
    return list(session.execute(query).scalars())


def locked(session: Session, guarantee: bytes) -> Guarantee:
    """The guarantee's row, locked until the transaction ends. NotFoundError."""
    row = session.get(Guarantee, guarantee, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("there is no such guarantee, or it was not presented yet")
    return row
