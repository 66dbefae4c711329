"""When keyholders fall silent: bidders open their own bids (design.md 4.6).

    1. Once the window for shares is over and bids still wait, `fallback-begun` names them, and until when.
    2. A bidder gives the file key of its own file, which its own stanza opens. It is taken if the MAC of the header
       that the closing lists holds under it: then it is that very bid, whoever brings the key.
    3. The job opens the bid by that key as by the shares, and says so.
    4. Shares that still come are used. When this window too is over, what is left fails, by no fault of the bidder.

Nobody needs to log in for it: a key is worth nothing but for its own file, and who has it could open that file anyway.
A bidder that sealed another key to the lot than to itself opens here what keyholders could not: the MAC holds under one
key alone, so the content is the one that was submitted all the same.
"""

import io
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.opening import one_bid, storage_key
from bidding.opening.causes import Cause, Fault
from bidding.opening.errors import OpeningRefusedError
from bidding.opening.models import FALLBACK, SEALED, WAITING, OpenedBidRow, OpeningRow
from bidding.opening.setting import Setting
from crypto import age
from crypto.age.errors import HeaderMacError
from crypto.age.header import FILE_KEY_SIZE
from crypto.randomness import RandomBytes
from custody.opening import Opening
from custody.reader import Reader
from ledger import log
from ledger.entries import FallbackBegun
from ledger.view import ReleaseRefusedError, judge
from storage.blobs import BlobStore


def undecided(session: Session, row: OpeningRow) -> tuple[int, ...]:
    """The bids that have no result yet."""
    query = select(OpenedBidRow.bid).where(
        OpenedBidRow.closing == row.closing, OpenedBidRow.part == row.part, OpenedBidRow.state == SEALED
    )
    return tuple(session.execute(query.order_by(OpenedBidRow.bid)).scalars())


def advance(session: Session, setting: Setting, opening: Opening, row: OpeningRow, *, now: datetime) -> None:
    """1. and 4., the opening's row locked. A bid in the platform's own trouble is not its keyholders' affair."""
    known = opening.ready
    left = [bid for bid in undecided(session, row) if bid not in known]
    if row.state == WAITING and left and row.shares_until is not None and now >= row.shares_until:
        row.state, row.fallback_until = FALLBACK, now + setting.windows.fallback
        until = int(row.fallback_until.timestamp())
        storage_key.of_lot(session, row.lot, setting.storage_key, now=now, random=setting.random)
        log.append(session, FallbackBegun(row.closing, row.part, until, tuple(left)), now=now)
    elif row.state == FALLBACK and row.fallback_until is not None and now >= row.fallback_until:
        for bid in left:
            found = one_bid.lock(session, opening, bid)
            if found is not None and found.given_key is None:
                one_bid.fail(session, found, Fault(Cause.KEYHOLDERS), now=now)


def give_key(
    session: Session,
    blobs: BlobStore,
    reader: Reader,
    closing: str,
    part: str,
    bid: int,
    file_key: bytes,
    *,
    now: datetime,
    random: RandomBytes,
) -> None:
    """2. Takes the file key of a bid; a second time changes nothing. OpeningRefusedError, TroubleError.

    It is sealed at once, to a key that this process need not be able to open.
    """
    row = session.get(OpeningRow, (closing, part))
    if row is None:
        raise OpeningRefusedError("unknown")
    if row.state != FALLBACK or row.fallback_until is None or now >= row.fallback_until or row.stopped:
        raise OpeningRefusedError("not-in-fallback")
    found = session.get(OpenedBidRow, (closing, part, bid), with_for_update=True, populate_existing=True)
    if found is None:
        raise OpeningRefusedError("unknown")
    if found.state != SEALED:
        raise OpeningRefusedError("decided")
    try:
        with reader.reading(session) as view:
            verdict = judge(view, closing, part)
    except ReleaseRefusedError as error:  # suspended, say, since the job looked last
        raise OpeningRefusedError("not-in-fallback") from error
    file = next((one.file for one in verdict.admitted if one.index == bid), None)
    if file is None or len(file_key) != FILE_KEY_SIZE:
        raise OpeningRefusedError("wrong-key")
    try:
        age.read_header(io.BytesIO(one_bid.header_of(blobs, file))).verify(file_key)
    except (HeaderMacError, one_bid.FaultError) as error:
        raise OpeningRefusedError("wrong-key") from error
    found.given_key = storage_key.seal_for(session, row.lot, file_key, random)
