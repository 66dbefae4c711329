"""Handing in, on the work channel: entries, releases and reports, each again if it does not show in the ledger."""

import time
from collections.abc import Callable, Iterator, Sequence

from keyholder.ceremony import Said
from keyholder.errors import MessageRefusedError, UnavailableError
from keyholder.memory import Memory
from keyholder.platform import Channel, Content
from keyholder.released import Given
from keyholder.witness.journal import Journal
from ledger.exchange import Report, SealedRelease
from ledger.note import encode_base64

RESEND = 30.0
"""Seconds after which what was handed in, and does not stand in the ledger, is handed in again."""
RESEND_REFUSED = 300.0
MAX_AT_ONCE = 100
MAX_REPORTS = 200


class Handing:
    """One thread uses it. `read` gives the size of the ledger that was read."""

    def __init__(
        self,
        channel: Channel,
        memory: Memory,
        journal: Journal,
        read: Callable[[], int],
        *,
        resend: float = RESEND,
    ) -> None:
        self._channel = channel
        self._memory = memory
        self._journal = journal
        self._read = read
        self._resend = resend
        self._again: dict[str, float] = {}
        self._not_before = 0.0

    def wants(self, subject: str) -> bool:
        """Whether what is about this subject is to be handed in now: it was not, or long ago."""
        return time.monotonic() >= self._again.get(subject, 0.0)

    def hand_in(self, said: Sequence[Said], given: Sequence[Given]) -> None:
        """Whatever of it is wanted. UnavailableError: it is sent again first of all, when there is an answer."""
        for subjects, content in _messages(said, given):
            try:
                self._exchange(content)
            except MessageRefusedError as error:
                if len(subjects) == 1:
                    self._refused(subjects[0], error)
                    continue
                for subject, alone in _alone(subjects, content):
                    try:
                        self._exchange(alone)
                    except MessageRefusedError as refused:
                        self._refused(subject, refused)
            finally:
                for subject in subjects:
                    self._again.setdefault(subject, 0.0)
                    self._again[subject] = max(self._again[subject], time.monotonic() + self._resend)

    def report(self) -> None:
        """Refusals that the platform was not told yet. UnavailableError."""
        refusals = self._memory.unreported(MAX_REPORTS)
        if not refusals:
            return
        reports = tuple(
            Report(refusal.subject[:2000], refusal.rule[:64], refusal.sentence[:2000]) for refusal in refusals
        )
        try:
            self._exchange(Content(reports=reports))
        except MessageRefusedError as error:
            self._journal.write("trouble", f"the platform does not take reports: {error}")
        self._memory.reported(refusals)

    def _exchange(self, content: Content) -> None:
        left = self._not_before - time.monotonic()
        if left > 0:
            raise UnavailableError("the platform asked to come later", left)
        try:
            self._channel.exchange(content, known=self._read(), wait=0)
        except UnavailableError as error:
            self._not_before = time.monotonic() + error.after
            raise

    def _refused(self, subject: str, error: MessageRefusedError) -> None:
        self._again[subject] = time.monotonic() + max(RESEND_REFUSED, self._resend)
        self._journal.write("trouble", f"{subject}: {error}")


def _messages(said: Sequence[Said], given: Sequence[Given]) -> Iterator[tuple[list[str], Content]]:
    """Releases first, each of an opening in a message of its own, for they may be large."""
    for one in given:
        if one.sealed:
            release = SealedRelease(one.entry.decode(), encode_base64(one.sealed))
            yield [one.what], Content(releases=(release,))
    leaves = [(one.what, one.entry) for one in given if not one.sealed]
    leaves += [(one.subject, one.leaf) for one in said]
    for at in range(0, len(leaves), MAX_AT_ONCE):
        some = leaves[at : at + MAX_AT_ONCE]
        yield [subject for subject, _ in some], Content(entries=tuple(leaf.decode() for _, leaf in some))


def _alone(subjects: Sequence[str], content: Content) -> Iterator[tuple[str, Content]]:
    for subject, entry in zip(subjects, content.entries, strict=True):
        yield subject, Content(entries=(entry,))
