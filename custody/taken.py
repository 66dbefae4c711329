"""Appending without a second time: an entry that went into the ledger here before is not appended again."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from custody.models import TakenRow
from ledger import log
from ledger.entries import Entry, encode
from ledger.merkle import leaf_hash

PLATFORM = 0
"""In the place of a member's number."""


def append_once(
    session: Session, entry: Entry, *, subject: str, member: int, now: datetime, most: int | None = None
) -> str | None:
    """Appends `entry`, and returns what it is called by: its leaf's hash. None if it was appended here before.

    Also None if the member has put `most` other entries of that type and subject there. Two transactions at once with
    the same entry wait for each other, and the second appends nothing.
    """
    leaf = encode(entry)
    name, kind = leaf_hash(leaf), type(entry).__name__
    if most is not None:
        same = (TakenRow.subject == subject, TakenRow.type == kind, TakenRow.member == member)
        if session.execute(select(func.count()).select_from(TakenRow).where(*same)).scalar_one() >= most:
            return None
    row = {"leaf_hash": name, "type": kind, "subject": subject, "member": member, "taken_at": now}
    done = session.execute(
        insert(TakenRow).values(row).on_conflict_do_nothing().returning(TakenRow.leaf_hash)
    )
    if done.scalar_one_or_none() is None:
        return None
    log.append(session, entry, now=now)
    return name.hex()
