"""Whether clocks were kept, told from the entries alone; and what a platform that cheats is convicted of."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from ledger.entries import (
    CaseClock,
    ClockMissed,
    ComplaintAccepted,
    ComplaintCorrected,
    ComplaintCorrectionAsked,
    ComplaintDecided,
    ComplaintFiled,
    DecisionClockResumed,
    DecisionClockStopped,
    Entry,
    ObjectionFiled,
    ObjectionReplied,
)
from oversight.complaints.clocks import Stopped, run, until
from statutes.statute import Statute
from statutes.work_calendar import WorkCalendar, YearNotice
from tests.unit.bidding.examples import PROCUREMENT, TENDER, at
from verifier.complaints import Complaints
from verifier.report import Level, Report

OBJECTION, COMPLAINT = "ab" * 16, "cd" * 16
HASH = Random(1).randbytes(32).hex()
DAY = "2026-03-02"


def posix(at_: datetime) -> int:
    return int(at_.timestamp())


REPLIED, DECIDED = at(3, 5, 17), at(4, 29, 17)


def story(*, replied: datetime = REPLIED, decided: datetime = DECIDED) -> list[Entry]:
    """An objection of the 3rd, and a complaint of the 6th that is accepted on the 11th and tested for four days."""
    law = TENDER
    right = until(law, "objection-to-documents", at(3, 25, 9, 30)).entry(law, DAY)
    reply = run(law, "objection-reply", at(3, 3, 10)).entry(law, DAY)
    stop = Stopped("objection-reply", at(3, 3, 10), at(3, 5, 17))
    late = run(law, "complaint", at(3, 2, 10), [stop]).entry(law, DAY)
    acceptance = run(law, "complaint-acceptance", at(3, 6, 17)).entry(law, DAY)
    accepted = at(3, 11, 10)

    def decision(*stops: Stopped) -> CaseClock:
        return run(law, "complaint-decision", accepted, stops).entry(law, DAY)

    planned = Stopped("testing", at(3, 16, 9), at(3, 27, 18))
    ended = Stopped("testing", at(3, 16, 9), at(3, 20, 18))
    lots = ("t1.1",)
    return [
        ObjectionFiled(OBJECTION, "t1", lots, "documents", HASH, HASH, posix(at(3, 3, 10)), right, reply),
        ObjectionReplied(OBJECTION, "rejected", HASH, posix(replied)),
        ComplaintFiled(
            *(COMPLAINT, OBJECTION, "t1", lots, "documents", "某局", HASH, HASH, posix(at(3, 6, 17))),
            *(late, acceptance),
        ),
        ComplaintAccepted(COMPLAINT, HASH, posix(accepted), decision()),
        DecisionClockStopped(
            *(COMPLAINT, 1, "testing", posix(at(3, 27, 18)), HASH, posix(at(3, 16, 9))),
            decision(planned),
        ),
        DecisionClockResumed(COMPLAINT, 1, HASH, posix(at(3, 20, 18)), decision(ended)),
        ComplaintDecided(COMPLAINT, "upheld", HASH, posix(decided)),
    ]


def watched(entries: Sequence[Entry], calendar: WorkCalendar | None = None) -> tuple[Report, Complaints]:
    report = Report()
    watching = Complaints(report, calendar)
    for index, entry in enumerate(entries):
        watching.take(index, entry)
    watching.finish()
    return report, watching


def wrong(entries: Sequence[Entry]) -> set[str]:
    report, _ = watched(entries)
    return {one.check for one in report if one.level is Level.WRONG}


def test_a_course_in_which_all_was_in_time_is_green_and_counted() -> None:
    report, watching = watched(story())
    assert [one.sentence for one in report if one.level is not Level.PROVED] == []
    assert (watching.kept, watching.missed) == (3, 0)
    assert "3 clocks were kept, 0 missed" in next(iter(report)).sentence


def test_what_was_late_is_told_and_does_not_make_the_ledger_wrong() -> None:
    report, watching = watched(story(replied=at(3, 7), decided=at(4, 30)))
    assert (watching.kept, watching.missed) == (1, 2)
    assert report.is_green
    assert [one.check for one in report if one.level is Level.NOTED] == ["kept", "kept"]


def test_what_was_never_done_is_missed_without_anybody_saying_so() -> None:
    filed = story()[0]
    assert isinstance(filed, ObjectionFiled)
    other = replace(filed, case="ef" * 16, at=posix(at(6, 1)))
    report, watching = watched([*story()[:1], other])
    assert watching.missed >= 1
    assert any("and is not done" in one.sentence for one in report)


def test_a_missed_clock_that_the_ledger_says_is_taken_for_that() -> None:
    filed = story()[0]
    assert isinstance(filed, ObjectionFiled)
    said = ClockMissed(OBJECTION, "objection-reply", filed.reply.due, filed.reply.due + 60)
    assert not wrong([filed, said])
    assert wrong([filed, replace(said, at=filed.reply.due - 1)]) == {"kept"}


def test_a_longer_due_time_than_the_law_gives_is_convicted() -> None:
    entries = story()
    accepted = entries[3]
    assert isinstance(accepted, ComplaintAccepted)
    entries[3] = replace(accepted, decision=replace(accepted.decision, due=accepted.decision.due + 86_400))
    assert wrong(entries) == {"clock"}


def test_time_that_stood_for_nothing_on_record_is_convicted() -> None:
    entries = story()
    filed = entries[2]
    decided = entries[3]
    assert isinstance(decided, ComplaintAccepted)
    assert isinstance(filed, ComplaintFiled)
    idle = [Stopped("testing", at(3, 12), at(3, 20))]
    longer = run(TENDER, "complaint-decision", at(3, 11, 10), idle).entry(TENDER, DAY)
    entries[3] = replace(decided, decision=longer)
    assert wrong(entries) == {"clock"}


def test_a_clock_that_begins_later_than_what_it_counts_from_is_convicted() -> None:
    entries = story()
    filed = entries[2]
    assert isinstance(filed, ComplaintFiled)
    later = run(TENDER, "complaint-acceptance", at(3, 9, 17)).entry(TENDER, DAY)
    entries[2] = replace(filed, acceptance=later)
    assert wrong(entries) == {"clock"}


def test_a_filing_that_came_too_late_is_convicted() -> None:
    entries = story()
    filed = entries[2]
    assert isinstance(filed, ComplaintFiled)
    late = posix(at(3, 17))
    acceptance = run(TENDER, "complaint-acceptance", at(3, 17)).entry(TENDER, DAY)
    assert wrong([*entries[:2], replace(filed, at=late, acceptance=acceptance)]) == {"right"}


def test_a_clock_that_was_over_is_not_made_longer_by_a_test_that_began_after_it() -> None:
    entries = story()[:4]
    stop = Stopped("testing", at(3, 12, 9), at(5, 8, 9))
    longer = run(TENDER, "complaint-decision", at(3, 11, 10), [stop]).entry(TENDER, DAY)
    entries.append(
        DecisionClockStopped(COMPLAINT, 1, "testing", posix(at(5, 8, 9)), HASH, posix(at(5, 1, 9)), longer)
    )
    assert "clock" in wrong(entries)


def test_another_calendar_is_noted_and_no_wrong_count() -> None:
    moved = YearNotice(year=2026, notice="更正", rest=(at(3, 12).date(), at(1, 1).date()), work=())
    report, _ = watched(story(), WorkCalendar((moved,)))
    assert report.is_green
    assert any("another calendar" in one.sentence for one in report)


def test_times_that_run_backwards_and_steps_of_no_case_are_wrong() -> None:
    entries = story()
    decided = entries[-1]
    assert isinstance(decided, ComplaintDecided)
    back = replace(decided, at=posix(at(3, 1)))
    assert "order" in wrong([*entries[:-1], back])
    assert wrong(entries[1:2]) == {"order"}
    assert "order" in wrong([*entries, entries[0]])


@pytest.mark.parametrize("days", [0, 1])
def test_a_correction_stops_the_acceptance_and_the_decision_is_counted_from_the_receipt(days: int) -> None:
    law: Statute = PROCUREMENT
    filed, asked, corrected, accepted = at(3, 13, 9), at(3, 16, 9), at(3, 18, 9), at(3, 20, 9)
    planned, real = (
        Stopped("supplement", asked, at(3, 23, 18)),
        Stopped("supplement", asked, corrected),
    )
    right = run(law, "complaint", at(3, 12, 23)).entry(law, DAY)

    def clock(rule: str, begins: datetime, *stops: Stopped) -> CaseClock:
        return run(law, rule, begins, stops).entry(law, DAY)

    entries: list[Entry] = [
        ComplaintFiled(
            *(COMPLAINT, OBJECTION, "t1", ("t1.1",), "documents", "某局", HASH, HASH, posix(filed), right),
            clock("complaint-acceptance", filed),
        ),
        ComplaintCorrectionAsked(
            *(COMPLAINT, HASH, posix(at(3, 23, 18)), posix(asked)),
            *(clock("complaint-correction", filed), clock("complaint-correction-time", asked)),
            clock("complaint-acceptance", filed, planned),
        ),
        ComplaintCorrected(
            *(COMPLAINT, HASH, posix(corrected)),
            clock("complaint-acceptance", filed, real),
        ),
        ComplaintAccepted(
            *(COMPLAINT, HASH, posix(accepted)),
            clock("complaint-decision", filed + timedelta(days=days), real),
        ),
    ]
    assert wrong(entries) == ({"clock"} if days else set())
