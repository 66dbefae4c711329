"""What the platform's answers tell, on whichever channel: its clock, how far the ledger is published, approvals.

None of it is believed further than this: the clock can only make a keyholder refuse, the size only make it look, and an
approval is signed by a key that the person who keeps this keyholder named.
"""

from collections import deque
from collections.abc import Callable
from threading import Event, Lock

from keyholder.memory import Memory
from keyholder.rules import what_for
from keyholder.witness.journal import Journal
from ledger.errors import LedgerError
from ledger.exchange import Answer, Approval, CosignatureRequest

MAX_REQUESTS = 64
MAX_KNOWN = 10_000
FACT_EVERY = 30
"""Seconds between two notes of the clock's difference, if it is the same."""


class Hearing:
    """Threads share it. `wake` is set whenever there may be something to do."""

    def __init__(
        self,
        origin: str,
        approvers: tuple[str, ...],
        memory: Memory,
        journal: Journal,
        clock: Callable[[], float],
    ) -> None:
        self._origin = origin
        self._approvers = approvers
        self._memory = memory
        self._journal = journal
        self._clock = clock
        self._lock = Lock()
        self._noted = (0, 0)
        self._known: set[Approval] = set()
        self.wake = Event()
        self.difference: int | None = None
        self.published = 0
        self.requests: deque[CosignatureRequest] = deque(maxlen=MAX_REQUESTS)

    def hear(self, answer: Answer) -> None:
        """Take in an answer that just came."""
        now = int(self._clock())
        with self._lock:
            self.difference = difference = answer.time - now
            if answer.published > self.published:
                self.published = answer.published
                self.wake.set()
            self.requests.extend(answer.requests[:MAX_REQUESTS])
            must_note = difference != self._noted[0] or now - self._noted[1] >= FACT_EVERY
            if must_note:
                self._noted = difference, now
        if must_note:
            self._memory.note_fact("difference", max(min(difference, 2**53), -(2**53)), now)
        for approval in answer.approvals:
            self._take(approval, now)

    def forget_published(self, size: int) -> None:
        """The ledger was read to its end, which is `size`: whatever the platform said of it before, say it again."""
        with self._lock:
            self.published = size

    def _take(self, approval: Approval, now: int) -> None:
        if approval in self._known:
            return  # the platform repeats them in every answer, so that none is lost
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known.add(approval)
        what = what_for(approval.closing, approval.part)
        try:
            approval.check_signature()
        except LedgerError as error:
            self._journal.write("refused", f"an approval of {what}: {error}")
            return
        if approval.key not in self._approvers or approval.origin != self._origin:
            self._journal.write("refused", f"an approval of {what} by a key that may not approve here")
            return
        if self._memory.approve(what, approval.key, now):
            self._journal.write("approved", f"{what}, by the key {approval.key[:16]}", what=what)
            self.wake.set()
