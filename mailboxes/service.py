"""Mailboxes in the database: what comes in is checked, stored and put behind an entry of the ledger.

    post    1. the mailbox's key signed it; a first message opens the mailbox
            2. it is the next of its mailbox; one that came before gets the same receipt again
            3. the sealed bytes are stored, and a `sealed` entry is appended whose body has their hash
    reply   the same, signed by whoever the mailbox is with
    list    for whoever signs with the mailbox's key, or with that of whoever it is with, in these minutes

The receipt is salt and body of the entry, with which the sender proves, once it has its index, that the platform took
the message. Nothing about a sender is known here, and no function has an argument that could tell it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crypto.encoding import encode as encode_fields
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from crypto.signatures import VerifyKey
from ledger import log
from ledger import sealed as seals
from ledger.entries import MessageReceived, Sealed, encode
from ledger.places import indices_of
from mailboxes.keys import mailbox_of
from mailboxes.messages import Post, Reply, Verify
from mailboxes.scheme import Scheme
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


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """One use of mailboxes: its scheme, its classes of messages, and its two tables (mailboxes/tables.py)."""

    scheme: Scheme
    posts: type[Post]
    replies: type[Reply]
    boxes: Any
    messages: Any

    def post(
        self,
        session: Session,
        blobs: BlobStore,
        origin: str,
        data: bytes,
        *,
        now: datetime,
        random: RandomBytes,
    ) -> Held:
        """Takes a message from a mailbox's owner; the caller commits. The scheme's error, and nothing is taken."""
        said, content = self.posts.parse(data)
        said.check(origin, content)  # 1
        values = {
            "id": said.mailbox,
            "kind": said.kind,
            "key": bytes.fromhex(said.key),
            "recipient": said.recipient,
        }
        if said.number == 0:
            session.execute(insert(self.boxes).values(values).on_conflict_do_nothing())
        box = self._locked(session, said.mailbox)
        if (box.kind, box.recipient) != (said.kind, said.recipient):
            raise self.scheme.error("the mailbox was opened for another kind, or with another recipient")
        return self._take(session, blobs, box, said, content, is_reply=False, now=now, random=random)

    def reply(
        self,
        session: Session,
        blobs: BlobStore,
        origin: str,
        verify: Verify,
        data: bytes,
        *,
        kind: str | None = None,
        now: datetime,
        random: RandomBytes,
    ) -> Held:
        """Takes a reply of whoever the mailboxes, or those of `kind`, are with; the caller commits.

        The scheme's error or absence, and nothing is taken.
        """
        said, content = self.replies.parse(data)
        said.check(origin, content, verify)
        box = self._locked(session, bytes.fromhex(said.mailbox))
        if kind is not None and box.kind != kind:
            raise self._absent()
        return self._take(session, blobs, box, said, content, is_reply=True, now=now, random=random)

    def of_mailbox(
        self, session: Session, origin: str, key: str, at: int, signature: str, *, now: datetime
    ) -> list[Held]:
        """What is in a mailbox, for whoever signs with its key. The scheme's absence if there is none."""
        try:
            owner = VerifyKey(bytes.fromhex(key))
        except (CryptoError, ValueError) as error:
            raise self.scheme.error("the key is no Ed25519 public key in hexadecimal") from error
        message = encode_fields(self.scheme.domain("fetch"), origin, mailbox_of(self.scheme, owner), at)
        self._check_question(owner.verify, signature, message, at, now)
        box = session.scalars(select(self.boxes).where(self.boxes.key == owner.raw)).one_or_none()
        if box is None:  # said only to whoever has the key
            raise self._absent()
        return self._listed(session, [box])

    def inbox(
        self,
        session: Session,
        origin: str,
        verify: Verify,
        at: int,
        signature: str,
        *,
        kind: str | None = None,
        now: datetime,
    ) -> list[Held]:
        """Everything, or everything in mailboxes of `kind`, for whoever these are with."""
        fields = (origin,) if kind is None else (origin, kind)
        message = encode_fields(self.scheme.domain("inbox"), *fields, at)
        self._check_question(verify, signature, message, at, now)
        query = select(self.boxes)
        if kind is not None:
            query = query.where(self.boxes.kind == kind)
        return self._listed(session, session.scalars(query).all())

    def is_held(self, session: Session, sha256: bytes) -> bool:
        """Whether these sealed bytes are a message: other blobs are not for those who ask here."""
        query = select(self.messages.number).where(self.messages.sha256 == sha256)
        return session.execute(query).first() is not None

    def _take(
        self,
        session: Session,
        blobs: BlobStore,
        box: Any,
        said: Post | Reply,
        content: bytes,
        *,
        is_reply: bool,
        now: datetime,
        random: RandomBytes,
    ) -> Held:
        sha256 = bytes.fromhex(said.sha256)
        found = session.get(self.messages, (box.id, said.number))
        if found is not None and (found.sha256, found.is_reply) == (sha256, is_reply):
            return self._held(session, box, [found])[0]
        last = select(func.max(self.messages.number)).where(self.messages.mailbox_id == box.id)
        highest = session.execute(last).scalar()
        following = 0 if highest is None else highest + 1
        if said.number != following:  # 2
            raise self.scheme.error(
                f"the next message of this mailbox has the number {following}: fetch what came, and sign anew"
            )
        stored: StoredBlob = blobs.put([content], limit=self.scheme.max_sealed)  # 3
        blob_rows.record(session, stored, now)
        salt = random(seals.SALT_SIZE)
        entry = Sealed.of(encode(MessageReceived(said.sha256, said.number)), salt)
        row = self.messages(
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
        return self._held(session, box, [row])[0]

    def _locked(self, session: Session, mailbox: bytes) -> Any:
        query = select(self.boxes).where(self.boxes.id == mailbox).with_for_update()
        box = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        if box is None:
            raise self._absent()
        return box

    def _absent(self) -> Exception:
        return self.scheme.absent("there is no such mailbox: the first message, with the number 0, opens it")

    def _check_question(self, verify: Verify, signature: str, message: bytes, at: int, now: datetime) -> None:
        if abs(at - now.timestamp()) > FRESH_SECONDS:
            raise self.scheme.error(
                f"the question's time is {FRESH_SECONDS} s or more from ours: set the clock"
            )
        try:
            verify(bytes.fromhex(signature), message)
        except (CryptoError, ValueError) as error:
            raise self.scheme.error("the question is not signed by the key that may ask it") from error

    def _listed(self, session: Session, boxes: Sequence[Any]) -> list[Held]:
        found = []
        for box in boxes:
            query = select(self.messages).where(self.messages.mailbox_id == box.id)
            rows = session.scalars(query.order_by(self.messages.number)).all()
            found.extend(self._held(session, box, rows))
        return found

    @staticmethod
    def _held(session: Session, box: Any, rows: Sequence[Any]) -> list[Held]:
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
