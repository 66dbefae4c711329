"""Objections: the tender stands still until the reply, and nobody learns who objects before the opening."""

from datetime import timedelta

import pytest

from bidding.errors import DeadlineError
from bidding.tenders import changing
from ledger.entries import (
    ObjectionFiled,
    ObjectionReplied,
    ObjectionWithdrawn,
    SuspensionBegun,
    SuspensionEnded,
    encode,
)
from oversight.complaints import objections, reading
from oversight.complaints.clocks import Status
from oversight.complaints.errors import CaseError, FilingError, StepError, UnknownCaseError
from oversight.complaints.words import Capacity, Matter, Reply
from statutes.errors import OutOfTimeError, UnknownYearError
from tests.integration.complaints.hall import CODES, Hall
from tests.integration.tenders.office import DEADLINE
from tests.unit.bidding.examples import at


def test_an_objection_stops_the_tender_in_the_same_transaction_and_its_reply_lets_it_go_on(
    hall: Hall,
) -> None:
    tender = hall.publish()
    case = hall.object(tender)
    assert hall.office.state(tender) == "suspended"
    filed, _, begun = hall.office.entries()[-3:]
    assert isinstance(filed, ObjectionFiled)
    assert isinstance(begun, SuspensionBegun)
    assert begun.cause == f"objection-{case}"
    assert (filed.case, filed.reply.due) == (case, int(at(3, 7).timestamp()))
    with hall.committing() as session:
        objections.reply(
            *(session, hall.desk, hall.parties["招标人"], case, Reply.REJECTED, "图纸3已注明“或相当于”"),
            new_deadline=at(3, 27, 9, 30),
            now=at(3, 5, 17),
        )
    assert hall.office.state(tender) == "published"
    assert [type(one) for one in hall.entries(ObjectionReplied, SuspensionEnded)] == [
        ObjectionReplied,
        SuspensionEnded,
    ]
    clock = hall.clocks(case, at(4, 1))["objection-reply"]
    assert (clock.status, hall.case(case).outcome) == (Status.KEPT, "rejected")


def test_a_reply_that_leaves_too_little_time_names_the_earliest_deadline_and_changes_nothing(
    hall: Hall,
) -> None:
    tender = hall.publish()
    case = hall.object(tender, now=at(3, 12, 10))
    with hall.database.session() as session, pytest.raises(DeadlineError) as caught:
        objections.reply(
            *(session, hall.desk, hall.parties["招标人"], case, Reply.UPHELD, "将修改"), now=at(3, 24, 9)
        )
    assert caught.value.violations[0].earliest is not None
    assert (hall.case(case).state, hall.office.state(tender)) == ("filed", "suspended")


