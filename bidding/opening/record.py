"""What was read out, and the opening record: canonical JSON (RFC 8785) whose SHA-256 is on the ledger.

    read_out   every bid has its result: the results are fixed, and the hall may object and sign off in its window
    finish     silence is recorded (条44), and the record is complete: results, objections with answers, signatures

An objection that nobody has answered keeps the record open: the law wants the answer on the spot and in the record.
What persons said stands in the record with its salt, so whoever has the record checks it against the ledger.
"""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.opening.causes import TABLE, Cause, Fault
from bidding.opening.models import (
    GOOD,
    OPENED,
    RECORDED,
    HallRow,
    OpenedBidRow,
    OpeningRow,
    SignOffRow,
)
from bidding.opening.setting import Setting
from crypto import canonical_json
from crypto.canonical_json import Json
from ledger import log, named_files
from ledger.entries import BidFailed, BidOpened, OpeningRecorded, OpeningSilent, decode

RECORD_TYPE, RESULTS_TYPE = "opening-record/v1", "opening-results/v1"
UNANSWERED = "objection"


def read_out(session: Session, setting: Setting, row: OpeningRow, *, now: datetime) -> None:
    """The opening's row, locked, goes to `opened`."""
    row.state, row.opened_at, row.fallback_until = OPENED, now, None
    row.sign_until = row.due_at = now + setting.windows.hall
    row.results = hashlib.sha256(results_bytes(session, row)).digest()


def results_bytes(session: Session, row: OpeningRow) -> bytes:
    """What is read out, as canonical JSON; also while the opening is under way, of what has its result."""
    return canonical_json.dumps(results(session, row))


def results(session: Session, row: OpeningRow) -> dict[str, Json]:
    """Each bid with its result, in the order of the closing."""
    return {
        "type": RESULTS_TYPE,
        "lot": row.lot,
        "closing": row.closing,
        "part": row.part,
        "public": row.public,
        "bids": [_bid(bid) for bid in bids_of(session, row)],
    }


def bids_of(session: Session, row: OpeningRow) -> list[OpenedBidRow]:
    query = select(OpenedBidRow).where(OpenedBidRow.closing == row.closing, OpenedBidRow.part == row.part)
    return list(session.execute(query.order_by(OpenedBidRow.bid)).scalars())


def finish(session: Session, setting: Setting, row: OpeningRow, *, now: datetime) -> bool:
    """Completes the record of a locked row once the hall's window is over and all is answered; whether it did."""
    if row.state != OPENED or row.sign_until is None or row.opened_at is None or now < row.sign_until:
        return False
    objections = objections_of(session, row)
    if any(objection.answer is None for objection in objections):
        row.stopped, row.due_at = UNANSWERED, now + setting.windows.poll
        return False
    signed = sign_offs_of(session, row)
    bids = bids_of(session, row)
    heard = {one.credit_code for one in objections} | {one.credit_code for one in signed}
    # Whose a bid is that failed, nobody may know: of those nothing is said.
    silent = [bid.bid for bid in bids if bid.state == GOOD and bid.credit_code not in heard]
    if silent:
        log.append(session, OpeningSilent(row.closing, row.part, tuple(silent)), now=now)
    sheet = setting.sheets(session, row.lot)
    record: dict[str, Json] = {
        "type": RECORD_TYPE,
        "origin": sheet.origin,
        "tender": sheet.tender,
        "title": sheet.title,
        "ceiling": sheet.ceiling,
        "deadline": sheet.deadline,
        "opened_at": int(row.opened_at.timestamp()),
        "recorded_at": int(now.timestamp()),
        "results": results(session, row),
        "objections": [_objection(one) for one in objections],
        "signatures": [canonical_json.loads(one.statement) for one in signed],
        "silent": list(silent),
    }
    row.record = canonical_json.dumps(record)
    row.state, row.due_at, row.stopped = RECORDED, None, ""
    digest = named_files.keep(session, row.record)
    log.append(session, OpeningRecorded(row.closing, row.part, digest), now=now)
    return True


def objections_of(session: Session, row: OpeningRow) -> list[HallRow]:
    query = select(HallRow).where(HallRow.closing == row.closing, HallRow.part == row.part)
    return list(session.execute(query.order_by(HallRow.number)).scalars())


def sign_offs_of(session: Session, row: OpeningRow) -> list[SignOffRow]:
    query = select(SignOffRow).where(SignOffRow.closing == row.closing, SignOffRow.part == row.part)
    return list(session.execute(query.order_by(SignOffRow.number)).scalars())


def _bid(row: OpenedBidRow) -> Json:
    if row.result is None:
        return {"bid": row.bid, "state": row.state}
    entry = decode(row.result)
    if isinstance(entry, BidFailed):
        fault = Fault(Cause(entry.cause), entry.detail)
        said: Json = {"zh": fault.said.zh, "en": fault.said.en}
        return {
            "bid": row.bid,
            "state": row.state,
            "cause": entry.cause,
            "detail": entry.detail,
            "responsibility": TABLE[fault.cause][0],
            "said": said,
        }
    if not isinstance(entry, BidOpened):  # pragma: no cover - this module's own rows
        raise TypeError("a result is one of two entries")
    read: Json = None
    if entry.read_out:
        (one,) = entry.read_out
        read = {
            "bidder": one.bidder,
            "credit_code": one.credit_code,
            "price": one.price,
            "currency": one.currency,
            "period_days": one.period_days,
            "quality": one.quality,
            "manager": one.manager,
            "above_ceiling": one.above_ceiling,
            "guarantee": one.guarantee,
        }
    return {"bid": row.bid, "state": row.state, "by": entry.by, "read_out": read}


def _objection(row: HallRow) -> Json:
    answer = None if row.answer is None else canonical_json.loads(row.answer)
    return {"statement": canonical_json.loads(row.statement), "answer": answer}
