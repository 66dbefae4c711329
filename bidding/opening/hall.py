"""What is said in the hall (条44): objections to the opening, their answers, and signing off what was read out.

Each statement is canonical JSON with a salt of 32 bytes; the ledger has its SHA-256 at once, the opening record has its
words. Objections and sign-offs are taken until the hall's window is over, answers until the record is complete.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.opening.errors import OpeningRefusedError
from bidding.opening.models import FALLBACK, OPENED, WAITING, HallRow, OpeningRow, SignOffRow
from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.randomness import RandomBytes
from ledger import log
from ledger.entries import ObjectionToOpening, ObjectionToOpeningAnswered, OpeningConfirmed

MAX_TEXT = 2000
MAX_OBJECTIONS = 5
"""Of one organisation to one part's opening."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, and as what: bidder, tenderee, center or supervisor. The caller has proved to be that."""

    name: str
    credit_code: str
    capacity: str
    person: str


def object_to(
    session: Session,
    closing: str,
    part: str,
    speaker: Speaker,
    text: str,
    *,
    now: datetime,
    random: RandomBytes,
) -> int:
    """The number of the new objection. OpeningRefusedError."""
    # All parts of the closing, in one order: objections are numbered across them.
    every = select(OpeningRow.part).where(OpeningRow.closing == closing).order_by(OpeningRow.position)
    session.execute(every.with_for_update())
    row = _locked(session, closing, part)
    if row.state not in (WAITING, FALLBACK, OPENED) or (row.sign_until is not None and now >= row.sign_until):
        raise OpeningRefusedError("window-over")
    query = select(func.count()).select_from(HallRow).where(HallRow.closing == closing)
    mine = query.where(HallRow.part == part, HallRow.credit_code == speaker.credit_code)
    if session.execute(mine).scalar_one() >= MAX_OBJECTIONS:
        raise OpeningRefusedError("window-over")
    number = 1 + (
        session.execute(select(func.max(HallRow.number)).where(HallRow.closing == closing)).scalar() or 0
    )
    statement = _statement("objection", row, speaker, _checked(text), now, random, number=number)
    session.add(
        HallRow(
            closing=closing,
            number=number,
            part=part,
            credit_code=speaker.credit_code,
            statement=statement,
            made_at=now,
            answer=None,
            answered_at=None,
        )
    )
    log.append(session, ObjectionToOpening(row.lot, closing, number, _hash(statement)), now=now)
    return number


def answer(
    session: Session,
    closing: str,
    number: int,
    speaker: Speaker,
    text: str,
    *,
    now: datetime,
    random: RandomBytes,
) -> None:
    """Answers an objection, once. OpeningRefusedError."""
    found = session.get(HallRow, (closing, number), with_for_update=True, populate_existing=True)
    if found is None:
        raise OpeningRefusedError("unknown")
    if found.answer is not None:
        raise OpeningRefusedError("answered")
    row = session.get_one(OpeningRow, (closing, found.part))
    found.answer = _statement("answer", row, speaker, _checked(text), now, random, number=number)
    found.answered_at = now
    log.append(session, ObjectionToOpeningAnswered(closing, number, _hash(found.answer)), now=now)


def sign_off(
    session: Session,
    closing: str,
    part: str,
    speaker: Speaker,
    results: str,
    *,
    now: datetime,
    random: RandomBytes,
) -> None:
    """Signs off the results with that SHA-256; a second time changes nothing. OpeningRefusedError."""
    row = _locked(session, closing, part)
    if row.state in (WAITING, FALLBACK) or row.results is None:
        raise OpeningRefusedError("not-opened")
    if row.state != OPENED or row.sign_until is None or now >= row.sign_until:
        raise OpeningRefusedError("window-over")
    if results != row.results.hex():
        raise OpeningRefusedError("results-differ")
    of_part = select(SignOffRow).where(SignOffRow.closing == closing, SignOffRow.part == part)
    mine = of_part.where(
        SignOffRow.credit_code == speaker.credit_code, SignOffRow.capacity == speaker.capacity
    )
    if session.execute(mine).scalar_one_or_none() is not None:
        return
    number = 1 + session.execute(select(func.count()).select_from(of_part.subquery())).scalar_one()
    statement = _statement("sign-off", row, speaker, results, now, random)
    session.add(
        SignOffRow(
            closing=closing,
            part=part,
            number=number,
            credit_code=speaker.credit_code,
            capacity=speaker.capacity,
            statement=statement,
            signed_at=now,
        )
    )
    entry = OpeningConfirmed(closing, part, results, speaker.capacity, _hash(statement))
    log.append(session, entry, now=now)


def _locked(session: Session, closing: str, part: str) -> OpeningRow:
    row = session.get(OpeningRow, (closing, part), with_for_update=True, populate_existing=True)
    if row is None:
        raise OpeningRefusedError("unknown")
    return row


def _checked(text: str) -> str:
    if not 0 < len(text.strip()) <= MAX_TEXT:
        raise OpeningRefusedError("text")
    return text.strip()


def _statement(
    kind: str,
    row: OpeningRow,
    speaker: Speaker,
    text: str,
    now: datetime,
    random: RandomBytes,
    *,
    number: int = 0,
) -> bytes:
    by: Json = {
        "name": speaker.name,
        "credit_code": speaker.credit_code,
        "capacity": speaker.capacity,
        "person": speaker.person,
    }
    return canonical_json.dumps(
        {
            "type": f"opening-{kind}/v1",
            "closing": row.closing,
            "part": row.part,
            "number": number,
            "by": by,
            "text": text,
            "at": int(now.timestamp()),
            "salt": random(32).hex(),
        }
    )


def _hash(statement: bytes) -> str:
    return hashlib.sha256(statement).hexdigest()