def test_a_late_reply_is_a_reply_and_the_clock_stays_missed(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.object(tender)
    with hall.committing() as session:
        objections.reply(
            *(session, hall.desk, hall.parties["招标人"], case, Reply.PARTLY, "迟复为歉"),
            new_deadline=at(4, 10, 9, 30),
            now=at(3, 9, 9),
        )
    assert hall.clocks(case, at(3, 10))["objection-reply"].status is Status.MISSED
    assert hall.office.state(tender) == "published"


def test_withdrawn_by_who_raised_it_the_tender_goes_on_with_no_less_time_than_was_left(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.object(tender, now=at(3, 12, 10))
    with hall.committing() as session:
        objections.withdraw(session, hall.desk, hall.parties["甲公司"], case, "已澄清", now=at(3, 26, 10))
    assert hall.office.state(tender) == "published"
    with hall.database.session() as session:
        facts = hall.desk.tenders.facts(session, tender, now=at(3, 26, 10))
    assert facts is not None
    left = DEADLINE - at(3, 12, 10)
    assert facts.lots[0].deadline >= at(3, 26, 10) + left
    assert hall.entries(ObjectionWithdrawn)
    assert hall.clocks(case, at(3, 27))["objection-reply"].status is Status.MISSED


def test_two_objections_each_have_to_be_answered_before_the_tender_goes_on(hall: Hall) -> None:
    tender = hall.publish()
    first, second = hall.object(tender), hall.object(tender, "乙公司")
    for case, state in ((first, "suspended"), (second, "published")):
        with hall.committing() as session:
            objections.reply(
                *(session, hall.desk, hall.parties["招标人"], case, Reply.REJECTED, "不成立"),
                new_deadline=at(3, 30, 9, 30),
                now=at(3, 5, 9),
            )
        assert hall.office.state(tender) == state


def test_a_tender_that_was_cancelled_meanwhile_can_still_be_replied_to(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.object(tender)
    with hall.committing() as session:
        changing.cancel(session, tender, "资金未落实", now=at(3, 4, 9))
    with hall.committing() as session:
        objections.reply(
            *(session, hall.desk, hall.parties["招标人"], case, Reply.UPHELD, "项目已终止"), now=at(3, 4, 10)
        )
    assert (hall.case(case).state, hall.office.state(tender)) == ("replied", "cancelled")


def test_a_challenge_in_procurement_stops_nothing(hall: Hall) -> None:
    tender = hall.publish("cn-procurement", at(3, 2, 9))
    case = hall.object(tender, now=at(3, 11, 23, 59) - timedelta(minutes=1))
    assert hall.office.state(tender) == "published"
    assert hall.clocks(case, at(3, 12))["objection-reply"].due_at == at(3, 21)
    with pytest.raises(OutOfTimeError):
        hall.object(tender, "乙公司", now=at(3, 12))


def test_candidates_are_objected_to_by_others_too_and_the_award_waits(hall: Hall) -> None:
    tender = hall.publish()
    hall.show_candidates(tender, at(4, 3))
    hall.object(tender, matter=Matter.RESULT, capacity=Capacity.INTERESTED, now=at(4, 2, 23))
    assert hall.office.state(tender) == "suspended"
    with pytest.raises(FilingError):
        hall.object(tender, "乙公司", matter=Matter.RESULT, capacity=Capacity.BIDDER, now=at(4, 2, 23))


def test_the_ledger_and_everybody_but_the_filer_learn_nothing_of_who_objects(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.object(tender)
    second = hall.object(tender)
    leaves = b"".join(encode(one) for one in hall.office.entries())
    assert "甲公司".encode() not in leaves
    assert CODES["甲公司"].encode() not in leaves
    one, other = hall.entries(ObjectionFiled)
    assert isinstance(one, ObjectionFiled)
    assert isinstance(other, ObjectionFiled)
    assert one.party != other.party, "two objections of one party can be told to be so"
    with hall.database.session() as session:
        row = reading.get(session, case)
        for who, part in (("招标人", "tenderee"), ("某住建局", "supervisor")):
            assert reading.part_of(row, hall.parties[who]) == part
            assert reading.filer_of(session, hall.desk, row, part, now=at(3, 4)) is None
            steps = reading.steps(session, row)
            assert all("甲公司".encode() not in (step.record or b"") for step in steps)
        mine = reading.filer_of(session, hall.desk, row, "filer", now=at(3, 4))
        assert mine is not None
        assert mine.name == "甲公司"
        with pytest.raises(UnknownCaseError):
            reading.part_of(row, hall.parties["乙公司"])
    assert second != case


def test_after_the_opening_the_tenderee_learns_who_objected(hall: Hall) -> None:
    tender = hall.publish()
    hall.show_candidates(tender, at(4, 3))
    case = hall.object(tender, matter=Matter.RESULT, capacity=Capacity.INTERESTED, now=at(4, 1, 9))
    with hall.database.session() as session:
        row = reading.get(session, case)
        who = reading.filer_of(session, hall.desk, row, "tenderee", now=at(4, 2))
    assert who is not None
    assert who.name == "甲公司"


def test_what_is_filed_wrongly_is_refused_and_leaves_nothing(hall: Hall) -> None:
    tender = hall.publish()
    before = len(hall.office.entries())
    with pytest.raises(UnknownCaseError):
        hall.object("nosuch")
    with pytest.raises(FilingError):
        hall.object(tender, "招标人")
    with pytest.raises(CaseError):
        hall.object(tender, text="   ")
    with pytest.raises(OutOfTimeError):
        hall.object(tender, now=at(3, 16))
    assert len(hall.office.entries()) == before
    assert hall.office.state(tender) == "published"


def test_only_a_few_open_cases_of_one_party_at_a_time(hall: Hall) -> None:
    tender = hall.publish()
    for _ in range(objections.MOST_OPEN):
        hall.object(tender)
    with pytest.raises(CaseError, match="10 open cases"):
        hall.object(tender)
    assert hall.object(tender, "乙公司")


def test_what_was_answered_is_not_answered_or_withdrawn_again(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.object(tender)
    said = (hall.desk, hall.parties["招标人"], case, Reply.REJECTED, "不成立")
    with hall.committing() as session:
        objections.reply(session, *said, new_deadline=at(3, 30, 9), now=at(3, 5, 9))
    with hall.database.session() as session, pytest.raises(StepError):
        objections.reply(session, *said, now=at(3, 5, 10))
    with hall.database.session() as session, pytest.raises(StepError):
        objections.withdraw(session, hall.desk, hall.parties["甲公司"], case, "x", now=at(3, 5, 10))


def test_a_year_without_a_calendar_refuses_the_filing_whole(hall: Hall) -> None:
    tender = hall.publish()
    hall.show_candidates(tender, at(12, 30))
    with pytest.raises(UnknownYearError, match="2027"):
        hall.object(tender, matter=Matter.RESULT, capacity=Capacity.INTERESTED, now=at(12, 29, 10))
    assert hall.office.state(tender) == "candidates-published"
    assert not hall.entries(ObjectionFiled)
