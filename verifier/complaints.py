"""Whether each clock of objections and complaints was kept, told from the entries alone.

1. Every clock that an entry has is counted again, by the profile it names and the calendar that comes with this program
   ("clock"). Where the calendar is another one by its fingerprint, the difference is noted, and the due time of the
   entry stands.
2. A clock begins with the instant that its rule counts from, receipt or acceptance, and stands for nothing but what
   entries before it have begun and ended ("clock").
3. Whoever filed was in time ("right").
4. What a clock asks for came before its end: kept; after it, or not at all by the newest entry of any case: missed
   ("kept"). A missed clock is a fact about a party, not about the ledger: it is noted, and does not fail the
   verification.
5. That a clock was missed is said in the ledger only where it was ("kept").

What is not checked: that `at` is the true time. Entries stand in the order in which they were committed, witnesses and
the chain bound when; a time that runs backwards within a case is wrong ("order").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from ledger.entries import (
    CaseClock,
    CaseRecordAdded,
    ClockMissed,
    ComplaintAccepted,
    ComplaintCorrected,
    ComplaintCorrectionAsked,
    ComplaintDecided,
    ComplaintFiled,
    ComplaintForwarded,
    ComplaintJoined,
    ComplaintNotAccepted,
    ComplaintWithdrawalAsked,
    ComplaintWithdrawalRefused,
    ComplaintWithdrawn,
    DecisionClockResumed,
    DecisionClockStopped,
    ObjectionFiled,
    ObjectionReplied,
    ObjectionWithdrawn,
    Standstill,
)
from statutes.counting import Span
from statutes.errors import RuleError, UnknownYearError
from statutes.fingerprint import fingerprint
from statutes.rule import Rule
from statutes.shipped import profile
from statutes.statute import Statute
from statutes.work_calendar import WorkCalendar
from verifier.report import Report

REPLY: Final = "objection-reply"
ACCEPTANCE: Final = "complaint-acceptance"
DECISION: Final = "complaint-decision"
SUPPLEMENT: Final = "supplement"

Step = (
    ObjectionFiled
    | ObjectionReplied
    | ObjectionWithdrawn
    | ComplaintFiled
    | ComplaintCorrectionAsked
    | ComplaintCorrected
    | ComplaintForwarded
    | ComplaintAccepted
    | ComplaintNotAccepted
    | ComplaintJoined
    | DecisionClockStopped
    | DecisionClockResumed
    | CaseRecordAdded
    | ComplaintWithdrawalAsked
    | ComplaintWithdrawalRefused
    | ComplaintWithdrawn
    | ComplaintDecided
    | ClockMissed
)
_DOES: Mapping[type, tuple[str, ...]] = {
    ObjectionReplied: (REPLY,),
    ComplaintAccepted: (ACCEPTANCE,),
    ComplaintNotAccepted: (ACCEPTANCE,),
    ComplaintDecided: (DECISION,),
}
"""What a step does of what clocks ask for."""
_ENDS = (ObjectionReplied, ObjectionWithdrawn, ComplaintNotAccepted, ComplaintWithdrawn, ComplaintDecided)


@dataclass(slots=True)
class _Case:
    """One case, as far as its entries go.

    open:  clocks by rule, as they were last counted, with the entry that says so.
    stood: what clocks stand or stood for; 0 is the correction of a complaint, from 1 on measures.
    """

    filed_at: int
    accepted_at: int | None = None
    last: int = 0
    stood: dict[int, Standstill] = field(default_factory=dict)
    open: dict[str, tuple[int, CaseClock]] = field(default_factory=dict)


class Complaints:
    """Watches the entries go by, in their order, and reports; `finish` at the end."""

    def __init__(self, report: Report, calendar: WorkCalendar | None = None) -> None:
        self._report = report
        self._calendar = calendar or WorkCalendar()
        self._cases: dict[str, _Case] = {}
        self._newest = 0
        self.kept, self.missed = 0, 0

    def take(self, index: int, entry: object) -> None:
        """An entry of any kind; what is no step of a case changes nothing."""
        if not isinstance(entry, Step):
            return
        self._newest = max(self._newest, entry.at)
        if isinstance(entry, ObjectionFiled | ComplaintFiled):
            if entry.case in self._cases:
                self._report.wrong("order", f"case {entry.case[:8]} is filed a second time", index)
                return
            self._cases[entry.case] = _Case(entry.at)
        case = self._cases.get(entry.case)
        if case is None:
            self._report.wrong("order", f"case {entry.case[:8]} was never filed", index)
            return
        if entry.at < case.last:
            self._report.wrong(
                "order", f"a step of case {entry.case[:8]} is earlier than the one before", index
            )
        case.last = max(case.last, entry.at)
        self._step(index, case, entry)

    def finish(self) -> None:
        """What is still open is missed if its end came before the newest entry of any case."""
        for name, case in self._cases.items():
            for index, clock in case.open.values():
                if clock.due <= self._newest:
                    self._miss(name, clock, "and is not done", index)
        if self._cases:
            self._report.proved(
                "kept",
                f"{len(self._cases)} objections and complaints: {self.kept} clocks were kept, {self.missed} missed",
            )

    def _step(self, index: int, case: _Case, entry: Step) -> None:
        match entry:
            case ObjectionFiled():
                self._right(index, entry.case, entry.at, entry.right)
                self._runs(index, entry.case, case, entry.reply, REPLY, entry.at)
            case ComplaintFiled():
                self._right(index, entry.case, entry.at, entry.right)
                self._runs(index, entry.case, case, entry.acceptance, ACCEPTANCE, entry.at)
            case ComplaintCorrectionAsked():
                self._right(index, entry.case, entry.at, entry.asking)
                self._right(index, entry.case, entry.until, entry.correction)
                case.stood[0] = Standstill(SUPPLEMENT, entry.at, entry.until)
                self._runs(index, entry.case, case, entry.acceptance, ACCEPTANCE, case.filed_at)
            case ComplaintCorrected():
                self._ended(index, entry.case, case, 0, entry.at)
                self._runs(index, entry.case, case, entry.acceptance, ACCEPTANCE, case.filed_at)
            case ComplaintAccepted():
                self._done(index, entry.case, case, entry)
                case.accepted_at = entry.at
                self._decides(index, entry.case, case, entry.decision)
            case DecisionClockStopped():
                case.stood[entry.number] = Standstill(entry.kind, entry.at, entry.until)
                self._decides(index, entry.case, case, entry.decision)
            case DecisionClockResumed():
                self._ended(index, entry.case, case, entry.number, entry.at)
                self._decides(index, entry.case, case, entry.decision)
            case ClockMissed():
                self._said_missed(index, entry, case)
            case _:
                self._done(index, entry.case, case, entry)
        if isinstance(entry, _ENDS):
            for rule, (at, clock) in list(case.open.items()):
                if clock.due <= entry.at:
                    self._miss(entry.case, clock, "when the case ended", at)
                del case.open[rule]

    def _decides(self, index: int, name: str, case: _Case, clock: CaseClock) -> None:
        rule = self._rule(clock)
        received = rule is not None and rule.start == "complaint"
        begins = case.filed_at if received or case.accepted_at is None else case.accepted_at
        self._runs(index, name, case, clock, DECISION, begins)

    def _runs(self, index: int, name: str, case: _Case, clock: CaseClock, rule: str, begins: int) -> None:
        """The clock runs from here on as it was counted now. One that was over before cannot be counted longer."""
        if clock.rule != rule or clock.begins != begins:
            self._report.wrong(
                "clock", f"case {name[:8]}: {clock.rule} does not begin when {rule} does", index
            )
        counts = self._rule(clock)
        stood = {one for one in case.stood.values() if counts is not None and one.kind in counts.stops_for}
        if set(clock.stops) != stood:
            self._report.wrong(
                "clock", f"case {name[:8]}: {rule} stands for something else than the entries say", index
            )
        self._recount(index, name, clock)
        before = case.open.get(rule)
        if before is not None and before[1].due <= case.last and clock.due > before[1].due:
            self._report.wrong("clock", f"case {name[:8]}: {rule} was over, and runs longer now", index)
            return
        case.open[rule] = (index, clock)

    def _ended(self, index: int, name: str, case: _Case, number: int, at: int) -> None:
        found = case.stood.get(number)
        if found is None or not found.begin <= at <= found.end:
            self._report.wrong("clock", f"case {name[:8]}: what ends here was not under way", index)
            return
        case.stood[number] = Standstill(found.kind, found.begin, at)

    def _right(self, index: int, name: str, at: int, clock: CaseClock) -> None:
        self._recount(index, name, clock)
        if at >= clock.due:
            self._report.wrong("right", f"case {name[:8]}: {clock.rule} had expired", index)

    def _done(self, index: int, name: str, case: _Case, entry: Step) -> None:
        for rule in _DOES.get(type(entry), ()):
            found = case.open.pop(rule, None)
            if found is None:
                self._report.wrong("order", f"case {name[:8]}: no clock of {rule} runs", index)
            elif entry.at < found[1].due:
                self.kept += 1
            else:
                self._miss(name, found[1], "and was done late", index)

    def _said_missed(self, index: int, entry: ClockMissed, case: _Case) -> None:
        found = case.open.get(entry.rule)
        if found is None or found[1].due != entry.due or entry.at < entry.due:
            self._report.wrong("kept", f"case {entry.case[:8]}: {entry.rule} was not missed", index)

    def _miss(self, name: str, clock: CaseClock, how: str, index: int) -> None:
        self.missed += 1
        due = datetime.fromtimestamp(clock.due, UTC).isoformat()
        self._report.noted("kept", f"case {name[:8]}: {clock.rule} was due before {due} {how}", index)

    def _rule(self, clock: CaseClock) -> Rule | None:
        try:
            return profile(clock.profile, date.fromisoformat(clock.law_of)).rule(clock.rule)
        except (RuleError, ValueError):
            return None

    def _recount(self, index: int, name: str, clock: CaseClock) -> None:
        """Counts again; the fingerprint tells another calendar from a wrong count."""
        rule = self._rule(clock)
        if rule is None:
            self._report.wrong("clock", f"case {name[:8]}: no law has {clock.rule} on {clock.law_of}", index)
            return
        found = profile(clock.profile, date.fromisoformat(clock.law_of))
        statute = Statute(found, self._calendar)
        begins = datetime.fromtimestamp(clock.begins, UTC)
        due = datetime.fromtimestamp(clock.due, UTC)
        try:
            counted, calendar = _count(statute, rule, clock, begins), fingerprint(statute, rule, begins, due)
        except UnknownYearError as error:
            self._report.noted(
                "clock", f"case {name[:8]}: {clock.rule} cannot be counted here: {error}", index
            )
            return
        except (RuleError, ValueError) as error:
            self._report.wrong("clock", f"case {name[:8]}: {clock.rule} is not countable: {error}", index)
            return
        if calendar != clock.calendar:
            self._report.noted(
                "clock",
                f"case {name[:8]}: {clock.rule} was counted by another calendar than the one here",
                index,
            )
        elif int(counted.timestamp()) != clock.due:
            self._report.wrong(
                "clock", f"case {name[:8]}: {clock.rule} is due at another time than the law says", index
            )


def _count(statute: Statute, rule: Rule, clock: CaseClock, begins: datetime) -> datetime:
    """The end that the law gives. ValueError for a stop that the rule does not know, or that runs backwards."""
    if {one.kind for one in clock.stops} - set(rule.stops_for):
        raise ValueError("it stands for what does not stop it")
    if rule.bound == "within":
        stops = [
            Span(datetime.fromtimestamp(one.begin, UTC), datetime.fromtimestamp(one.end, UTC))
            for one in clock.stops
        ]
        return statute.due(rule.id, begins, stops).at
    if rule.bound == "open-until":
        return statute.latest(rule.id, begins).at
    return begins  # a right that ends with an event
