"""A document out of a bid that was opened: the sealed file is opened again, and nothing of it is written anywhere.

1. The file key is what the ledger shows (custody.shown): of a public part anyone can do this, and the process that
   does it needs no secret. Of a committee's part nothing is shown: its file key is under the lot's storage key, and
   only who has the deployment's takes anything out.
2. The sealed file is read as far as the document, in bounded memory, each chunk authenticated by its key.
3. The document's size and SHA-256 are compared first; then it is read a second time, and given out.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.opening import storage_key
from bidding.opening.blob_file import WINDOW, BlobFile
from bidding.opening.errors import OpeningRefusedError, TroubleError
from bidding.opening.models import GOOD, OpenedBidRow, OpeningRow
from bidding.opening.one_bid import header_of
from bidding.package.errors import PackageError
from bidding.package.limits import DEFAULT_LIMITS
from bidding.package.manifest import ListedMember
from bidding.package.zip_reader import ZipReader
from crypto import age
from crypto.age.errors import AgeError
from custody.reader import Reader
from custody.shown import Shown, shown
from storage.blobs import BlobStore
from storage.errors import BlobError

_LIMITS = replace(DEFAULT_LIMITS, size=3 << 30)
"""The package was held against its part's own when it was opened."""


def document(
    session: Session,
    reader: Reader,
    blobs: BlobStore,
    lot: str,
    bid: int,
    wanted: ListedMember,
    *,
    since: int,
    storage: age.X25519Identity | None = None,
) -> Iterator[bytes]:
    """The pieces of the document in the opened bid of that index.

    since: the id of an entry before the opening's own.   storage: the deployment's storage key, where one has it.

    OpeningRefusedError: "unknown" for a bid that was not opened, "not-shown" while the ledger does not show what opens
    it, or never will, "no-document" if it has none of that name, size and SHA-256. TroubleError for a damaged copy;
    AgeError for a storage key of another deployment.
    """
    parts = _opened_parts(session, lot, bid)
    if not parts:
        raise OpeningRefusedError("unknown")
    found: list[Shown] = []
    for part in parts:
        one = (
            shown(session, reader, *part, bid, since=since)
            if storage is None
            else _stored(session, reader, blobs, lot, part, bid, storage)
        )
        found += [] if one is None else [one]
    for one in found:
        if _is_there(blobs, one, wanted):
            return _content(blobs, one, wanted)
    raise OpeningRefusedError("no-document" if found else "not-shown")


def _stored(
    session: Session,
    reader: Reader,
    blobs: BlobStore,
    lot: str,
    part: tuple[str, str],
    bid: int,
    storage: age.X25519Identity,
) -> Shown | None:
    """1. From under the lot's storage key."""
    row, keys = session.get_one(OpenedBidRow, (*part, bid)), storage_key.kept(session, lot, storage)
    with reader.reading(session) as view:
        submission = view.lots.closing(part[0])[0].submissions.get(bid)
    file = submission.part(part[1]) if submission else None
    if row.file_key is None or keys is None or file is None:
        return None
    return Shown(file, header_of(blobs, file), keys.unseal(row.file_key))


def _opened_parts(session: Session, lot: str, bid: int) -> list[tuple[str, str]]:
    query = (
        select(OpenedBidRow.closing, OpenedBidRow.part)
        .join(
            OpeningRow, (OpeningRow.closing == OpenedBidRow.closing) & (OpeningRow.part == OpenedBidRow.part)
        )
        .where(OpeningRow.lot == lot, OpenedBidRow.bid == bid, OpenedBidRow.state == GOOD)
        .order_by(OpeningRow.position)
    )
    return [(closing, part) for closing, part in session.execute(query)]


def _is_there(blobs: BlobStore, file: Shown, wanted: ListedMember) -> bool:
    """3. Whether the very document is in the file."""
    digest, size = hashlib.sha256(), 0
    for piece in _content(blobs, file, wanted):
        digest.update(piece)
        size += len(piece)
    return (digest.hexdigest(), size) == (wanted.sha256, wanted.size)


def _content(blobs: BlobStore, file: Shown, wanted: ListedMember) -> Iterator[bytes]:
    """2. Nothing for a name that is not there."""
    try:
        source = BlobFile(blobs, bytes.fromhex(file.file.sha256))
        source.seek(len(file.header))
        payload = io.BufferedReader(age.open_payload(file.file_key, source), WINDOW)
        for member, pieces in ZipReader(payload, _LIMITS).members():
            if member.name == wanted.name:
                yield from pieces
                return
    except (BlobError, AgeError, PackageError) as error:
        raise TroubleError(
            f"the platform's copy of an opened bid is damaged: {type(error).__name__}"
        ) from error
