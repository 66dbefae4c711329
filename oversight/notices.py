"""Telling experts that they were called, and taking their answers by code.

A code is 16 letters and digits, 80 bits, new each time an expert is told; only its hash is kept. So nobody at the
platform can answer in an expert's place from what the tables hold, and nobody has to log in.

What happens in a crash: the expert is told before the caller commits. It may be told twice, and the last code counts.
"""

import base64
import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from oversight import calling, snapshots
from oversight.draw_tables import CallRow, DrawRow, EventRow
from oversight.errors import NotFoundError
from oversight.expert_draw import Answer
from oversight.pool_tables import ExpertRow
from oversight.ports import CommitteePort, Notice, TellPort

CODE_BYTES = 10


def tell_next(session: Session, port: TellPort, *, now: datetime, random: RandomBytes) -> bool:
    """Tells one expert who was called and not told yet; False if there is none. The caller commits.

    Two workers take different calls. Who has no time left is not told: the call is silent at its next tick.
    """
    query = (
        select(CallRow)
        .where(CallRow.told_at.is_(None), CallRow.answer == Answer.PENDING.value, CallRow.due_at > now)
        .order_by(CallRow.due_at, CallRow.draw_id, CallRow.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    call = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if call is None:
        return False
    draw = session.get_one(DrawRow, call.draw_id)
    number = snapshots.get(session, draw.snapshot_id).keys[call.position]
    expert = session.scalars(select(ExpertRow).where(ExpertRow.number == number)).one()
    code = base64.b32encode(random(CODE_BYTES)).decode("ascii")
    call.code_hash, call.told_at = code_hash(code), now
    session.flush()
    port.tell(Notice(expert.contact, expert.name, draw.subject, call.due_at, code))
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
        raise NotFoundError("this code answers no call")
    return calling.answer(
        session, call.draw_id, call.number, given, now=now, random=random, committee=committee
    )


def code_hash(code: str) -> bytes:
    """What is kept of a code; spaces, hyphens and case do not count."""
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).digest()
