"""What the ledger says, kept in memory by each process and read on from the database's entries.

    with reader.reading(session) as view:
        ...                             # nobody else reads on in the meantime

Entries count as soon as they have an index: their order is final then, though the checkpoint over them may not be out.
Whoever acts on what all have seen compares indices with `published`. The first reading takes as long as the log is.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from crypto.signatures import VerifyKey
from ledger import log
from ledger.entries import Revealed, decode
from ledger.errors import LogError, MalformedError
from ledger.view import LedgerView

PAGE = 1000
"""Entries that are in memory at once while reading on: 64 MB at the very most."""

_REVEALED = b'"type":"revealed/v1"'


class Reader:
    """One process's view. `supervisor` is the key that may propose groups. Safe to share between threads."""

    def __init__(self, supervisor: VerifyKey) -> None:
        self.supervisor = supervisor
        self._lock = threading.RLock()
        self._view: LedgerView | None = None
        self._commitments: dict[int, bytes] = {}

    @contextmanager
    def reading(self, session: Session) -> Iterator[LedgerView]:
        """The view of all entries that have an index, held still for the block.

        LogError if there is no log, or one with fewer entries than were read before.
        """
        with self._lock:
            yield self._read_on(session)

    def _read_on(self, session: Session) -> LedgerView:
        head = log.head(session)
        if self._view is None:
            self._view = LedgerView(head.origin, self.supervisor, self._commitments.get)
        view = self._view
        if head.size < view.size:
            raise LogError(
                f"the log has {head.size} entries and this process has read {view.size}: an older database was restored"
            )
        while view.size < head.size:
            page = log.leaves(session, view.size, head.size, limit=PAGE)
            # Fetched before, not when the view asks: an entry that is cut off halfway would be lost to it.
            self._commitments.update(log.commitments_at(session, _revealed_by(leaf for _, leaf in page)))
            for index, leaf in page:
                view.apply(index, leaf)
            self._commitments.clear()
            if len(page) < PAGE:
                view.skip_to(head.size)
        return view


def _revealed_by(leaves: Iterator[bytes]) -> list[int]:
    """The indices of the sealed entries that these entries reveal."""
    indices = []
    for leaf in leaves:
        if _REVEALED in leaf:
            try:
                entry = decode(leaf)
            except MalformedError:  # pragma: no cover - a type that a newer program wrote
                continue
            if isinstance(entry, Revealed):
                indices.append(entry.index)
    return indices
