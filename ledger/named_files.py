"""Public files that entries name by their SHA-256: notices, opening records, what it takes to redo a draw.

They are kept whole, in the transaction of the entry that names them, and served by their hash beside the tiles, so that
whoever checks the ledger finds every such file in one place, a bundle among them.
"""

import hashlib
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.models import NamedFileRow


def keep(session: Session, content: bytes) -> str:
    """Keeps a file that is public from here on, in the caller's transaction; its SHA-256 in hexadecimal."""
    name = hashlib.sha256(content).hexdigest()
    row = {"sha256": name, "content": content}
    session.execute(insert(NamedFileRow).values(row).on_conflict_do_nothing())
    return name


def get(session: Session, sha256: str) -> bytes | None:
    """The file; None if no entry named it, or none that is public yet."""
    query = select(NamedFileRow.content).where(NamedFileRow.sha256 == sha256)
    return session.execute(query).scalar_one_or_none()


def every(session: Session) -> Iterator[tuple[str, bytes]]:
    """All of them by hash, in its order, one at a time."""
    for name in session.scalars(select(NamedFileRow.sha256).order_by(NamedFileRow.sha256)).all():
        content = get(session, name)
        if content is not None:
            yield name, content
