"""Making what opened public, so that anyone opens it again: of a public part, and of what opened alone.

What the keyholders opened goes on the ledger by custody.record (`part-opened` with the header, `shares-shown` with the
shares of t members); what a bidder opened with its own key as `opened-by-bidder` with that key. Many bids go together.
"""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bidding.opening import storage_key
from bidding.opening.models import OpenedBidRow, OpeningRow
from bidding.opening.one_bid import header_of
from bidding.opening.setting import Setting
from custody import record as custody_record
from custody.opening import Opening
from ledger import log
from ledger.entries import OpenedByBidder


def unshown(session: Session, row: OpeningRow) -> int:
    """How many bids of the part opened and are not on the ledger with what opens them."""
    return len(session.execute(_query(row.closing, row.part)).scalars().all())


def show(session: Session, setting: Setting, opening: Opening, *, now: datetime) -> int:
    """Appends it for the bids of which it has not been; how many. Whoever else is at one of them goes first."""
    query = _query(opening.closing, opening.part).with_for_update(skip_locked=True)
    rows = session.execute(query.execution_options(populate_existing=True)).scalars().all()
    if not rows:
        return 0
    public = opening.verdict.part.public
    by_shares: dict[int, bytes] = {}
    for row in rows:
        file = opening.admitted(row.bid).file
        if row.given_key is None:
            if public:
                by_shares[row.bid] = header_of(setting.blobs, file)
        else:
            header, key = (
                (header_of(setting.blobs, file).hex(), _key(session, setting, opening, row, now).hex())
                if public
                else ("", "")
            )
            log.append(session, OpenedByBidder(opening.closing, opening.part, row.bid, header, key), now=now)
        row.shown = True
    if by_shares:
        custody_record.record(session, opening, by_shares, now=now)
    return len(rows)


def _key(session: Session, setting: Setting, opening: Opening, row: OpenedBidRow, now: datetime) -> bytes:
    lot = opening.verdict.lot.id
    keys = storage_key.of_lot(session, lot, setting.storage_key, now=now, random=setting.random)
    return keys.unseal(row.file_key or b"")


def _query(closing: str, part: str) -> Select[OpenedBidRow]:
    return (
        select(OpenedBidRow)
        .where(
            OpenedBidRow.closing == closing,
            OpenedBidRow.part == part,
            OpenedBidRow.file_key.is_not(None),
            OpenedBidRow.shown.is_(False),
        )
        .order_by(OpenedBidRow.bid)
    )
