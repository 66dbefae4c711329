"""A person's approval, given on a page of ours, on its way to the keyholders who trust its key.

Whether a key is anybody's, each keyholder knows for itself; here only those are kept that are about a part of a
closing. An approval is in every answer until the member has released its shares, so none is lost with an answer that
was; it hastens only one answer on each channel.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crypto.signatures import VerifyKey
from custody.errors import NotAllowedError
from custody.models import ApprovalRow
from custody.reader import Reader
from ledger.errors import LedgerError
from ledger.exchange import MAX_LISTED, Approval
from ledger.view import LedgerView
from storage.bell import ring

MAX_OF_A_PART = 200
"""Approvals of one part of one closing: far more than keyholders have persons."""
KEPT = timedelta(days=30)
"""For how long an approval is handed out."""


def give(session: Session, reader: Reader, approval: Approval, *, now: datetime) -> None:
    """Stores an approval; the same one again changes nothing.

    Raises SignatureError, and NotAllowedError if it is about nothing that is closed here, or about a part with too
    many.
    """
    approval.check_signature()
    with reader.reading(session) as view:
        if approval.origin != view.origin:
            raise NotAllowedError("the approval is for another log")
        try:
            lot, _ = view.lots.closing(approval.closing)
            lot.part(approval.part)
        except LedgerError as error:
            raise NotAllowedError(str(error)) from error
    of_part = (ApprovalRow.closing == approval.closing, ApprovalRow.part == approval.part)
    if session.execute(select(func.count(ApprovalRow.id)).where(*of_part)).scalar_one() >= MAX_OF_A_PART:
        raise NotAllowedError("this part has as many approvals as are kept")
    row = {
        "closing": approval.closing,
        "part": approval.part,
        "key": approval.key,
        "signature": approval.signature,
        "given_at": now,
    }
    session.execute(insert(ApprovalRow).values(row).on_conflict_do_nothing())
    ring(session)


def for_keyholder(
    session: Session, reader: Reader, signing_key: str, *, now: datetime
) -> tuple[int, Sequence[Approval]]:
    """(the newest approval's number, those that this keyholder may still be waiting for, the newest last)."""
    query = select(ApprovalRow).where(ApprovalRow.given_at > now - KEPT).order_by(ApprovalRow.id.desc())
    rows = session.execute(query.limit(MAX_LISTED)).scalars().all()
    if not rows:
        return 0, ()
    with reader.reading(session) as view:
        wanted = [row for row in rows if _waits(view, row, VerifyKey(bytes.fromhex(signing_key)))]
    return rows[0].id, [
        Approval(view.origin, row.closing, row.part, row.key, row.signature) for row in reversed(wanted)
    ]


def _waits(view: LedgerView, row: ApprovalRow, key: VerifyKey) -> bool:
    try:
        lot, _ = view.lots.closing(row.closing)
        number = view.groups.get(lot.entry.group).number_of(key)
    except LedgerError:
        return False
    return number is not None and number not in view.openings.released(row.closing, row.part)
