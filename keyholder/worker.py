"""The work of a keyholder: it follows the ledger, says what is due in groups and runs, and releases shares.

One round:

1. Follow the ledger. A fork is kept, and from then on nothing is released until a person decides.
2. What is due by the ledger: acceptances, dealings, certificates, complaints.
3. What is due of openings and draws, by the rules.
4. Hand it in, with what was released before and does not stand in the ledger yet, and with reports.
"""

import time
from collections.abc import Callable, Sequence
from threading import Event

from keyholder.ceremony import Ceremony, Objection, Said
from keyholder.draws import DrawShares
from keyholder.errors import ForkError, KeyholderError, UnavailableError
from keyholder.follow import Follower
from keyholder.handing import Handing
from keyholder.hearing import Hearing
from keyholder.knowledge import Knowledge
from keyholder.memory import Memory
from keyholder.release import KeyShares, Releases
from keyholder.released import Given, Released
from keyholder.saying import Saying
from keyholder.witness.errors import InDoubtError, WitnessError
from keyholder.witness.journal import Journal
from ledger.errors import LedgerError
from ledger.view import ReleaseRefusedError

PATIENCE = 2.0
"""Seconds after which a refusal that may be over in a moment is kept and reported."""
TRANSIENT = frozenset({"behind", "clock", "early", "stale"})


class Worker:
    """One thread's loop."""

    def __init__(
        self,
        follower: Follower,
        ceremony: Ceremony,
        shares: KeyShares,
        releases: Releases,
        draws: DrawShares,
        released: Released,
        knowledge: Knowledge,
        handing: Handing,
        memory: Memory,
        hearing: Hearing,
        journal: Journal,
        saying: Saying,
        clock: Callable[[], float],
        *,
        poll: float,
    ) -> None:
        self._follower = follower
        self._ceremony = ceremony
        self._shares = shares
        self._releases = releases
        self._draws = draws
        self._released = released
        self._knowledge = knowledge
        self._handing = handing
        self._memory = memory
        self._hearing = hearing
        self._journal = journal
        self._saying = saying
        self._clock = clock
        self._poll = poll
        self._recorded = set(released.names())
        self._unripe: dict[str, float] = {}

    def run(self, stop: Event) -> None:
        """Rounds, until `stop` is set: each when something may have happened, or `poll` seconds after the last."""
        while not stop.is_set():
            self._hearing.wake.clear()
            pause = self.round()
            self._hearing.wake.wait(pause or self._poll)

    def round(self) -> float:
        """Steps 1 to 4; the seconds to the next round, 0 for whenever."""
        try:
            self._follow()  # 1.
            said = self._ceremonies()  # 2.
            refusals = self._openings()  # 3.
            self._handing.hand_in(said, self._unconfirmed())  # 4.
            # Behind what is urgent.
            self._refuse(refusals)
            self._handing.report()
            self._shares.warm(self._follower.view, int(self._clock()))
            self._saying.well("the work")
        except UnavailableError as error:
            self._saying.trouble("the platform", str(error))
            return error.after
        except (KeyholderError, WitnessError, LedgerError) as error:
            self._saying.trouble("the work", str(error))
            return 0.0
        self._saying.well("the platform")
        return self._until_a_deadline()

    def _follow(self) -> None:
        try:
            if self._follower.follow():
                self._journal.write("followed", f"the ledger up to size {self._follower.size}")
                self._knowledge.compare()
            self._knowledge.notice_forks()
            self._hearing.forget_published(self._follower.size)
            self._saying.well("the ledger")
        except ForkError as error:
            self._knowledge.keep_fork(str(error), error.notes)
        except UnavailableError as error:
            self._saying.trouble("the ledger", str(error))

    def _ceremonies(self) -> list[Said]:
        approvals = self._memory.approvals()
        due: list[Said] = []
        for found in (
            *self._ceremony.acceptances(lambda group: "" in approvals.get(group, ())),
            *self._ceremony.due(self._handing.wants),
        ):
            if isinstance(found, Objection):
                self._refuse([(found.subject, found.rule, found.sentence)])
            elif self._handing.wants(found.subject):
                due.append(found)
        for group in self._ceremony.proposed():
            if not approvals.get(group.id):
                sentence = f"the group {group.proposal.name!r} awaits a person's decision: approve {group.id}"
                self._saying.trouble(f"group {group.id[:16]}", sentence)
        return due

    def _openings(self) -> list[tuple[str, str, str]]:
        """Makes and records what may be released; gives the refusals."""
        refusals: list[tuple[str, str, str]] = []
        view, now = self._follower.view, int(self._clock())
        done = self._recorded
        for closing, part in [due for due in self._releases.due(view) if "/".join(due) not in done]:
            what = f"{closing}/{part}"
            try:
                given, allowed = self._releases.attempt(
                    view, self._follower.version, closing, part, self._knowledge.facts, now
                )
            except (ReleaseRefusedError, InDoubtError) as error:
                refusals += self._ripe(what, error)
                continue
            self._unripe.pop(what, None)
            done.add(given.what)
            self._journal.write("released", f"shares of {len(allowed.bids)} bids: {what}", what=what)
            refusals += [(f"{what}/{bid}", why.rule, str(why)) for bid, why in allowed.refused.items()]
        for draw in [draw for draw in self._draws.due(view) if f"draw/{draw.id}" not in done]:
            what = f"draw/{draw.id}"
            try:
                done.add(self._draws.attempt(view, draw, self._knowledge.facts, now).what)
                self._journal.write("released", f"the share of a draw: {what}", what=what)
            except (ReleaseRefusedError, InDoubtError) as error:
                refusals += self._ripe(what, error)
        return refusals

    def _unconfirmed(self) -> list[Given]:
        """What was released and does not stand in the ledger yet."""
        view = self._follower.view
        due = {"/".join(due) for due in self._releases.due(view)}
        due |= {f"draw/{draw.id}" for draw in self._draws.due(view)}
        return [
            self._released.get(what) for what in due if what in self._recorded and self._handing.wants(what)
        ]

    def _ripe(self, what: str, error: ReleaseRefusedError | InDoubtError) -> list[tuple[str, str, str]]:
        rule = error.rule if isinstance(error, ReleaseRefusedError) else "doubt"
        if rule in TRANSIENT:
            began = self._unripe.setdefault(f"{what} {rule}", time.monotonic())
            if time.monotonic() - began < PATIENCE:
                return []
        return [(what, rule, str(error))]

    def _refuse(self, refusals: Sequence[tuple[str, str, str]]) -> None:
        now = int(self._clock())
        for subject, rule, sentence in self._memory.refuse(refusals, now):
            self._journal.write("refused", f"{sentence} ({subject}, rule {rule})", subject=subject, rule=rule)

    def _until_a_deadline(self) -> float:
        """Seconds to the next deadline of a lot that closed a moment early, by this clock; 0 for none."""
        now = self._clock()
        waits = [
            lot.deadline - now
            for lot in self._follower.view.lots
            if lot.closing is not None and 0 < lot.deadline - now < self._poll
        ]
        return max(min(waits), 0.01) if waits else 0.0
