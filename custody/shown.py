"""The file key of a bid whose public part was opened, from what the ledger shows of it: no secret is needed for it.

    1. The ledger has the header with the shares of t members, or the header with the key that the bidder gave.
    2. Each share has a proof that holds for this bid's point; t of them together open the header (ledger.view.opened).
    3. A bidder's key counts if the header is the one that the bid named, and its MAC holds under that key.

The ledger's view says which file and which key the bid was sealed with, so nothing here trusts the platform's tables.
Of a committee's part nothing is shown, and so nothing is found.
"""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from crypto import age
from crypto.curve import Point
from crypto.dkg import PublicKeys
from crypto.errors import CryptoError
from crypto.threshold import ShareBatch, VerifiedShares, combine_each, verify_shares
from crypto.threshold.shares import batch_size
from custody.reader import Reader
from ledger.entries import OpenedByBidder, PartOpened, SealedPart, SharesShown, decode
from ledger.models import EntryRow
from ledger.view import LedgerView, open_header, share_context
from ledger.view.errors import RefusedEntryError
from ledger.view.keys import PartUse
from ledger.view.lots import point_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A sealed file as its bid named it, and the 16 bytes that it is under. The key is not printed."""

    file: SealedPart
    header: bytes
    file_key: bytes

    def __repr__(self) -> str:
        return f"Shown({self.file.sha256})"


@dataclass(frozen=True, slots=True)
class _Known:
    """What the view says of one part of one bid."""

    file: SealedPart
    public: PublicKeys
    point: Point
    context: bytes


def shown(session: Session, reader: Reader, closing: str, part: str, bid: int, *, since: int) -> Shown | None:
    """None while the ledger does not show enough. `since` is the id of an entry before: where to look from."""
    with reader.reading(session) as view:
        known = _known(view, closing, part, bid)
    if known is None:
        return None
    found = session.scalars(_entries(closing, since))
    try:
        return _opened(found, known, (closing, part), bid)
    finally:
        found.close()


def _entries(closing: str, since: int) -> Select[bytes]:
    named = EntryRow.leaf.op("LIKE")(f'%"closing":"{closing}"%'.encode())
    query = select(EntryRow.leaf).where(EntryRow.id > since, named).order_by(EntryRow.id)
    return query.execution_options(yield_per=PAGE)


def _opened(leaves: Iterable[bytes], known: _Known, name: tuple[str, str], bid: int) -> Shown | None:
    """1. What the database compares by a pattern is compared here again."""
    header, shares = b"", dict[int, VerifiedShares]()
    for leaf in leaves:
        entry = decode(leaf)
        if not isinstance(entry, PartOpened | SharesShown | OpenedByBidder):
            continue
        if (entry.closing, entry.part) != name:
            continue
        if isinstance(entry, SharesShown):
            if bid in entry.bids and (share := _share(entry, bid, known)) is not None:
                shares[entry.member] = share
        elif entry.bid == bid and entry.header:
            header = bytes.fromhex(entry.header)
            if isinstance(entry, OpenedByBidder):
                return _given(known.file, header, bytes.fromhex(entry.file_key))
        if header and len(shares) >= known.public.threshold:
            return _combined(known, header, shares)
    return None


def _known(view: LedgerView, closing: str, part: str, bid: int) -> _Known | None:
    try:
        lot, _ = view.lots.closing(closing)
        submission = lot.submissions.get(bid)
        file = submission.part(part) if submission else None
        public = view.keys.of_part(PartUse(lot.id, part)).public
        if file is None or public is None or not lot.part(part).public:
            return None
        return _Known(file, public, point_of(file.share), share_context(view.origin, closing, lot.id, part))
    except (RefusedEntryError, CryptoError):
        return None


def _share(entry: SharesShown, bid: int, known: _Known) -> VerifiedShares | None:
    """2. A share that is not right is as good as none: others may be."""
    size, at = batch_size(1), entry.bids.index(bid)
    try:
        batch = ShareBatch.parse(bytes.fromhex(entry.shares)[at * size : (at + 1) * size])
        if batch.index != entry.member:
            return None
        return verify_shares(known.public, [known.point], batch, known.context)
    except CryptoError:
        return None


def _combined(known: _Known, header: bytes, shares: dict[int, VerifiedShares]) -> Shown | None:
    point = combine_each(list(shares.values())).get(known.point)
    if point is None:
        return None
    try:
        return Shown(known.file, header, open_header(known.public, known.file, header, point))
    except CryptoError:
        return None


def _given(file: SealedPart, header: bytes, key: bytes) -> Shown | None:
    """3."""
    if hashlib.sha256(header).hexdigest() != file.header:
        return None
    try:
        age.read_header(io.BytesIO(header)).verify(key)
    except CryptoError:
        return None
    return Shown(file, header, key)
