"""Quote, decline, accept, cancel. An acceptance makes the premium's invoice in the same transaction."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from guarantees.desk import exposure, outgoing, premiums
from guarantees.errors import RefusedError, StateError
from guarantees.letters import kinds
from guarantees.letters.kinds import Acceptance
from guarantees.tables.desk import (
    ACCEPTED,
    APPLIED,
    CANCELLED,
    DECLINED,
    QUOTED,
    Application,
    Quote,
)
from statutes.said import Said

PAYMENT_TIME = timedelta(days=3)


def quote(
    session: Session,
    application: Application,
    *,
    premium: int,
    valid_until: datetime,
    now: datetime,
    note: str | None = None,
) -> Quote:
    """Offers it for `premium` (cents) until then; again before the acceptance, with another number.

    StateError once it is accepted or ended, RefusedError above a limit or for a quote that is over already.
    """
    _require(application, APPLIED, QUOTED)
    if valid_until <= now:
        raise RefusedError(
            "quote-over", Said("报价有效期须在将来。", "A quote is valid until some time in the future.")
        )
    exposure.require_room(session, application, now=now)
    last = newest(session, application)
    made = Quote(
        application=application.id,
        number=1 if last is None else last.number + 1,
        premium=premium,
        valid_until=valid_until,
        quoted_at=now,
        accepted_at=None,
    )
    session.add(made)
    _move(application, QUOTED, now)
    letter = kinds.Quote(
        made.number,
        application.amount,
        premium,
        application.currency,
        int(application.expiry.timestamp()),
        int(valid_until.timestamp()),
        note,
    )
    outgoing.say(session, application.id, f"quote {made.number}", letter)
    session.flush()
    return made


def accept(
    session: Session, application: Application, letter: Acceptance, *, pay_to: str, now: datetime
) -> None:
    """Takes the applicant's acceptance; `pay_to` says where the premium goes.

    One that comes too late, or of another offer, changes nothing but the remark.
    """
    last = newest(session, application)
    if application.state != QUOTED or last is None:
        application.remark = "an acceptance came, and there is no open quote"
        return
    if (letter.quote, letter.premium) != (last.number, last.premium):
        application.remark = "an acceptance of another quote came"
        return
    if last.valid_until < now:
        application.remark = "an acceptance came after the quote's end: quote again"
        return
    last.accepted_at = now
    _move(application, ACCEPTED, now)
    premiums.invoice(session, application, last.premium, pay_to=pay_to, due=now + PAYMENT_TIME, now=now)


def decline(session: Session, application: Application, reason: Said, *, now: datetime) -> None:
    """Refuses it, and tells the applicant why. StateError once the premium is paid."""
    _require(application, APPLIED, QUOTED, ACCEPTED)
    _move(application, DECLINED, now)
    application.remark = reason.en
    outgoing.say(session, application.id, "refusal", kinds.Refusal(f"{reason.zh} {reason.en}"))


def cancel(application: Application, reason: str, *, now: datetime) -> None:
    """The applicant wants it no more. After the premium is paid it is a remark, which a person answers."""
    if application.state in (APPLIED, QUOTED, ACCEPTED):
        _move(application, CANCELLED, now)
    application.remark = f"cancelled: {reason}"


def newest(session: Session, application: Application) -> Quote | None:
    """The quote that counts."""
    query = select(Quote).where(Quote.application == application.id).order_by(Quote.number.desc()).limit(1)
    return session.scalars(query).one_or_none()


def _move(application: Application, state: str, now: datetime) -> None:
    application.state, application.changed_at, application.remark = state, now, ""


def _require(application: Application, *states: str) -> None:
    if application.state not in states:
        raise StateError(
            "state",
            Said(
                f"申请当前状态为{application.state}，不能执行此操作。",
                f"The application is {application.state}: this is done only while it is {' or '.join(states)}.",
            ),
        )
