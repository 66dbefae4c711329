"""Mailboxes of reports without a name, which are all with the supervisor. What they do is mailboxes.service's."""

from datetime import datetime

from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from crypto.signatures import VerifyKey
from mailboxes.service import FRESH_SECONDS, Held, Mailboxes
from oversight.report_tables import MailboxRow, MessageRow
from oversight.reports import SCHEME, Post, Reply
from storage.blobs import BlobStore

__all__ = ["FRESH_SECONDS", "Held", "inbox", "is_held", "of_mailbox", "post", "reply"]

_BOXES = Mailboxes(SCHEME, Post, Reply, MailboxRow, MessageRow)

post = _BOXES.post
of_mailbox = _BOXES.of_mailbox
is_held = _BOXES.is_held


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
    return _BOXES.reply(session, blobs, origin, supervisor.verify, data, now=now, random=random)


def inbox(
    session: Session, origin: str, supervisor: VerifyKey, at: int, signature: str, *, now: datetime
) -> list[Held]:
    """Everything, for the supervisor."""
    return _BOXES.inbox(session, origin, supervisor.verify, at, signature, now=now)
