"""Whether the clocks of guarantees were kept, counted again from the times that the entries name.

1. A release that the contract or the award started was due when the law says, from that entry on ("clock").
2. A demand is examined until five business days after it was made, no other day ("clock").
3. A release before its day, an answer within the days of examination: kept; late, or not there by the newest time of
   any entry: missed ("kept"), which is noted: it is a fact about a party, not about the ledger.

Not counted: releases that a withdrawal, a failed or cancelled lot or an amendment started. The ledger does not say when
a sealed bid was withdrawn; the others are due at once, which is no number of days.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from guarantees.after.clocks import Clock, Due, End, Ending, of_lot
from guarantees.after.demand_rules import examine_by
from ledger.entries import (
    GuaranteeDemanded,
    GuaranteeDemandRefused,
    GuaranteeExpired,
    GuaranteeExtended,
    GuaranteePaid,
    GuaranteePresented,
    GuaranteeReleased,
    LotAwarded,
    LotContracted,
)
from statutes.errors import RuleError
from verifier.law import Laws, instant
from verifier.report import Report

_COUNTED = (Clock.CONTRACT, Clock.LOSERS)
_Answer = GuaranteePaid | GuaranteeDemandRefused | GuaranteeExtended
_Step = GuaranteeDemanded | _Answer | GuaranteeReleased | GuaranteeExpired


@dataclass(slots=True)
class _Life:
    """One guarantee: the entry that presented it, and the steps of it that have a clock or end one."""

    index: int
    lot: str
    bid: int
    steps: list[tuple[int, _Step]] = field(default_factory=list)


class GuaranteeClocks:
    """Watches the entries go by; `finish` with the laws of the lots."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lives: dict[str, _Life] = {}
        self._endings: dict[str, list[Ending]] = {}
        self._newest = 0
        self._kept, self._missed = 0, 0

    def take(self, index: int, entry: object) -> None:
        self._newest = max(self._newest, getattr(entry, "at", 0))
        match entry:
            case GuaranteePresented():
                self._lives.setdefault(entry.guarantee, _Life(index, entry.lot, entry.bid))
            case LotAwarded():
                ending = Ending(End.AWARDED, instant(entry.at), entry.winner.bid)
                self._endings.setdefault(entry.lot, []).append(ending)
            case LotContracted():
                ending = Ending(End.CONTRACTED, instant(entry.at), entry.bid)
                self._endings.setdefault(entry.lot, []).append(ending)
            case _ if isinstance(entry, _Step) and entry.guarantee in self._lives:
                self._lives[entry.guarantee].steps.append((index, entry))

    def finish(self, laws: Laws) -> None:
        for name, life in self._lives.items():
            if life.lot not in laws:
                continue
            try:
                self._demands(name, life, laws)
                self._release(name, life, laws)
            except RuleError as error:
                sentence = f"the clocks of guarantee {name[:16]} cannot be counted here: {error}"
                self._report.noted("clock", sentence, life.index)
        if self._kept + self._missed:
            sentence = f"{len(self._lives)} guarantees: {self._kept} clocks were kept, {self._missed} missed"
            self._report.proved("kept", sentence)

    def _demands(self, name: str, life: _Life, laws: Laws) -> None:
        open_one: tuple[int, GuaranteeDemanded] | None = None
        for index, step in life.steps:
            if isinstance(step, GuaranteeDemanded):
                open_one = index, step
                counted = examine_by(laws[life.lot].statute, instant(step.at))
                if int(counted.timestamp()) != step.examine_by:
                    sentence = f"a demand of guarantee {name[:16]} is not examined for five business days"
                    self._report.wrong("clock", sentence, index)
            elif open_one is not None:
                if isinstance(step, _Answer) and step.at < open_one[1].examine_by:
                    self._kept += 1
                elif isinstance(step, _Answer):
                    self._miss(name, "its demand was answered after the days of examination", index)
                open_one = None
        if open_one is not None and open_one[1].examine_by <= self._newest:
            self._miss(name, "the days of examination are over, and its demand is not answered", open_one[0])

    def _release(self, name: str, life: _Life, laws: Laws) -> None:
        dues = list(self._dues(life, laws))
        index, last = life.steps[-1] if life.steps else (life.index, None)
        if isinstance(last, GuaranteeReleased):
            if last.clock not in _COUNTED:
                return
            if last.due not in {int(due.until.timestamp()) for due in dues if due.clock == last.clock}:
                sentence = f"guarantee {name[:16]} was due for release at another time than the law says"
                self._report.wrong("clock", sentence, index)
            elif last.at < last.due:
                self._kept += 1
            else:
                self._miss(name, f"it was released late ({last.clock})", index)
        elif not isinstance(last, GuaranteePaid | GuaranteeExpired | GuaranteeDemanded) and any(
            due.until <= instant(self._newest) for due in dues
        ):
            self._miss(name, "it had to be released by now, and stands", index)

    def _dues(self, life: _Life, laws: Laws) -> Iterator[Due]:
        """By each clock that the lot's course has started, one after another."""
        endings = self._endings.get(life.lot, [])
        for count in range(1, len(endings) + 1):
            due = of_lot(laws[life.lot].statute, endings[:count], life.bid)
            if due is not None:
                yield due

    def _miss(self, name: str, how: str, index: int) -> None:
        self._missed += 1
        self._report.noted("kept", f"guarantee {name[:16]}: {how}", index)
