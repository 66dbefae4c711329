"""Who may file what, when, after which objection."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from oversight.complaints import rights
from oversight.complaints.clocks import Clock, run
from oversight.complaints.errors import EarlyError, FilingError, StepError
from oversight.complaints.ports import LotFacts, TenderFacts
from oversight.complaints.rights import Before
from oversight.complaints.words import Capacity, Matter
from statutes.errors import OutOfTimeError
from statutes.statute import Statute
from tests.unit.bidding.examples import PROCUREMENT, TENDER, at

LOT = LotFacts("t1.1", "1", "published", at(3, 25, 9, 30), at(3, 9, 24), opened=False, alive=True)
OPENED = replace(
    LOT,
    state="candidates-published",
    opened=True,
    candidates_from=at(3, 30, 9),
    candidates_until=at(4, 3),
)
FACTS = TenderFacts("t1", UUID(int=1), "cn-tender", date(2026, 3, 2), at(3, 2, 9), (LOT,))
POTENTIAL, BIDDER, INTERESTED = Capacity


def objects(
    matter: Matter,
    capacity: Capacity,
    now: datetime,
    *,
    lot: LotFacts = LOT,
    law: Statute = TENDER,
    knowing: datetime | None = None,
    bids_in: tuple[str, ...] = ("t1.1",),
) -> Clock:
    _, right = rights.objection(
        law,
        replace(FACTS, lots=(lot,)),
        None,
        matter,
        capacity,
        bids_in=bids_in,
        knowing=knowing or at(3, 2, 10),
        now=now,
    )
    return right


def complains(
    matter: Matter,
    capacity: Capacity,
    now: datetime,
    before: Before | None,
    *,
    lot: LotFacts = LOT,
    law: Statute = TENDER,
    knowing: datetime | None = None,
) -> Clock:
    _, right = rights.complaint(
        law,
        replace(FACTS, lots=(lot,)),
        None,
        matter,
        capacity,
        before=before,
        bids_in=("t1.1",),
        knowing=knowing or at(3, 2, 10),
        now=now,
    )
    return right


def before(matter: Matter = Matter.DOCUMENTS, law: Statute = TENDER) -> Before:
    """Filed on Tuesday the 3rd."""
    filed = at(3, 3, 10)
    return Before("ab" * 16, matter, frozenset({"1"}), filed, run(law, "objection-reply", filed).due, None)


def test_documents_are_objected_to_until_ten_days_before_the_deadline() -> None:
    assert objects(Matter.DOCUMENTS, POTENTIAL, at(3, 15, 23, 59)).due == at(3, 16)
    with pytest.raises(OutOfTimeError) as caught:
        objects(Matter.DOCUMENTS, POTENTIAL, at(3, 16))
    assert caught.value.rule == "objection-to-documents"
    assert "条22" in caught.value.said.zh


def test_the_prequalification_is_objected_to_until_two_days_before_its_deadline() -> None:
    lot = replace(LOT, prequalification_deadline=at(3, 10, 9, 30))
    assert objects(Matter.PREQUALIFICATION, INTERESTED, at(3, 8, 23, 59), lot=lot).due == at(3, 9)
    with pytest.raises(OutOfTimeError):
        objects(Matter.PREQUALIFICATION, INTERESTED, at(3, 9), lot=lot)
    with pytest.raises(FilingError):
        objects(Matter.PREQUALIFICATION, INTERESTED, at(3, 4))


def test_the_result_is_objected_to_while_the_candidates_are_published() -> None:
    for who in (BIDDER, INTERESTED):
        assert objects(Matter.RESULT, who, at(4, 2, 23, 59), lot=OPENED).due == at(4, 3)
    with pytest.raises(OutOfTimeError):
        objects(Matter.RESULT, BIDDER, at(4, 3), lot=OPENED)
    with pytest.raises(EarlyError):
        objects(Matter.RESULT, BIDDER, at(3, 30, 8), lot=OPENED)
    with pytest.raises(StepError):
        objects(Matter.RESULT, INTERESTED, at(3, 10))


def test_nobody_files_as_a_bidder_before_the_opening_and_nobody_who_did_not_bid_after_it() -> None:
    with pytest.raises(FilingError) as caught:
        complains(Matter.PROCESS, BIDDER, at(3, 10), None)
    assert caught.value.violations[0].subject == "capacity"
    with pytest.raises(FilingError):
        objects(Matter.RESULT, BIDDER, at(4, 1), lot=OPENED, bids_in=())
    assert objects(Matter.RESULT, INTERESTED, at(4, 1), lot=OPENED, bids_in=()).due == at(4, 3)


@pytest.mark.parametrize(
    ("law", "matter"), [(TENDER, Matter.OPENING), (TENDER, Matter.PROCESS), (PROCUREMENT, Matter.OPENING)]
)
def test_some_matters_are_not_objected_to_here(law: Statute, matter: Matter) -> None:
    with pytest.raises(FilingError):
        objects(matter, POTENTIAL, at(3, 4), law=law)


def test_a_challenge_comes_within_seven_working_days_of_knowing_or_of_the_documents_last_on_offer() -> None:
    assert objects(Matter.DOCUMENTS, POTENTIAL, at(3, 11, 23, 59), law=PROCUREMENT).due == at(3, 12)
    late = objects(Matter.DOCUMENTS, POTENTIAL, at(3, 18), law=PROCUREMENT, knowing=at(3, 17))
    assert late.due == at(3, 20)  # 9 March 24:00 is the 10th: seven working days after it
    with pytest.raises(OutOfTimeError) as caught:
        objects(Matter.DOCUMENTS, POTENTIAL, at(3, 20), law=PROCUREMENT, knowing=at(3, 17))
    assert caught.value.articles == ("采52",)
    with pytest.raises(FilingError):
        objects(Matter.DOCUMENTS, INTERESTED, at(3, 4), law=PROCUREMENT)


def test_a_complaint_on_the_course_of_a_tender_needs_no_objection() -> None:
    assert complains(Matter.PROCESS, INTERESTED, at(3, 12, 23, 59), None).due == at(3, 13)
    with pytest.raises(OutOfTimeError):
        complains(Matter.PROCESS, INTERESTED, at(3, 13), None)


@pytest.mark.parametrize("matter", [Matter.PREQUALIFICATION, Matter.DOCUMENTS])
def test_other_matters_need_the_same_partys_objection_first(matter: Matter) -> None:
    late = at(3, 9)
    for found in (
        None,
        before(Matter.RESULT),
        replace(before(matter), withdrawn=True),
        replace(before(matter), lots=frozenset({"2"})),
    ):
        with pytest.raises(FilingError) as caught:
            rights.complaint(
                *(TENDER, FACTS, ["1"], matter, INTERESTED),
                before=found,
                bids_in=(),
                knowing=at(3, 2, 10),
                now=late,
            )
        assert caught.value.rule == "objection-first"


def test_a_complaint_waits_for_the_reply_or_the_end_of_its_time() -> None:
    with pytest.raises(EarlyError) as caught:
        complains(Matter.DOCUMENTS, INTERESTED, at(3, 5, 12), before())
    assert caught.value.violations[0].earliest == at(3, 7)
    replied = replace(before(), replied_at=at(3, 5, 9))
    for now, found in ((at(3, 5, 12), replied), (at(3, 9), before())):
        assert complains(Matter.DOCUMENTS, INTERESTED, now, found).due == at(3, 17)


def test_the_time_of_the_reply_does_not_count_and_a_late_reply_gives_no_more() -> None:
    in_time = complains(Matter.DOCUMENTS, INTERESTED, at(3, 9), replace(before(), replied_at=at(3, 5, 9)))
    assert [one.kind for one in in_time.stops] == ["objection-reply"]
    assert in_time.due == at(3, 17)  # of ten days the 4th and 5th do not count; the 14th is a Saturday
    never = complains(Matter.DOCUMENTS, INTERESTED, at(3, 9), before())
    late = complains(Matter.DOCUMENTS, INTERESTED, at(3, 16), replace(before(), replied_at=at(3, 16)))
    assert never.due == late.due == at(3, 17)


def test_who_objected_knew_when_it_objected() -> None:
    found = complains(Matter.DOCUMENTS, INTERESTED, at(3, 9), before(), knowing=at(3, 8))
    assert found.begins == before().filed_at


def test_a_complaint_after_a_challenge_comes_until_fifteen_working_days_after_the_replys_end() -> None:
    challenge = before(law=PROCUREMENT)
    assert challenge.reply_due == at(3, 13)
    answered = replace(challenge, replied_at=at(3, 5, 9))
    for found in (challenge, answered):
        right = complains(Matter.DOCUMENTS, POTENTIAL, at(4, 2, 23, 59), found, law=PROCUREMENT)
        assert right.due == at(4, 3)
        with pytest.raises(OutOfTimeError):
            complains(Matter.DOCUMENTS, POTENTIAL, at(4, 3), found, law=PROCUREMENT)
    with pytest.raises(EarlyError):
        complains(Matter.DOCUMENTS, POTENTIAL, at(3, 12), challenge, law=PROCUREMENT)
    with pytest.raises(FilingError):
        complains(Matter.PROCESS, POTENTIAL, at(3, 12), None, law=PROCUREMENT)


@pytest.mark.parametrize("knowing", [at(3, 1), at(3, 10, 0, 1)])
def test_knowing_lies_between_the_notice_and_the_filing(knowing: datetime) -> None:
    with pytest.raises(FilingError) as caught:
        complains(Matter.PROCESS, INTERESTED, at(3, 10), None, knowing=knowing)
    assert caught.value.violations[0].subject == "knowing"


def test_lots_that_are_named_must_all_do_and_without_names_those_that_do_are_taken() -> None:
    soon = replace(LOT, id="t1.2", number="2", deadline=at(3, 16, 9, 30))
    facts = replace(FACTS, lots=(LOT, soon))
    now = at(3, 10)

    def file(numbers: list[str] | None) -> list[str]:
        chosen, _ = rights.objection(
            *(TENDER, facts, numbers, Matter.DOCUMENTS, POTENTIAL), bids_in=(), knowing=at(3, 3), now=now
        )
        return [lot.number for lot in chosen]

    assert file(None) == ["1"]
    assert file(["1"]) == ["1"]
    with pytest.raises(OutOfTimeError):
        file(["1", "2"])
    with pytest.raises(FilingError):
        file(["3"])
    assert now + timedelta(days=5) < LOT.deadline
