"""Mailboxes of reports without a name: sealed bytes come in and go out, each behind an entry of the ledger.

    post    1. the mailbox's key signed it; a first message opens the mailbox
            2. it is the next of its mailbox; one that came before gets the same receipt again
            3. the sealed bytes are stored, and a `sealed` entry is appended whose body has their hash
    reply   the same, signed by the supervisor
    list    for whoever signs with the mailbox's key, or the supervisor's, in these minutes

The receipt is salt and body of the entry, with which the sender proves, once it has its index, that the platform took
the message. Nothing about a sender is known here, and no function has an argument that could tell it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from crypto.signatures import VerifyKey
from ledger import log
from ledger import sealed as seals
from ledger.entries import MessageReceived, Sealed, encode
from ledger.places import indices_of
from oversight.code_phrase import mailbox_of
from oversight.errors import NotFoundError, ReportError
from oversight.report_tables import MailboxRow, MessageRow
from oversight.reports import MAX_SEALED, Post, Reply
from storage import blob_rows
from storage.blobs import BlobStore, StoredBlob

FRESH_SECONDS = 600
"""How far the time of a signed question may be from ours."""


@dataclass(frozen=True, slots=True)
class Held:
    """A message as it is listed. `index` of its entry in the log, once it has one."""

    mailbox: str
    kind: str
    recipient: str
    number: int
    is_reply: bool
    sha256: str
    signature: str
    salt: str
    index: int | None


def post(
    session: Session, blobs: BlobStore, origin: str, data: bytes, *, now: datetime, random: RandomBytes
) -> Held:
    """Takes a message from a reporter; the caller commits. ReportError, and nothing is taken."""
    said, content = Post.parse(data)
    said.check(origin, content)  # 1
    values = {
        "id": said.mailbox,
        "kind": said.kind,
        "key": bytes.fromhex(said.key),
        "recipient": said.recipient,
    }
    if said.number == 0:
        session.execute(insert(MailboxRow).values(values).on_conflict_do_nothing())
    box = _locked(session, said.mailbox)
    if (box.kind, box.recipient) != (said.kind, said.recipient):
        raise ReportError("the mailbox was opened for another kind, or with another recipient")
    return _take(session, blobs, box, said, content, is_reply=False, now=now, random=random)


def reply(
    session: Session,
    blobs: BlobStore,
    origin: str,
    supervisor: VerifyKey,
    data: bytes,
    *,
    now: datetime,
    random: RandomBytes,
) -> Held:
    """Takes a reply of the supervisor; the caller commits. ReportError or NotFoundError, and nothing is taken."""
    said, content = Reply.parse(data)
    said.check(origin, content, supervisor)
    box = _locked(session, bytes.fromhex(said.mailbox))
    return _take(session, blobs, box, said, content, is_reply=True, now=now, random=random)


def of_mailbox(
    session: Session, origin: str, key: str, at: int, signature: str, *, now: datetime
) -> list[Held]:
    """What is in a mailbox, for whoever signs with its key. NotFoundError if there is none."""
    try:
        verify = VerifyKey(bytes.fromhex(key))
    except (CryptoError, ValueError) as error:
        raise ReportError("the key is no Ed25519 public key in hexadecimal") from error
    _check_question(verify, signature, "sunseal/report-fetch/v1", (origin, mailbox_of(verify)), at, now)
    box = session.scalars(select(MailboxRow).where(MailboxRow.key == verify.raw)).one_or_none()
    if box is None:  # said only to whoever has the key
        raise NotFoundError("there is no mailbox of this code phrase")
    return _listed(session, [box])


def inbox(
    session: Session, origin: str, supervisor: VerifyKey, at: int, signature: str, *, now: datetime
) -> list[Held]:
    """Everything, for the supervisor."""
    _check_question(supervisor, signature, "sunseal/report-inbox/v1", (origin,), at, now)
    return _listed(session, session.scalars(select(MailboxRow)).all())


def is_held(session: Session, sha256: bytes) -> bool:
    """Whether these sealed bytes are a message: other blobs are not for those who ask here."""
    query = select(MessageRow.number).where(MessageRow.sha256 == sha256)
    return session.execute(query).first() is not None


def _take(
    session: Session,
    blobs: BlobStore,
    box: MailboxRow,
    said: Post | Reply,
    content: bytes,
    *,
    is_reply: bool,
    now: datetime,
    random: RandomBytes,
) -> Held:
    sha256 = bytes.fromhex(said.sha256)
    found = session.get(MessageRow, (box.id, said.number))
    if found is not None and (found.sha256, found.is_reply) == (sha256, is_reply):
        return _held(session, box, [found])[0]
    last = select(func.max(MessageRow.number)).where(MessageRow.mailbox_id == box.id)
    highest = session.execute(last).scalar()
    following = 0 if highest is None else highest + 1
    if said.number != following:  # 2
        raise ReportError(
            f"the next message of this mailbox has the number {following}: fetch what came, and sign anew"
        )
    stored: StoredBlob = blobs.put([content], limit=MAX_SEALED)  # 3
    blob_rows.record(session, stored, now)
    salt = random(seals.SALT_SIZE)
    entry = Sealed.of(encode(MessageReceived(said.sha256, said.number)), salt)
    row = MessageRow(
        mailbox_id=box.id,
        number=said.number,
        is_reply=is_reply,
        sha256=sha256,
        signature=bytes.fromhex(said.signature),
        salt=salt,
        entry_id=log.append(session, entry, now=now),
    )
    session.add(row)
    session.flush()
    return _held(session, box, [row])[0]


def _locked(session: Session, mailbox: bytes) -> MailboxRow:
    query = select(MailboxRow).where(MailboxRow.id == mailbox).with_for_update()
    box = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if box is None:
        raise NotFoundError("there is no such mailbox: the first message, with the number 0, opens it")
    return box


def _check_question(
    key: VerifyKey, signature: str, domain: str, fields: tuple[str | bytes, ...], at: int, now: datetime
) -> None:
    if abs(at - now.timestamp()) > FRESH_SECONDS:
        raise ReportError(f"the question's time is {FRESH_SECONDS} s or more from ours: set the clock")
    try:
        key.verify_fields(bytes.fromhex(signature), domain, *fields, at)
    except (CryptoError, ValueError) as error:
        raise ReportError("the question is not signed by the key that may ask it") from error


def _listed(session: Session, boxes: Sequence[MailboxRow]) -> list[Held]:
    found = []
    for box in boxes:
        query = select(MessageRow).where(MessageRow.mailbox_id == box.id).order_by(MessageRow.number)
        found.extend(_held(session, box, session.scalars(query).all()))
    return found


def _held(session: Session, box: MailboxRow, rows: Sequence[MessageRow]) -> list[Held]:
    places = indices_of(session, [row.entry_id for row in rows])
    return [
        Held(
            box.id.hex(),
            box.kind,
            box.recipient,
            row.number,
            row.is_reply,
            row.sha256.hex(),
            row.signature.hex(),
            row.salt.hex(),
            places.get(row.entry_id),
        )
        for row in rows
    ]
