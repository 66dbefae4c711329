"""A later part is called for, by the key that the lot was published with (two envelopes).

The platform appends what the caller signed, once, and refuses a call that keyholders or the law would not follow:

    1. The part is a later one, called for the first time, in this log, by its caller's key.
    2. The part before it is opened.
    3. Every bid in the call is one whose part before it was opened. Who did not pass is never called for, so no
       keyholder gives a share of its price, and the job has no row to open it.

Whether a bid passed the evaluation of the earlier part, the caller says by leaving it out.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bidding.opening.beginning import opened_bids
from bidding.opening.errors import OpeningRefusedError
from bidding.opening.models import LATER, OPENED, RECORDED, OpeningRow
from crypto.signatures import VerifyKey
from custody.reader import Reader
from ledger import log
from ledger.entries import PartCalled
from ledger.errors import LedgerError
from ledger.view import RefusedEntryError


def call(session: Session, reader: Reader, entry: PartCalled, *, now: datetime) -> int:
    """The id of the entry. OpeningRefusedError."""
    row = session.get(OpeningRow, (entry.closing, entry.part), with_for_update=True, populate_existing=True)
    if row is None:
        raise OpeningRefusedError("unknown")
    with reader.reading(session) as view:
        origin, called = view.origin, view.openings.called(entry.closing, entry.part)
        try:
            lot, _ = view.lots.closing(entry.closing)
            part = lot.part(entry.part)
        except RefusedEntryError as error:
            raise OpeningRefusedError("unknown") from error
    if row.state != LATER or called is not None or not part.caller or entry.origin != origin:  # 1
        raise OpeningRefusedError("call")
    try:
        entry.check_signature(VerifyKey(bytes.fromhex(part.caller)))
    except LedgerError as error:
        raise OpeningRefusedError("call") from error
    before = session.get(OpeningRow, (entry.closing, part.after))  # 2
    if before is None or before.state not in (OPENED, RECORDED):
        raise OpeningRefusedError("not-opened")
    if not set(entry.bids) <= opened_bids(session, entry.closing, part.after):  # 3
        raise OpeningRefusedError("not-passed")
    row.due_at = now
    return log.append(session, entry, now=now)
