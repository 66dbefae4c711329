"""Opening one part of one bid, in one transaction: from its file key to its result on the ledger.

    1. The header is the one that the bid named, opens, and its MAC holds: by the keyholders' shares, or by the bidder's
       own key.
    2. The payload opens, and the package in it is read front to end, in bounded memory, never written anywhere.
    3. What is in the package holds: for this log, lot, part and bid; signed by the party that it names.
    4. The guarantee is handed on, the price held against the ceiling.
    5. The result is appended, and the row has it, with the file key under the lot's storage key.

A crash before the commit leaves nothing; after it, the row is decided and passed over. What cannot be read because of
the platform itself (TroubleError) is no result: it is tried again until `Windows.storage` is over.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.opening import causes, storage_key
from bidding.opening.blob_file import WINDOW, BlobFile
from bidding.opening.causes import Cause, Fault
from bidding.opening.errors import TroubleError
from bidding.opening.models import BAD, GOOD, SEALED, OpenedBidRow
from bidding.opening.read_out import read_out
from bidding.opening.setting import Setting
from bidding.package.errors import PackageError
from bidding.package.reading import Package, read_package
from bidding.package.sheet import GuaranteeHere
from bidding.ports import PresentedGuarantee
from bidding.submission.models import SealedRow
from crypto import age
from crypto.age.errors import AgeError, HeaderMacError, PayloadError
from custody.errors import OpeningError
from custody.opening import Opening
from ledger import log
from ledger.entries import BidFailed, BidOpened, SealedPart, encode
from ledger.models import EntryRow
from storage.blobs import BlobStore
from storage.errors import BlobCorruptError, BlobError, BlobNotFoundError

KEYHOLDERS, BIDDER = "keyholders", "bidder"


class FaultError(Exception):
    """A bid that fails, with the fault; for this module's own way out."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.cause)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A header that opened: its bytes, the key of the file, and by whom."""

    header: bytes
    file_key: bytes
    by: str


def lock(session: Session, opening: Opening, bid: int) -> OpenedBidRow | None:
    """The row of a bid that has no result yet; None if it has one, or another worker is at it."""
    query = select(OpenedBidRow).where(
        OpenedBidRow.closing == opening.closing,
        OpenedBidRow.part == opening.part,
        OpenedBidRow.bid == bid,
        OpenedBidRow.state == SEALED,
    )
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def open_bid(
    session: Session, setting: Setting, opening: Opening, row: OpenedBidRow, *, now: datetime
) -> None:
    """Decides the bid of a locked row, which is ready or whose bidder gave its key. TroubleError."""
    file = opening.admitted(row.bid).file
    keys = storage_key.of_lot(
        session, opening.verdict.lot.id, setting.storage_key, now=now, random=setting.random
    )
    given = None if row.given_key is None else keys.unseal(row.given_key)
    try:
        unlocked = _unlock(setting.blobs, opening, row.bid, file, given)  # 1
        row.file_key = keys.seal(unlocked.file_key, setting.random)
        if unlocked.by == KEYHOLDERS:
            row.given_key = None
        package = _read(session, setting, opening, row.bid, file, unlocked, now=now)  # 2, 3
        result = _opened(session, setting, opening, row, unlocked.by, package, now=now)  # 4
    except FaultError as error:
        fail(session, row, error.fault, now=now)
        return
    row.state, row.result, row.decided_at, row.trouble_at = GOOD, encode(result), now, None  # 5
    row.credit_code = package.form.bidder.credit_code
    log.append(session, result, now=now)


def fail(session: Session, row: OpenedBidRow, fault: Fault, *, now: datetime) -> None:
    """The result of a locked row is that it failed."""
    entry = BidFailed(row.closing, row.part, row.bid, fault.cause, fault.detail, fault.responsibility)
    row.state, row.result, row.decided_at = BAD, encode(entry), now
    log.append(session, entry, now=now)


