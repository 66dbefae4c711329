"""Whether the clocks of a tender's course were kept, counted again from the times that the entries name.

1. At each amendment that may affect bids, and when bidding goes on after a suspension, the deadline that then holds is
   not before the earliest that the law allows ("clock").
2. Candidates are shown as long as the law asks, and no award comes before that is over ("clock").
3. Candidates come in time after the committee's report, the contract in time after the award: kept; late, or not there
   by the newest time of any entry: missed ("kept"). A missed clock is a fact about a party, not about the ledger: it is
   noted, and does not fail the verification. While a lot stands still, what is open is not called missed.

Entries have whole seconds, and the platform counts by parts of them: a stop is taken to be up to a second shorter than
its entries say. What is not checked: that the times are true. Witnesses and the chain bound when; a time that runs
backwards within a lot is wrong ("order").
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bidding.changes import earliest_deadline
from ledger.entries import (
    CandidatesPublished,
    DeadlineMoved,
    DocumentsAmended,
    LotAwarded,
    LotCancelled,
    LotClosed,
    LotContracted,
    LotEvaluated,
    LotFailed,
    LotPublished,
    SuspensionBegun,
    SuspensionEnded,
)
from statutes.counting import Span
from statutes.errors import RuleError
from verifier.law import Law, Laws, instant
from verifier.report import Report

CANDIDATES: Final = "candidates-within"
CONTRACT: Final = "contract-due"
_OF_A_LOT = (
    *(LotPublished, DeadlineMoved, LotClosed, SuspensionBegun, SuspensionEnded, LotEvaluated),
    *(CandidatesPublished, LotAwarded, LotContracted, LotFailed, LotCancelled),
)
_TIMED = (
    *(DocumentsAmended, SuspensionBegun, SuspensionEnded, LotEvaluated),
    *(CandidatesPublished, LotAwarded, LotContracted),
)


@dataclass(slots=True)
class _Lot:
    """One lot, as far as its entries go. `open` has what is due by rule: since when, and the entry that says so."""

    name: str
    law: Law
    deadline: int = 0
    closed: bool = False
    last: int = 0
    candidates_until: int = 0
    amendments: list[int] = field(default_factory=list)
    stands: dict[str, int] = field(default_factory=dict)
    stood: list[Span] = field(default_factory=list)
    open: dict[str, tuple[int, int]] = field(default_factory=dict)


class Clocks:
    """Watches the entries go by; `finish` with the laws of their lots."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lots: dict[str, list[tuple[int, object]]] = {}
        self._newest = 0
        self._kept, self._missed = 0, 0

    def take(self, index: int, entry: object) -> None:
        self._newest = max(self._newest, getattr(entry, "at", 0))
        if isinstance(entry, DocumentsAmended):
            for lot in entry.lots:
                self._lots.setdefault(lot, []).append((index, entry))
        elif isinstance(entry, _OF_A_LOT):
            self._lots.setdefault(entry.lot, []).append((index, entry))

    def finish(self, laws: Laws) -> None:
        counted = 0
        for name, entries in self._lots.items():
            if name not in laws:
                continue
            lot = _Lot(name, laws[name])
            for index, entry in entries:
                self._in_order(index, lot, entry)
                try:
                    self._step(index, lot, entry)
                except RuleError as error:
                    self._uncounted(lot, error, index)
            self._still_open(lot)
            counted += 1
        if self._kept + self._missed:
            sentence = f"the course of {counted} lots: {self._kept} clocks were kept, {self._missed} missed"
            self._report.proved("kept", sentence)

    def _in_order(self, index: int, lot: _Lot, entry: object) -> None:
        at = getattr(entry, "at", lot.last) if isinstance(entry, _TIMED) else lot.last
        if at < lot.last:
            self._report.wrong("order", f"a step of lot {lot.name!r} is earlier than the one before", index)
        lot.last = max(lot.last, at)

    def _step(self, index: int, lot: _Lot, entry: object) -> None:
        match entry:
            case LotPublished() | DeadlineMoved():
                lot.deadline = entry.deadline
            case LotClosed():
                lot.closed = True
            case DocumentsAmended() if entry.may_affect_bids:
                lot.amendments.append(entry.at)
                self._deadline_allowed(index, lot, entry.at, (entry.at,), "is amended")
            case SuspensionBegun():
                lot.stands.setdefault(entry.cause, entry.at)
            case SuspensionEnded():
                self._goes_on(index, lot, entry)
            case LotEvaluated():
                lot.open[CANDIDATES] = (entry.at, index)
            case CandidatesPublished():
                self._shown(index, lot, entry)
            case LotAwarded():
                lot.open.pop(CANDIDATES, None)  # a law without their publication
                self._awarded(index, lot, entry)
            case LotContracted():
                self._done(index, lot, CONTRACT, entry.at)
            case LotFailed() | LotCancelled():
                lot.open.clear()

    def _goes_on(self, index: int, lot: _Lot, entry: SuspensionEnded) -> None:
        begun = lot.stands.pop(entry.cause, None)
        if begun is None:
            self._report.wrong("order", f"lot {lot.name!r} did not stand still for {entry.cause}", index)
            return
        lot.stood.append(_span(begun, entry.at))
        if not lot.stands and not lot.closed:
            self._deadline_allowed(index, lot, entry.at, tuple(lot.amendments), "goes on", issue=True)

    def _deadline_allowed(
        self, index: int, lot: _Lot, now: int, amended: tuple[int, ...], does: str, *, issue: bool = False
    ) -> None:
        """The deadline that holds leaves the days after each amendment, and after the issue where that is asked."""
        stops = [*lot.stood, *(_span(begun, now) for begun in lot.stands.values())]
        statute, since = lot.law.statute, lot.law.timetable.documents_from
        if issue:
            limit = earliest_deadline(statute, since, map(instant, amended), stops)
        else:
            limit = statute.earliest("amendment-before-deadline", instant(amended[0]), stops)
        if instant(lot.deadline) < limit.at:
            sentence = (
                f"lot {lot.name!r} {does} with a deadline too early by {limit.rule.id}: {limit.rule.en}"
            )
            self._report.wrong("clock", sentence, index)
        else:
            self._kept += 1

    def _shown(self, index: int, lot: _Lot, entry: CandidatesPublished) -> None:
        self._done(index, lot, CANDIDATES, entry.at)
        lot.candidates_until = entry.until
        statute = lot.law.statute
        if not statute.profile.has("candidates-shown"):
            return
        limit = statute.earliest("candidates-shown", instant(entry.at))
        if instant(entry.until) < limit.at:
            sentence = f"the candidates of lot {lot.name!r} are shown for too short: {limit.rule.en}"
            self._report.wrong("clock", sentence, index)
        else:
            self._kept += 1

    def _awarded(self, index: int, lot: _Lot, entry: LotAwarded) -> None:
        if entry.at < lot.candidates_until:
            sentence = f"lot {lot.name!r} is awarded while objections to its candidates may still be raised"
            self._report.wrong("clock", sentence, index)
        if lot.law.statute.profile.has(CONTRACT):
            lot.open[CONTRACT] = (entry.at, index)

    def _done(self, index: int, lot: _Lot, rule: str, at: int) -> None:
        since, _ = lot.open.pop(rule, (None, 0))
        if since is None or not lot.law.statute.profile.has(rule):
            return
        if instant(at) < lot.law.statute.due(rule, instant(since)).at:
            self._kept += 1
        else:
            self._miss(lot, rule, "was done late", index)

    def _still_open(self, lot: _Lot) -> None:
        for rule, (since, index) in lot.open.items():
            if lot.stands or not lot.law.statute.profile.has(rule):
                continue
            try:
                due = lot.law.statute.due(rule, instant(since)).at
            except RuleError as error:
                self._uncounted(lot, error, index)
                continue
            if due <= instant(self._newest):
                self._miss(lot, rule, "is not done", index)

    def _uncounted(self, lot: _Lot, error: RuleError, index: int) -> None:
        self._report.noted("clock", f"a clock of lot {lot.name!r} cannot be counted here: {error}", index)

    def _miss(self, lot: _Lot, rule: str, how: str, index: int) -> None:
        self._missed += 1
        said = lot.law.statute.rule(rule).en
        self._report.noted("kept", f"lot {lot.name!r}: {rule} {how}: {said}", index)


def _span(begun: int, ended: int) -> Span:
    """A stop, without the part of a second that its entries may have added."""
    begin, end = instant(begun), instant(ended) - timedelta(seconds=1)
    return Span(begin, max(begin, end))
