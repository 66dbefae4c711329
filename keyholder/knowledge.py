"""What a keyholder knows when it is to release something: put together from its memories, for keyholder.rules."""

import time
from collections.abc import Callable, Sequence

from keyholder.chain import AnchorReader
from keyholder.config import Config
from keyholder.errors import UnavailableError
from keyholder.follow import Follower
from keyholder.hearing import Hearing
from keyholder.memory import Memory
from keyholder.released import Released
from keyholder.rules import Facts
from keyholder.saying import Saying
from keyholder.witness.errors import InDoubtError, WitnessError
from keyholder.witness.journal import Journal
from keyholder.witness.service import Witness
from keyholder.witness.state import WitnessState
from ledger.errors import LedgerError

CHAIN_EVERY = 2.0
"""Seconds between two looks at the chain, while something waits for it."""


class Knowledge:
    """One thread uses it. `reader` is None where no chain is watched."""

    def __init__(
        self,
        config: Config,
        follower: Follower,
        witness: Witness,
        state: WitnessState,
        released: Released,
        memory: Memory,
        hearing: Hearing,
        reader: AnchorReader | None,
        journal: Journal,
        saying: Saying,
        clock: Callable[[], float],
    ) -> None:
        self._config = config
        self._origin = config.origin
        self._follower = follower
        self._witness = witness
        self._state = state
        self._released = released
        self._memory = memory
        self._hearing = hearing
        self._reader = reader
        self._journal = journal
        self._saying = saying
        self._clock = clock
        self._anchored = 0
        self._asked = -CHAIN_EVERY

    def facts(self, what: str, points: Sequence[bytes]) -> Facts:
        """What is known now, for the release called `what` of these points. StateError."""
        now = int(self._clock())
        head = self._follower.head
        approvals = self._memory.approvals().get(what, set())
        return Facts(
            now=now,
            doubts=self.doubts(now),
            read=self._follower.size,
            published=self._follower.published,
            cosigned=self._state.memory(self._origin).head.size,
            difference=self._hearing.difference,
            heads=self._follower.heads,
            cosigned_at=tuple(given.timestamp for given in head.cosignatures) if head else (),
            anchored=self._newest_anchor(),
            given=self._released.given(points),
            approved=bool(approvals & {"", *self._config.approvers}),
        )

    def doubts(self, now: int) -> tuple[str, ...]:
        """What speaks against the ledger, or this keyholder's memory of it: a sentence each."""
        self.notice_forks()
        doubts = [fork.sentence for fork in self._memory.forks() if fork.decided is None]
        doubts += [doubt.reason for doubt in self._state.doubts(self._origin, now)]
        if not self._config.mark.exists():
            doubts.append("the witness's mark is missing")
        if not self._witness.is_compared():
            doubts.append("the memory is yet to be compared with what is published")
        try:
            self._released.require_whole()
        except InDoubtError as error:
            doubts.append(str(error))
        return tuple(doubts)

    def notice_forks(self) -> None:
        """What the witness was asked to cosign beside the tree that it knows is a fork, whoever asked for it."""
        for refused in self._state.refused(self._origin):
            if refused.is_fork:
                sentence = "the log forked: it asked this keyholder's witness to cosign a second tree"
                self.keep_fork(sentence, (refused.note,))

    def compare(self) -> None:
        """After the ledger was followed: what was cosigned must be of the tree that was read."""
        head = self._follower.head
        if head is None:
            return
        try:
            self._witness.compare(self._origin, head.note.to_bytes())
        except (LedgerError, WitnessError) as error:
            self._saying.trouble("the witness", str(error))
        cosigned = self._state.memory(self._origin).head
        if cosigned.size <= self._follower.size and self._follower.root_at(cosigned.size) != cosigned.root:
            note = self._state.latest(self._origin)
            self.keep_fork(
                f"the log forked: the tree of size {cosigned.size} that was cosigned is not the one that is published",
                tuple(data for data in (head.note.to_bytes(), note) if data),
            )

    def keep_fork(self, sentence: str, notes: tuple[bytes, ...]) -> None:
        """Keep the evidence, and say it where it is new."""
        if self._memory.keep_fork(sentence, notes, int(self._clock())):
            self._journal.write("fork", sentence)
            self._memory.refuse([("ledger", "doubt", sentence)], int(self._clock()))

    def _newest_anchor(self) -> int:
        """The size of the newest anchored tree, if it is one that was followed."""
        if self._reader is None or time.monotonic() - self._asked < CHAIN_EVERY:
            return self._anchored
        try:
            found = self._reader.newest()
            self._saying.well("the chain")
        except UnavailableError as error:
            self._saying.trouble("the chain", str(error))
            return self._anchored
        finally:
            self._asked = time.monotonic()
        if not 0 < found.size <= self._follower.size:
            return self._anchored
        if self._follower.root_at(found.size) == found.root:
            self._anchored = max(self._anchored, found.size)
        else:
            self._saying.trouble(
                "the chain",
                f"the tree of size {found.size} that is anchored is not the one that was followed",
            )
            self._anchored = 0
        return self._anchored
