"""What limits guessing: failures in a row under a name lock it, for longer each time.

An attempt is counted before it is made and forgiven when the whole login succeeds, so that a hundred attempts at once
count as a hundred. A name that nobody has is counted the same way and answered the same way: neither an answer nor
its time tells whether there is such an account, nor whether it is locked. Passkeys and certificates cannot be guessed
and are not locked: whoever is locked out by somebody else's guessing has them as a way in.
"""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models import LoginAttempts

FREE_ATTEMPTS = 5
FIRST_LOCK = timedelta(seconds=30)
LONGEST_LOCK = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)


def name_hash(name: str, key: bytes) -> bytes:
    """What a name is counted under, however it was typed."""
    return hmac.digest(key, name.strip().lower().encode("utf-8", "surrogatepass"), "sha256")


def lock_time(failures: int) -> timedelta:
    """How long the name is locked after that many failures in a row: nothing, then 30 s, doubling up to an hour."""
    if failures < FREE_ATTEMPTS:
        return timedelta(0)
    doublings: int = min(failures - FREE_ATTEMPTS, 20)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def charge(session: Session, name: bytes, *, now: datetime) -> bool:
    """Counts an attempt as failed, in advance; whether it may be made at all. The caller commits before it is made.

    Attempts while the name is locked are not made and do not count, so nobody can keep a name locked by hammering.
    """
    row = insert(LoginAttempts).values(name_hash=name, failures=0, last_at=now, locked_until=now)
    session.execute(row.on_conflict_do_nothing())
    found = session.get(LoginAttempts, name, with_for_update=True, populate_existing=True)
    if found is None:  # purged between the two statements: as good as new
        return True
    if found.locked_until > now:
        return False
    found.failures = 1 if found.last_at < now - FORGOTTEN_AFTER else found.failures + 1
    found.last_at, found.locked_until = now, now + lock_time(found.failures)
    session.flush()
    return True


def forgive(session: Session, name: bytes) -> None:
    """The login succeeded: nothing is counted against the name any more."""
    session.execute(delete(LoginAttempts).where(LoginAttempts.name_hash == name))


def purge(session: Session, *, now: datetime) -> int:
    """Removes what is forgotten by its age; how many rows."""
    done = session.execute(
        delete(LoginAttempts)
        .where(LoginAttempts.last_at < now - FORGOTTEN_AFTER)
        .returning(LoginAttempts.name_hash)
    )
    return len(done.all())
