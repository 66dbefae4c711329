"""Accepting a sealed fact: one transaction, which the caller commits.

The locks are taken in one order by everybody: the lot's intake, the bid, the shares in order, the uploads in order, the
token. So nobody waits in a circle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bidding.submission.models import BidRow, HeldFileRow, IntakeRow, SealedRow, ShareRow
from bidding.submission.terms import Terms, parts_of_json
from bidding.tokens.spending import GoodToken, spend
from bidding.turned_away import Code, TurnedAwayError
from bidding.uploads import rows as upload_rows
from bidding.uploads.models import FINISHED, HELD, UploadRow
from ledger import log
from ledger.entries import BidSubmitted, BidWithdrawn, Sealed, encode
from storage import blob_rows
from storage.blobs import StoredBlob


@dataclass(frozen=True, slots=True)
class Accepted:
    """A fact that is committed, or about to be: the id of its entry, its salt and its body."""

    entry_id: int
    salt: bytes
    body: bytes


def terms_of(session: Session, lot: str, *, for_share: bool = False) -> Terms:
    """LOT_UNKNOWN if there is no such lot. With `for_share` it stays as it is to the end of the transaction."""
    query = select(IntakeRow).where(IntakeRow.lot == lot).execution_options(populate_existing=True)
    row = session.execute(query.with_for_update(read=True) if for_share else query).scalar_one_or_none()
    if row is None:
        raise TurnedAwayError(Code.LOT_UNKNOWN)
    return Terms(row.lot, row.state, row.deadline, row.max_size, parts_of_json(row.parts))


def find(session: Session, fact: BidSubmitted | BidWithdrawn) -> Accepted | None:
    """The same fact, if it was accepted before. SEQUENCE if another has its sequence.

    Of withdrawals there is one for each bid: a second one, however signed, is the first.
    """
    sequence = fact.sequence if isinstance(fact, BidSubmitted) else None
    query = select(SealedRow).where(SealedRow.bid == bytes.fromhex(fact.bid), SealedRow.lot == fact.lot)
    query = query.where(SealedRow.sequence.is_(None) if sequence is None else SealedRow.sequence == sequence)
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        return None
    if sequence is not None and row.body != encode(fact):
        raise TurnedAwayError(Code.SEQUENCE)
    return Accepted(row.entry_id, row.salt, row.body)


def facts_of(session: Session, bid: bytes) -> list[Accepted]:
    """All that was accepted of a bid, in the order in which it came. BID_UNKNOWN if nothing was."""
    query = select(SealedRow).where(SealedRow.bid == bid).order_by(SealedRow.entry_id)
    found = [Accepted(row.entry_id, row.salt, row.body) for row in session.execute(query).scalars()]
    if not found:
        raise TurnedAwayError(Code.BID_UNKNOWN)
    return found


def held_file(session: Session, bid: bytes, part: str, sha256: bytes) -> bool:
    """Whether an earlier submission of this bid has this file as that part: a replacement may keep it."""
    query = select(HeldFileRow.entry_id).join(SealedRow, SealedRow.entry_id == HeldFileRow.entry_id)
    query = query.where(SealedRow.bid == bid, HeldFileRow.part == part, HeldFileRow.sha256 == sha256)
    return session.execute(query.limit(1)).first() is not None


def submit(
    session: Session,
    fact: BidSubmitted,
    uploads: Mapping[str, bytes],
    token: GoodToken,
    salt: bytes,
    *,
    arrived_at: datetime,
    now: datetime,
) -> Accepted:
    """A submission or a replacement, whose body and files were checked. `uploads` are ids by part.

    1. The lot is open, and stays so to the end: LOT_SUSPENDED, LOT_CANCELLED, DEADLINE_PASSED.
    2. The bid is of this lot, not withdrawn, and the sequence rises: BID_OF_OTHER_LOT, WITHDRAWN, SEQUENCE.
    3. No share was seen in another bid, part or file: SHARE_SEEN.
    4. Each file is uploaded, or kept from before: UPLOAD_UNFINISHED, FILE_MISMATCH. It is held from here on.
    5. The token is spent: TOKEN_SPENT.
    6. The sealed entry is appended.
    """
    terms_of(session, fact.lot, for_share=True).require_open(arrived_at)  # 1
    bid = bytes.fromhex(fact.bid)
    row = _locked_bid(session, bid, fact.lot)  # 2
    if row.withdrawn:
        raise TurnedAwayError(Code.WITHDRAWN)
    if fact.sequence <= row.sequence:
        raise TurnedAwayError(Code.SEQUENCE)
    row.sequence = fact.sequence
    _note_shares(session, fact, bid)  # 3
    _hold_files(session, fact, bid, uploads, now)  # 4
    spend(session, token)  # 5
    return _append(session, fact, salt, arrived_at, now)  # 6


def withdraw(
    session: Session, fact: BidWithdrawn, salt: bytes, *, arrived_at: datetime, now: datetime
) -> Accepted:
    """A withdrawal, which costs no token and may also be made while the lot is suspended.

    LOT_CANCELLED, DEADLINE_PASSED, BID_UNKNOWN, WITHDRAWN (the caller has looked for an earlier one).
    """
    terms_of(session, fact.lot, for_share=True).require_open(arrived_at, although_suspended=True)
    query = select(BidRow).where(BidRow.key == bytes.fromhex(fact.bid), BidRow.lot == fact.lot)
    row = session.execute(query.with_for_update()).scalar_one_or_none()
    if row is None:
        raise TurnedAwayError(Code.BID_UNKNOWN)
    if row.withdrawn:
        raise TurnedAwayError(Code.WITHDRAWN)
    row.withdrawn = True
    return _append(session, fact, salt, arrived_at, now)


def _locked_bid(session: Session, bid: bytes, lot: str) -> BidRow:
    new = insert(BidRow).values(key=bid, lot=lot, sequence=-1, withdrawn=False)
    session.execute(new.on_conflict_do_nothing())
    query = select(BidRow).where(BidRow.key == bid).execution_options(populate_existing=True)
    row = session.execute(query.with_for_update()).scalar_one()
    if row.lot != lot:
        raise TurnedAwayError(Code.BID_OF_OTHER_LOT)
    return row


def _note_shares(session: Session, fact: BidSubmitted, bid: bytes) -> None:
    for part in sorted(fact.parts, key=lambda part: part.share):
        share, sha256 = bytes.fromhex(part.share), bytes.fromhex(part.sha256)
        new = insert(ShareRow).values(share=share, bid=bid, part=part.part, sha256=sha256)
        session.execute(new.on_conflict_do_nothing())
        seen = session.execute(
            select(ShareRow.bid, ShareRow.part, ShareRow.sha256).where(ShareRow.share == share)
        ).one()
        if tuple(seen) != (bid, part.part, sha256):
            raise TurnedAwayError(Code.SHARE_SEEN)


def _hold_files(
    session: Session, fact: BidSubmitted, bid: bytes, uploads: Mapping[str, bytes], now: datetime
) -> None:
    files = {part.part: part for part in fact.parts}
    for name, upload in sorted(uploads.items(), key=lambda item: item[1]):
        row = upload_rows.find(session, upload, now=now, lock=True)
        sha256 = bytes.fromhex(files[name].sha256)
        if row.state != FINISHED:
            raise TurnedAwayError(Code.UPLOAD_UNFINISHED)
        if row.sha256 != sha256 or row.length != files[name].size:
            raise TurnedAwayError(Code.FILE_MISMATCH)
        blob_rows.record(session, StoredBlob(sha256, row.length), now)
        session.execute(update(UploadRow).where(UploadRow.id == upload).values(state=HELD))
    for name, part in files.items():
        if name not in uploads and not held_file(session, bid, name, bytes.fromhex(part.sha256)):
            raise TurnedAwayError(Code.UPLOAD_UNFINISHED)


def _append(
    session: Session, fact: BidSubmitted | BidWithdrawn, salt: bytes, arrived_at: datetime, now: datetime
) -> Accepted:
    body = encode(fact)
    entry_id = log.append(session, Sealed.of(body, salt), now=now)
    row = SealedRow(
        entry_id=entry_id,
        lot=fact.lot,
        bid=bytes.fromhex(fact.bid),
        sequence=fact.sequence if isinstance(fact, BidSubmitted) else None,
        salt=salt,
        body=body,
        arrived_at=arrived_at,
    )
    session.add(row)
    session.flush()
    if isinstance(fact, BidSubmitted):
        for part in fact.parts:
            session.add(HeldFileRow(entry_id=entry_id, part=part.part, sha256=bytes.fromhex(part.sha256)))
        session.flush()
    return Accepted(entry_id, salt, body)
