"""What a witness remembers, and the one step in which it reads, decides and stores.

The memory is the state file (`tables`) and the mark (`mark`). A cosignature leaves only after both hold it:

1. Open the checkpoint: of a known log, and signed by it.
2. Lock the state. No other request, of whatever thread or process, comes between here and 6.
3. See that the memory is sound: no doubt is open, the mark is not ahead of the state, and a cosignature of the
   witness's own on what is shown is remembered.
4. Decide, by ledger.witness_messages.decide.
5. Write the new head.
6. Commit: it is on the disk, and others may go on from it.
7. Raise the mark: it is on the disk too.

A crash before 6 leaves the old head, and no cosignature has left. A crash after 6 leaves the new one: the log
learns its size by the answer 409 and asks again, for the same head or for one that extends it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection
from threading import Lock

from keyholder.witness import rows, tables
from keyholder.witness.doubt import Memory, own_heads, require_remembered
from keyholder.witness.errors import DecisionError, InDoubtError
from keyholder.witness.mark import Mark, Probe, no_probe
from keyholder.witness.rows import Doubt, Refused
from ledger.checkpoint import Checkpoint, LogIdentity, open_checkpoint
from ledger.cosignature import Cosigner
from ledger.errors import ConflictError, InconsistentError, SignatureError, UnknownOriginError
from ledger.note import Note, NoteKey
from ledger.witness_messages import Accepted, AddCheckpoint, TreeHead, decide


class WitnessState:
    """The memory of the witness known by `witness`. Threads and processes may share it.

    Raises StateError if the state file is missing, damaged or another witness's; every method does if a file
    of the memory cannot be used. Times are POSIX seconds.
    """

    def __init__(self, path: Path, mark: Mark, witness: NoteKey, *, probe: Probe = no_probe) -> None:
        tables.check(path, witness.vkey)
        self._path = path
        self._mark = mark
        self._witness = witness
        self._probe = probe
        # SQLite excludes threads as well, but by trying again and again; a lock lets them in by turns.
        self._lock = Lock()

    def add(
        self, request: AddCheckpoint, logs: Mapping[str, LogIdentity], cosigner: Cosigner, now: int
    ) -> Accepted:
        """The cosignature, when the memory holds it; `now` is its timestamp.

        Raises what ledger.witness_messages.decide does, and InDoubtError.
        """
        origin = Checkpoint.parse(request.note.text).origin
        if origin not in logs:  # 1.
            raise UnknownOriginError(f"no log with origin {origin!r} is known here")
        open_checkpoint(request.note, logs[origin])
        with self._lock, tables.transaction(self._path) as connection:  # 2.
            self._probe("locked")
            self._require_sound(connection, origin, request.note, now)  # 3.
            seen = {origin: rows.read_memory(connection, origin).head}
            try:
                accepted = decide(request, logs, seen, cosigner, now)  # 4.
            except (ConflictError, InconsistentError) as error:
                inconsistent = isinstance(error, InconsistentError)
                rows.keep_refused(connection, origin, request.note, now=now, inconsistent=inconsistent)
                raise
            self._probe("decided")
            rows.write_head(connection, origin, accepted.head, accepted.note.to_bytes())  # 5.
            self._probe("written")
        self._probe("committed")  # 6.
        self._mark.raise_to(origin, accepted.head)  # 7.
        self._probe("marked")
        return accepted

    def compare(self, origin: str, note: Note, now: int) -> None:
        """Compare the memory with a checkpoint of that log, wherever it was found.

        Raises InDoubtError if the witness cosigned it and does not remember; SignatureError for a false
        cosignature in the witness's name.
        """
        with self._lock, tables.transaction(self._path) as connection:
            for head in own_heads(note, self._witness):
                self._require_remembered(connection, origin, Doubt(head, "", now, note.to_bytes()))

    def memory(self, origin: str) -> Memory:
        """What is remembered of a log."""
        with self._lock, tables.transaction(self._path) as connection:
            return rows.read_memory(connection, origin)

    def latest(self, origin: str) -> bytes | None:
        """The last checkpoint cosigned, a note for monitors; None if there is none to show."""
        with self._lock, tables.transaction(self._path) as connection:
            return rows.read_note(connection, origin)

    def refused(self, origin: str) -> tuple[Refused, ...]:
        """Checkpoints that the log signed and that may prove, or do, that it forked; the oldest first."""
        with self._lock, tables.transaction(self._path) as connection:
            return rows.read_refused(connection, origin)

    def doubts(self, origin: str, now: int) -> tuple[Doubt, ...]:
        """The open doubts about a log, the largest head first; the mark is looked at, if there is one."""
        with self._lock, tables.transaction(self._path) as connection:
            if self._mark.exists():
                with suppress(InDoubtError):
                    self._require_mark_remembered(connection, origin, now)
            return rows.read_doubts(connection, origin)

    def accept(self, origin: str, size: int, now: int) -> TreeHead:
        """A person's decision: the head of that size is the last that this witness cosigned. Returns it.

        1. There is something to decide: a doubt, or a mark that is missing.
        2. The newest head that the witness knows it cosigned, from state, mark and doubts, has that size.
        3. No doubt is beside another tree of its size: a witness that cosigned two trees of one size can
           never be believed again.
        4. It becomes the last head, and the doubts end.
        5. The mark is raised to it, or made anew.

        DecisionError where 1 to 3 do not hold.
        """
        doubts = self.doubts(origin, now)
        if not doubts and self._mark.exists():  # 1.
            raise DecisionError(f"there is nothing to decide about {origin!r}: its memory is not in doubt")
        with self._lock, tables.transaction(self._path) as connection:
            last = rows.read_memory(connection, origin).head
            newest, note = last, None
            for doubt in doubts:
                if doubt.head.size > newest.size:
                    newest, note = doubt.head, doubt.note
            if size != newest.size:  # 2.
                raise DecisionError(
                    f"the newest head of {origin!r} that this witness knows it cosigned has size {newest.size},"
                    f" not {size}: accept that, or first show it the later checkpoint"
                )
            for doubt in doubts:  # 3.
                rows.remember(connection, origin, doubt.head)
            for doubt in doubts:
                if len(rows.remembered_roots(connection, origin, doubt.head.size)) > 1:
                    raise DecisionError(
                        f"this witness cosigned two trees of size {doubt.head.size} of {origin!r}: no state is"
                        " right. Publish both checkpoints, and make a witness with a new key"
                    )
            if newest != last:  # 4.
                rows.adopt_head(connection, origin, newest, note)
            rows.end_doubts(connection, origin, newest, now)
        self._mark.raise_to(origin, newest, make_anew=True)  # 5.
        return newest

    def _require_sound(self, connection: Connection, origin: str, shown: Note, now: int) -> None:
        """Step 3. InDoubtError."""
        doubts = rows.read_doubts(connection, origin)
        if doubts:
            raise InDoubtError(doubts[0].reason)
        self._require_mark_remembered(connection, origin, now)
        # A false line in our name is nobody's proof of anything, and the request may be good without it.
        heads: tuple[TreeHead, ...] = ()
        with suppress(SignatureError):
            heads = own_heads(shown, self._witness)
        for head in heads:
            self._require_remembered(connection, origin, Doubt(head, "", now, shown.to_bytes()))

    def _require_mark_remembered(self, connection: Connection, origin: str, now: int) -> None:
        marked = self._mark.read().get(origin)
        if marked is not None:
            self._require_remembered(connection, origin, Doubt(marked, "", now))

    def _require_remembered(self, connection: Connection, origin: str, found: Doubt) -> None:
        """Raises InDoubtError, with the doubt written down, unless the head that was found fits the memory."""
        memory = rows.read_memory(connection, origin)
        roots = rows.remembered_roots(connection, origin, found.head.size)
        try:
            require_remembered(found.head, memory, roots, origin)
        except InDoubtError as error:
            # The mark first: were the state put back once more, the mark would still tell.
            if found.head.size > memory.head.size:
                self._mark.raise_to(origin, found.head)
            rows.add_doubt(connection, origin, replace(found, reason=str(error)))
            raise
