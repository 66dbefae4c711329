"""Where the ledger stands, for the foot of every page: size, root, since when, and where it is anchored on chain."""

from dataclasses import dataclass
from datetime import datetime

from flask import g
from sqlalchemy.orm import Session

from guarantees.chain import anchoring
from ledger import log
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError
from ledger.note import Note, encode_base64


@dataclass(frozen=True, slots=True)
class LedgerState:
    """`anchored` and `block`: the newest anchor that has the configured depth upon it; None before the first."""

    origin: str
    size: int
    root: str
    published_at: datetime | None
    anchored: int | None
    block: int | None


def ledger_state(session: Session) -> LedgerState | None:
    """None where no checkpoint is published yet."""
    if "ledger_state" not in g:
        g.ledger_state = _read(session)
    found: LedgerState | None = g.ledger_state
    return found


def _read(session: Session) -> LedgerState | None:
    try:
        row = log.head(session)
        if not row.published_note:
            return None
        checkpoint = Checkpoint.parse(Note.parse(row.published_note).text)
    except LedgerError:
        return None
    anchored = anchoring.anchored(session)
    return LedgerState(
        *(checkpoint.origin, checkpoint.size, encode_base64(checkpoint.root), row.published_at),
        *((anchored[0], anchored[2]) if anchored else (None, None)),
    )