def header_of(blobs: BlobStore, file: SealedPart) -> bytes:
    """The age header of a sealed file, to the newline after the MAC. TroubleError if the copy is damaged."""
    try:
        header = age.read_header(BlobFile(blobs, bytes.fromhex(file.sha256))).encode()
    except (BlobError, AgeError) as error:
        raise _trouble(error) from error
    if hashlib.sha256(header).hexdigest() != file.header:
        require_intact(blobs, file)
        raise FaultError(Fault(Cause.HEADER))  # the bid named another header than its file has
    return header


def require_intact(blobs: BlobStore, file: SealedPart) -> None:
    """TroubleError unless the platform's copy is, byte for byte, the file that the bid named."""
    try:
        for _ in blobs.stream(bytes.fromhex(file.sha256)):
            pass
    except BlobError as error:
        raise _trouble(error) from error


def _trouble(error: Exception) -> TroubleError:
    if isinstance(error, BlobNotFoundError | BlobCorruptError):
        return TroubleError(
            f"the platform's copy of a sealed file is gone or damaged: {type(error).__name__}"
        )
    return TroubleError(f"the platform's copy of a sealed file could not be read: {type(error).__name__}")


def _unlock(blobs: BlobStore, opening: Opening, bid: int, file: SealedPart, given: bytes | None) -> Unlocked:
    header = header_of(blobs, file)
    if bid in opening.ready:
        try:
            return Unlocked(header, opening.file_key(bid, header), KEYHOLDERS)
        except OpeningError as error:
            raise FaultError(Fault(Cause.HEADER)) from error
    if given is None:  # pragma: no cover - the job asks for none of those
        raise TroubleError("the bid is not ready")
    try:
        age.read_header(io.BytesIO(header)).verify(given)
    except HeaderMacError as error:  # pragma: no cover - it was checked when it was given
        raise TroubleError("the bidder's key does not fit any more") from error
    return Unlocked(header, given, BIDDER)


def _read(
    session: Session,
    setting: Setting,
    opening: Opening,
    bid: int,
    file: SealedPart,
    unlocked: Unlocked,
    *,
    now: datetime,
) -> Package:
    verdict = opening.verdict
    sheet = setting.sheets(session, verdict.lot.id)
    part = sheet.part(opening.part)
    binding = sheet.binding(opening.part, verdict.lot.submissions[bid].bid.bid)
    query = select(SealedRow.arrived_at).join(EntryRow, EntryRow.id == SealedRow.entry_id)
    arrived_at = session.execute(query.where(EntryRow.index == bid)).scalar_one_or_none()
    parties = setting.parties(session, bid, arrived_at or now, now=now)
    source = BlobFile(setting.blobs, bytes.fromhex(file.sha256))
    source.seek(len(unlocked.header))
    try:
        payload = io.BufferedReader(age.open_payload(unlocked.file_key, source), WINDOW)
        return read_package(payload, binding, parties, part.limits(), priced=part.priced)
    except PackageError as error:
        raise FaultError(causes.of_package(error.code)) from error
    except PayloadError as error:
        require_intact(setting.blobs, file)
        raise FaultError(Fault(Cause.PAYLOAD)) from error
    except BlobError as error:
        raise _trouble(error) from error


def _opened(
    session: Session,
    setting: Setting,
    opening: Opening,
    row: OpenedBidRow,
    by: str,
    package: Package,
    *,
    now: datetime,
) -> BidOpened:
    lot = opening.verdict.lot.id
    sheet = setting.sheets(session, lot)
    # A bid without the guarantee that it must carry is opened and read out so: the committee rejects it (条51).
    found = "missing" if sheet.part(opening.part).guarantee is GuaranteeHere.REQUIRED else "none"
    if package.guarantee is not None:
        code = package.form.bidder.credit_code
        presented = PresentedGuarantee(lot, row.bid, code, package.guarantee, package.documents)
        found = setting.guarantees(session, presented, now=now)
    public = opening.verdict.part.public
    said = (read_out(package.form, sheet, guarantee=found),) if public else ()
    return BidOpened(opening.closing, opening.part, row.bid, by, said)
