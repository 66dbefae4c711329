"""The clocks of a tender's course and of its guarantees, counted again: kept, missed, or against the law."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest

from bidding.timetable import Timetable
from ledger.entries import (
    CandidatesPublished,
    DeadlineMoved,
    DocumentsAmended,
    Entry,
    GuaranteeDemanded,
    GuaranteePaid,
    GuaranteePresented,
    GuaranteeReleased,
    LotAwarded,
    LotClosed,
    LotContracted,
    LotEvaluated,
    LotFailed,
    LotPublished,
    RankedBid,
    SuspensionBegun,
    SuspensionEnded,
)
from statutes.shipped import profile
from statutes.statute import Statute
from verifier.clocks import Clocks
from verifier.guarantee_clocks import GuaranteeClocks
from verifier.law import Law
from verifier.report import Level, Report

HASH = "aa" * 32
ID = "bb" * 32


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def seconds(text: str) -> int:
    return int(at(text if "T" in text else f"{text}T09:00:00").timestamp())


TIMETABLE = Timetable(
    documents_from=at("2026-03-02T09:00:00"),
    documents_to=at("2026-03-10T09:00:00"),
    deadline=at("2026-04-01T09:00:00"),
    opening=at("2026-04-01T09:00:00"),
    validity_days=90,
)
LAW = Law(Statute(profile("cn-tender", date(2026, 3, 2))), TIMETABLE)
PUBLISHED = LotPublished("t.1", "t", HASH, seconds("2026-04-01"), 3, "age1" + "q" * 58, ())
CLOSED = LotClosed("t.1", seconds("2026-04-01"), (1, 2, 3))
FIRST = RankedBid(1, 1, 9800, "")
EVALUATED = LotEvaluated("t.1", HASH, seconds("2026-04-07"))
# 3 days, of which the last must be over: from the 8th until the 12th begins, a Sunday, so until the 14th.
CANDIDATES = CandidatesPublished("t.1", (FIRST,), seconds("2026-04-14T00:00:00"), seconds("2026-04-08"))
AWARDED = LotAwarded("t.1", FIRST, "", seconds("2026-04-14"))
CONTRACTED = LotContracted("t.1", 1, 9800, HASH, seconds("2026-05-06"))
COURSE = (PUBLISHED, CLOSED, EVALUATED, CANDIDATES, AWARDED, CONTRACTED)


def amended(day: str) -> DocumentsAmended:
    return DocumentsAmended("t", 1, ("t.1",), "Drawing 3", True, PUBLISHED.deadline, (), seconds(day))


def begun(day: str) -> SuspensionBegun:
    return SuspensionBegun("t.1", "objection-1", "suspended-until-reply", "an objection", seconds(day))


def ended(day: str) -> SuspensionEnded:
    return SuspensionEnded("t.1", "objection-1", "answered", seconds(day))


def found(entries: Sequence[Entry], watch: type[Clocks] | type[GuaranteeClocks] = Clocks) -> Report:
    report = Report()
    clocks = watch(report)
    for index, entry in enumerate(entries):
        clocks.take(index, entry)
    clocks.finish({"t.1": LAW})
    return report


def said(report: Report, level: Level) -> list[str]:
    return [one.sentence for one in report if one.level is level]


def test_a_course_in_time_is_kept_from_the_report_to_the_contract() -> None:
    report = found(COURSE)
    assert said(report, Level.PROVED) == ["the course of 1 lots: 3 clocks were kept, 0 missed"]
    assert len(list(report)) == 1


WRONG = {
    "candidates are shown a day too short": (
        (PUBLISHED, CLOSED, EVALUATED, replace(CANDIDATES, until=seconds("2026-04-13T23:59:59"))),
        "shown for too short",
    ),
    "an award while objections may be raised": (
        (*COURSE[:4], replace(AWARDED, at=CANDIDATES.until - 1)),
        "while objections",
    ),
    "an amendment 14 days before the deadline": ((PUBLISHED, amended("2026-03-18")), "amendment-before"),
    "bidding that goes on too close to the deadline": (
        (PUBLISHED, begun("2026-03-10"), ended("2026-03-25"), CLOSED),
        "deadline-after-issue",
    ),
    "an amendment before a suspension, whose days do not count": (
        (PUBLISHED, amended("2026-03-17"), begun("2026-03-20"), ended("2026-03-23"), CLOSED),
        "amendment-before",
    ),
    "a suspension that ends without having begun": ((PUBLISHED, ended("2026-03-23")), "did not stand still"),
    "a course that runs backwards": ((*COURSE[:3], replace(CANDIDATES, at=EVALUATED.at - 1)), "earlier than"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_what_the_law_forbids_is_wrong(case: tuple[tuple[Entry, ...], str]) -> None:
    entries, words = case
    sentences = said(found(entries), Level.WRONG)
    assert any(words in one for one in sentences), sentences


ALLOWED = {
    "an amendment 15 days before the deadline": (PUBLISHED, amended("2026-03-17")),
    "the same later, with a deadline that moved": (
        *(PUBLISHED, DeadlineMoved("t.1", seconds("2026-04-20"), "an amendment"), amended("2026-03-25")),
    ),
    "a suspension after which the deadline moved": (
        *(PUBLISHED, begun("2026-03-10"), DeadlineMoved("t.1", seconds("2026-04-20"), "it stood still")),
        *(ended("2026-03-25"), CLOSED),
    ),
    "a suspension after the closing": (PUBLISHED, CLOSED, begun("2026-04-02"), ended("2026-04-30")),
}


@pytest.mark.parametrize("entries", ALLOWED.values(), ids=ALLOWED)
def test_what_the_law_allows_is_not(entries: tuple[Entry, ...]) -> None:
    assert said(found(entries), Level.WRONG) == []


MISSED = {
    "candidates late": (
        (PUBLISHED, CLOSED, replace(EVALUATED, at=seconds("2026-04-02")), CANDIDATES),
        "candidates-within was done late",
    ),
    "no candidates": ((PUBLISHED, CLOSED, EVALUATED, ended("2026-05-01")), "candidates-within is not done"),
    "a contract after 30 days": (
        (*COURSE[:5], replace(CONTRACTED, at=seconds("2026-05-15"))),
        "contract-due was done late",
    ),
    "no contract": ((*COURSE[:5], replace(EVALUATED, lot="other", at=seconds("2026-06-01"))), "is not done"),
}


@pytest.mark.parametrize("case", MISSED.values(), ids=MISSED)
def test_a_duty_that_was_missed_is_noted(case: tuple[tuple[Entry, ...], str]) -> None:
    entries, words = case
    sentences = said(found(entries), Level.NOTED)
    assert any(words in one for one in sentences), sentences


@pytest.mark.parametrize("meanwhile", [begun("2026-04-08"), LotFailed("t.1", "annulled", "")])
def test_nothing_is_missed_while_a_lot_stands_still_or_once_it_failed(meanwhile: Entry) -> None:
    later = replace(EVALUATED, lot="other", at=seconds("2026-06-01"))
    assert said(found((PUBLISHED, CLOSED, EVALUATED, meanwhile, later)), Level.NOTED) == []


def test_a_year_that_the_calendar_lacks_is_noted_and_the_other_clocks_are_counted() -> None:
    late = replace(AWARDED, at=seconds("2026-12-20"))
    report = found((*COURSE[:4], late, replace(CONTRACTED, at=seconds("2027-01-10"))))
    assert "2 clocks were kept" in said(report, Level.PROVED)[0]
    assert "cannot be counted here" in said(report, Level.NOTED)[0]


PRESENTED = GuaranteePresented(
    *(ID, "t.1", 2, "91460000MA5T000019", "G-1", HASH, 1000, "CNY", seconds("2026-07-01"))
)
# 5 days after the contract of May 6th.
RELEASED = GuaranteeReleased(ID, "contract", seconds("2026-05-12T00:00:00"), seconds("2026-05-08"))
# 5 working days after Thursday the 9th of April.
DEMANDED = GuaranteeDemanded(ID, 1, 1000, 0, HASH, seconds("2026-04-17T00:00:00"), seconds("2026-04-09"))
PAID = GuaranteePaid(ID, 1, HASH, seconds("2026-04-16"))


def test_a_release_and_an_answer_in_time_are_kept() -> None:
    released = said(found((PRESENTED, AWARDED, CONTRACTED, RELEASED), GuaranteeClocks), Level.PROVED)
    paid = said(found((PRESENTED, DEMANDED, PAID), GuaranteeClocks), Level.PROVED)
    assert released == paid == ["1 guarantees: 1 clocks were kept, 0 missed"]


@pytest.mark.parametrize(
    "entries",
    [
        (PRESENTED, AWARDED, CONTRACTED, replace(RELEASED, due=RELEASED.due + 1)),
        (PRESENTED, AWARDED, RELEASED),
        (PRESENTED, AWARDED, CONTRACTED, replace(RELEASED, clock="losers")),
        (PRESENTED, replace(DEMANDED, examine_by=DEMANDED.examine_by - 1), PAID),
    ],
    ids=["another due", "no contract", "a clock this law does not know", "another day of examination"],
)
def test_a_due_time_that_the_law_does_not_give_is_wrong(entries: tuple[Entry, ...]) -> None:
    assert said(found(entries, GuaranteeClocks), Level.WRONG)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ((AWARDED, CONTRACTED, replace(RELEASED, at=RELEASED.due)), "released late"),
        ((AWARDED, CONTRACTED, replace(EVALUATED, at=RELEASED.due)), "and stands"),
        ((DEMANDED, replace(PAID, at=DEMANDED.examine_by)), "after the days of examination"),
        ((DEMANDED, replace(EVALUATED, at=DEMANDED.examine_by)), "not answered"),
    ],
)
def test_what_a_guarantees_parties_missed_is_noted(entries: tuple[Entry, ...], words: str) -> None:
    (sentence,) = said(found((PRESENTED, *entries), GuaranteeClocks), Level.NOTED)
    assert words in sentence


def test_releases_that_the_ledger_cannot_date_are_not_counted() -> None:
    for clock in ("withdrawn", "failed", "replaced", "released-by-the-beneficiary"):
        assert not list(found((PRESENTED, replace(RELEASED, clock=clock)), GuaranteeClocks))
