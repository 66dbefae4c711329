"""The desk's audit trail: which underwriter did what, in the transaction of what was done."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from guarantees.tables.desk_act import DeskAct

QUOTE, DECLINE, PAYMENT, CSV, ISSUE, LIMIT, ANSWER, AMEND = (
    *("quote", "decline", "payment", "csv", "issue"),
    *("limit", "answer", "amend"),
)


def note(
    session: Session, who: str, act: str, *, now: datetime, application: bytes | None = None, detail: str = ""
) -> None:
    """The caller commits it with the act itself."""
    session.add(DeskAct(at=now, who=who, act=act, application=application, detail=detail))


def of(session: Session, application: bytes) -> Sequence[DeskAct]:
    """What was done with an application, oldest first."""
    query = select(DeskAct).where(DeskAct.application == application)
    return session.scalars(query.order_by(DeskAct.id)).all()


def newest(session: Session, limit: int) -> Sequence[DeskAct]:
    """The last acts, the newest first."""
    return session.scalars(select(DeskAct).order_by(DeskAct.id.desc()).limit(limit)).all()
