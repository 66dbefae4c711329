"""The platform's side of the letters: they are taken, kept and listed, and never read.

An applicant is nobody: the mailbox's key alone posts and fetches. A guarantor is known by its listed key. A database
that holds all this tells how many mailboxes a guarantor has, when letters came and their padded sizes; not from whom,
for which lot, or about how much (docs/threat-model.md).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from crypto import party_keys
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from guarantees.errors import NotFoundError
from guarantees.letters.scheme import SCHEME, LetterError, Post, Reply
from guarantees.register import listing
from guarantees.tables.mail import LetterboxRow, LetterRow
from guarantees.webhooks import announcing
from guarantees.webhooks.kinds import Kind
from mailboxes.messages import Verify
from mailboxes.service import Held, Mailboxes
from storage.blobs import BlobStore

BOXES = Mailboxes(SCHEME, Post, Reply, LetterboxRow, LetterRow)

MAX_LETTERS = 64
"""Of both sides together, that an applicant may still add to; a guarantor may always answer."""

of_mailbox = BOXES.of_mailbox
is_held = BOXES.is_held


def post(
    session: Session, blobs: BlobStore, origin: str, data: bytes, *, now: datetime, random: RandomBytes
) -> Held:
    """Takes an applicant's letter; the caller commits. LetterError or NotFoundError, and nothing is taken."""
    said, _ = Post.parse(data)
    listing.get(session, said.kind)
    if said.number >= MAX_LETTERS:
        raise LetterError(f"a mailbox has at most {MAX_LETTERS} letters: apply anew, from another one")
    held = BOXES.post(session, blobs, origin, data, now=now, random=random)
    organisation = listing.organisation_of(session, said.kind)
    if organisation is not None:
        announcing.announce(session, organisation, Kind.LETTER_RECEIVED, held.mailbox, now=now, random=random)
    return held


def reply(
    session: Session, blobs: BlobStore, origin: str, data: bytes, *, now: datetime, random: RandomBytes
) -> Held:
    """Takes the letter of the guarantor that the mailbox is with; the caller commits. LetterError, NotFoundError."""
    said, _ = Reply.parse(data)
    box = session.get(LetterboxRow, bytes.fromhex(said.mailbox))
    if box is None:
        raise NotFoundError("there is no such mailbox")
    verify = key_of(session, box.kind)
    return BOXES.reply(session, blobs, origin, verify, data, kind=box.kind, now=now, random=random)


def inbox(
    session: Session, origin: str, guarantor: str, at: int, signature: str, *, now: datetime
) -> list[Held]:
    """All letters of all mailboxes with the guarantor of that credit code, which signs the question."""
    verify = key_of(session, guarantor)
    return BOXES.inbox(session, origin, verify, at, signature, kind=guarantor, now=now)


def key_of(session: Session, guarantor: str) -> Verify:
    """What verifies the guarantor's signatures. NotFoundError if it is not listed."""
    return verifier(listing.get(session, guarantor).key)


def verifier(spki: bytes) -> Verify:
    """What verifies signatures of this key. LetterError for bytes that are none."""
    try:
        key = party_keys.parse_spki(spki)
    except CryptoError as error:  # pragma: no cover - the list has checked it
        raise LetterError("the guarantor's key is none") from error

    def verify(signature: bytes, message: bytes) -> None:
        party_keys.verify(key, signature, message)

    return verify
