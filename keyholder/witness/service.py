"""The witness's answers, whatever carries them: the HTTP server's, or those of a daemon that polls.

Statuses and content types are those of c2sp.org/tlog-witness. It has none for a witness that cannot or must
not sign at the moment: that is 503, with a sentence.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Event

from keyholder.witness.errors import InDoubtError, StateError, UncomparedError, WitnessError
from keyholder.witness.journal import Clock, Journal
from keyholder.witness.state import WitnessState
from ledger.checkpoint import Checkpoint, LogIdentity, open_checkpoint
from ledger.cosignature import Cosigner
from ledger.errors import ConflictError, LedgerError
from ledger.note import Note
from ledger.witness_messages import SIZE_CONTENT_TYPE, Accepted, AddCheckpoint, refusal_status, size_body

TEXT = "text/plain; charset=utf-8"

_SENTENCES = {
    400: "the request is not well formed",
    403: "no key of the log signed the checkpoint, or a signature in its name is false",
    404: "the checkpoint is of a log that is not known here",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status, the body's media type, the body."""

    status: int
    content_type: str
    body: bytes


def sentence_answer(status: int, sentence: str) -> Answer:
    """A sentence, for whoever reads the answer."""
    return Answer(status, TEXT, f"{sentence}\n".encode())


class Witness:
    """A witness of `logs` (by origin) that signs with `cosigner` what `state` allows.

    Of the logs in `uncompared` it cosigns nothing until `compare` has been called. Threads may share it.

    `comparison_wanted` is set when a request gives a reason to compare soon.
    """

    def __init__(
        self,
        state: WitnessState,
        logs: Mapping[str, LogIdentity],
        cosigner: Cosigner,
        *,
        clock: Clock,
        journal: Journal,
        uncompared: Iterable[str],
    ) -> None:
        self._state = state
        self._logs = dict(logs)
        self._cosigner = cosigner
        self._clock = clock
        self._journal = journal
        self._uncompared = set(uncompared)
        self._origins = {hashlib.sha256(origin.encode()).hexdigest(): origin for origin in logs}
        self.comparison_wanted = Event()

    def add_checkpoint(self, body: bytes) -> Answer:
        """The answer to the body of an add-checkpoint request; what it was is in the journal."""
        origin = ""
        try:
            request = AddCheckpoint.parse(body)
            origin = self._known_origin(request)
            accepted = self._add(request, origin)
        except ConflictError as error:
            self._refuse(409, origin, str(error))
            return Answer(409, SIZE_CONTENT_TYPE, size_body(error.size))
        except LedgerError as error:
            status = refusal_status(error)
            # What is wrong with a request is told to who sent it; the journal gets nothing of the body.
            self._refuse(status, origin, _SENTENCES.get(status) or str(error))
            return sentence_answer(status, str(error)[:500])
        except WitnessError as error:
            self._refuse(503, origin, str(error))
            return sentence_answer(503, _reticent(error))
        size = accepted.head.size
        self._journal.write("cosigned", f"size {size} of {origin!r}", origin=origin, size=size)
        return Answer(200, TEXT, accepted.body)

    def checkpoint(self, origin_hash: str) -> Answer:
        """The last checkpoint cosigned of the log whose origin has that SHA-256, in lower-case hex."""
        origin = self._origins.get(origin_hash)
        try:
            note = None if origin is None else self._state.latest(origin)
        except StateError as error:
            self._refuse(503, origin or "", str(error))
            return sentence_answer(503, _reticent(error))
        if note is None:
            return sentence_answer(404, "nothing of such a log was cosigned here")
        return Answer(200, TEXT, note)

    def compare(self, origin: str, published: bytes | None) -> None:
        """Compare the memory with the checkpoint of that log that was found published; None if none is.

        Raises InDoubtError if it shows that the memory is not what was signed; LedgerError for what is no
        checkpoint of the log, StateError: then the comparison is still to be made.
        """
        if published is not None:
            note = Note.parse(published)
            open_checkpoint(note, self._logs[origin])
            self._state.compare(origin, note, self._clock())
        self._uncompared.discard(origin)

    def is_compared(self) -> bool:
        """Whether the memory was compared for every log since the start."""
        return not self._uncompared

    def _known_origin(self, request: AddCheckpoint) -> str:
        """The origin, if it is known: others are not repeated anywhere."""
        origin = Checkpoint.parse(request.note.text).origin
        return origin if origin in self._logs else ""

    def _add(self, request: AddCheckpoint, origin: str) -> Accepted:
        if origin in self._uncompared:
            # Only a request of the log itself is worth reading what it publishes.
            open_checkpoint(request.note, self._logs[origin])
            self.comparison_wanted.set()
            raise UncomparedError(f"what {origin!r} publishes is yet to be compared with what was cosigned")
        try:
            return self._state.add(request, self._logs, self._cosigner, self._clock())
        except ConflictError as error:
            if request.old_size > error.size:
                # The log believes that more was cosigned than we remember. It may be right.
                self.comparison_wanted.set()
            raise

    def _refuse(self, status: int, origin: str, sentence: str) -> None:
        facts = {"origin": origin} if origin else {}
        self._journal.write("refused", sentence, status=status, **facts)


def _reticent(error: WitnessError) -> str:
    """What a stranger is told: the paths of our files are not for everyone."""
    match error:
        case InDoubtError() | UncomparedError():
            return str(error)
        case _:
            return "the witness cannot use its memory at the moment"
