"""Opening a log, and replacing its key."""

from datetime import datetime

from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from crypto.signatures import SigningKey
from ledger import cover, log
from ledger.checkpoint import LogIdentity
from ledger.entries import KeyRotated, LogOpened
from ledger.errors import LogError
from ledger.models import HeadRow
from ledger.note import ED25519, NoteKey


def note_key(origin: str, key: SigningKey) -> NoteKey:
    """How the log's key is known: by the origin as its name."""
    return NoteKey(origin, ED25519, key.verify_key)


def open_log(session: Session, origin: str, key: SigningKey, *, now: datetime, random: RandomBytes) -> None:
    """A new log with its first entry, and its cover traffic.

    Raises LogError if there is a log already, NoteError for an origin that cannot be a key name.
    """
    require_no_log(session)
    vkey = note_key(origin, key).vkey
    session.add(
        HeadRow(
            id=1,
            origin=origin,
            size=0,
            frontier=b"",
            stored_size=0,
            published_size=0,
            published_note=b"",
            published_at=None,
            keys=vkey,
        )
    )
    cover.start(session, now=now, random=random)
    log.append(session, LogOpened(origin, vkey), now=now)


def require_no_log(session: Session) -> None:
    """LogError if there is a log in this database already."""
    if session.get(HeadRow, 1) is not None:
        raise LogError("there is a log in this database already")


def require_present_key(head: HeadRow, key: SigningKey) -> None:
    """LogError unless `key` is the one that signs this log now."""
    if identity(head).keys[-1] != note_key(head.origin, key):
        raise LogError("the old key is not the one that signs this log now")


def identity(head: HeadRow) -> LogIdentity:
    """The log as those know it who check it: its origin, and all keys that ever signed."""
    return LogIdentity(head.origin, tuple(NoteKey.parse(line) for line in head.keys.split("\n")))


def rotate_key(session: Session, old: SigningKey, new: SigningKey, *, now: datetime) -> None:
    """Hands the log over to `new`, with an entry that both keys sign.

    From the commit on the sequencer signs with `new` and refuses `old`. Raises LogError if `old` is not the
    log's present key, or `new` ever was.
    """
    head = log.head(session, for_update=True)
    require_present_key(head, old)
    if note_key(head.origin, new) in identity(head).keys:
        raise LogError("the new key has signed this log before: make a fresh one")
    head.keys += "\n" + note_key(head.origin, new).vkey
    log.append(session, KeyRotated.of(head.origin, old, new), now=now)
