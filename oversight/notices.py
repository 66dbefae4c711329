"""Telling experts that they were called, and taking their answers by code.

A code is 16 letters and digits, 80 bits, new each time an expert is told; only its hash is kept. So nobody at the
platform can answer in an expert's place from what the tables hold, and nobody has to log in.

What happens in a crash: the expert is told before the caller commits. It may be told twice, and the last code counts.
Nobody is forgotten: a call is told when its row says so, and that is committed after the server has taken the mail.
"""

import base64
import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from oversight import calling, snapshots
from oversight.draw_tables import CALLING, FORMED, CallRow, DrawRow, EventRow
from oversight.errors import DrawRefusedError, NotFoundError
from oversight.expert_draw import Answer
from oversight.pool_tables import ExpertRow
from oversight.ports import CommitteePort, Notice, Opinion, TellPort
from statutes.said import Said

CODE_BYTES = 10


def untold(session: Session, *, now: datetime) -> list[tuple[bytes, int]]:
    """The calls, as (draw, number), of whom nobody has told the expert, the most urgent first.

    Who has no time left is not told: the call is silent at its next tick.
    """
    query = (
        select(CallRow.draw_id, CallRow.number)
        .where(CallRow.told_at.is_(None), CallRow.answer == Answer.PENDING.value, CallRow.due_at > now)
        .order_by(CallRow.due_at, CallRow.draw_id, CallRow.number)
    )
    return [(draw, number) for draw, number in session.execute(query)]


def tell(
    session: Session, draw: bytes, number: int, port: TellPort, *, now: datetime, random: RandomBytes
) -> bool:
    """Tells the expert of one call; False if another worker does, or it was told or answered. The caller commits.

    Raises what the port raises, and then nothing has changed.
    """
    query = (
        select(CallRow)
        .where(CallRow.draw_id == draw, CallRow.number == number, CallRow.told_at.is_(None))
        .where(CallRow.answer == Answer.PENDING.value)
        .with_for_update(skip_locked=True)
    )
    call = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if call is None:
        return False
    called = session.get_one(DrawRow, call.draw_id)
    expert_number = snapshots.get(session, called.snapshot_id).keys[call.position]
    expert = session.scalars(select(ExpertRow).where(ExpertRow.number == expert_number)).one()
    code = base64.b32encode(random(CODE_BYTES)).decode("ascii")
    call.code_hash, call.told_at = code_hash(code), now
    session.flush()
    port.tell(Notice(expert.contact, expert.name, call.due_at, code))
    return True


def answer_by_code(
    session: Session,
    code: str,
    given: Answer,
    *,
    now: datetime,
    random: RandomBytes,
    committee: CommitteePort,
) -> EventRow:
    """The expert's own answer; the event is its receipt. NotFoundError for a code that opens nothing."""
    query = select(CallRow).where(CallRow.code_hash == code_hash(code))
    call = session.scalars(query).one_or_none()
    if call is None:
        raise NotFoundError(Said("该代码不对应任何通知：请核对后重新输入。", "this code answers no call"))
    return calling.answer(
        session, call.draw_id, call.number, given, now=now, random=random, committee=committee
    )


def give_opinion(
    session: Session, code: str, sha256: str, *, now: datetime, committee: CommitteePort
) -> None:
    """An expert who sits on the committee hands in its opinion, known by its code.

    NotFoundError for a code that opens nothing; DrawRefusedError for who does not sit, or no more.
    """
    query = select(CallRow.draw_id).where(CallRow.code_hash == code_hash(code))
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFoundError(Said("该代码不对应任何通知：请核对后重新输入。", "this code answers no call"))
    draw = session.get_one(DrawRow, found, with_for_update=True, populate_existing=True)
    calls = select(CallRow).where(CallRow.code_hash == code_hash(code))
    call = session.scalars(calls.execution_options(populate_existing=True)).one()
    if call.answer != Answer.ACCEPTED.value or draw.state not in (CALLING, FORMED):
        raise DrawRefusedError(
            "seat",
            Said(
                "只接收评标委员会现任成员的评审意见。",
                "opinions are taken from those who sit on the committee, and nobody else",
            ),
        )
    number: str = snapshots.get(session, draw.snapshot_id).keys[call.position]
    committee.opinion_given(session, Opinion(draw.lot, number, sha256), now=now)


def code_hash(code: str) -> bytes:
    """What is kept of a code; spaces, hyphens and case do not count."""
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).digest()
