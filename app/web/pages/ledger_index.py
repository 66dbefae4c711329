"""Which entries of the ledger are about a tender: read on by each process, as far as entries have an index.

Sealed entries are passed over in the database. The first reading takes as long as the log is.
"""

from threading import Lock

import msgspec
from flask import current_app
from sqlalchemy.orm import Session

from ledger import log
from ledger.errors import LogError

PAGE = 2000
_KEY = "sunseal.ledger-index"


class _Subject(msgspec.Struct):
    """What an entry names: a tender, or a lot, whose id begins with its tender's."""

    tender: str = ""
    lot: str = ""


class LedgerIndex:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._size = 0
        self._of: dict[str, list[int]] = {}
        self._decode = msgspec.json.Decoder(_Subject).decode

    def entries_of(self, session: Session, tender: str) -> list[int]:
        """The indices of the entries about the tender and its lots, in order; none where there is no log."""
        with self._lock:
            try:
                self._read_on(session)
            except LogError:
                return []
            return list(self._of.get(tender, ()))

    def _read_on(self, session: Session) -> None:
        size = log.head(session).size
        while self._size < size:
            found = log.leaves(session, self._size, size, limit=PAGE)
            for index, leaf in found:
                self._take(index, leaf)
            self._size = found[-1][0] + 1 if len(found) == PAGE else size

    def _take(self, index: int, leaf: bytes) -> None:
        try:
            named = self._decode(leaf)
        except msgspec.ValidationError:  # an entry that calls something else a tender or a lot
            return
        tender = named.tender or named.lot.partition(".")[0]
        if tender:
            self._of.setdefault(tender, []).append(index)


def ledger_index() -> LedgerIndex:
    """The application's."""
    found: LedgerIndex = current_app.extensions.setdefault(_KEY, LedgerIndex())
    return found
