"""What has happened to a tender, as the ledger has it: entry by entry, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.web.pages.entry_words import title_of, words_of
from ledger import log


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry: its index in the ledger, when the platform appended it, what it says."""

    index: int
    at: datetime
    title: str
    words: str


def history_of(session: Session, indices: Sequence[int]) -> list[Happened]:
    """In the order of the ledger. Entries of a type that this program does not know are left out."""
    found = log.dated_entries(session, indices)
    return [Happened(index, at, title_of(entry), words_of(entry)) for index, at, entry in found]
