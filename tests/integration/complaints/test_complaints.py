"""Complaints from filing to decision: examined, forwarded, joined, tested, withdrawn, decided on the last day."""

import json
from datetime import datetime, timedelta

import pytest

from ledger.entries import (
    ComplaintAccepted,
    ComplaintCorrectionAsked,
    ComplaintDecided,
    ComplaintFiled,
    ComplaintForwarded,
    ComplaintJoined,
    ComplaintNotAccepted,
    ComplaintWithdrawn,
    DecisionClockStopped,
)
from oversight.complaints import examining, investigation, objections, reading, suspending
from oversight.complaints.clocks import Status
from oversight.complaints.complaints import of_authority
from oversight.complaints.errors import CaseError, FilingError, StepError, UnknownCaseError
from oversight.complaints.records import hash_of
from oversight.complaints.words import Capacity, Ground, Matter, Outcome, Reply, Stop
from statutes.errors import OutOfTimeError, UnknownYearError
from tests.integration.complaints.hall import Hall
from tests.unit.bidding.examples import at

ACCEPTANCE, DECISION = "complaint-acceptance", "complaint-decision"
ACCEPTED = at(3, 11, 10)


def replied(hall: Hall, tender: str, who: str = "甲公司") -> str:
    """An objection of the 3rd, replied to on the 5th."""
    case = hall.object(tender, who)
    with hall.committing() as session:
        objections.reply(
            *(session, hall.desk, hall.parties["招标人"], case, Reply.REJECTED, "不成立"),
            new_deadline=at(4, 10, 9, 30) if who == "甲公司" else None,
            now=at(3, 5, 9),
        )
    return case


def accept(hall: Hall, case: str, now: datetime = ACCEPTED, by: str = "某发展改革委") -> None:
    with hall.committing() as session:
        examining.accept(session, hall.desk, hall.parties[by], case, "符合受理条件", now=now)


def decide(
    hall: Hall, case: str, now: datetime, outcome: Outcome = Outcome.UPHELD, text: str = "图纸3应当修改"
) -> None:
    with hall.committing() as session:
        investigation.decide(session, hall.desk, hall.parties["某发展改革委"], case, outcome, text, now=now)


def test_decided_on_its_last_day_every_clock_was_kept(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    accept(hall, case, now=at(3, 11, 23, 59))
    decide(hall, case, at(4, 23, 23, 59))
    found = hall.clocks(case, at(5, 1))
    assert {rule: one.status for rule, one in found.items()} == {
        ACCEPTANCE: Status.KEPT,
        DECISION: Status.KEPT,
    }
    row = hall.case(case)
    assert row.decision is not None
    (entry,) = hall.entries(ComplaintDecided)
    assert isinstance(entry, ComplaintDecided)
    assert entry.decision == hash_of(row.decision)
    shown = json.loads(row.decision)
    assert (shown["outcome"], shown["authority"]) == ("upheld", "某发展改革委")
    assert "甲公司" not in row.decision.decode()


def test_a_second_later_it_is_decided_too_and_missed(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    accept(hall, case, now=at(3, 12))
    decide(hall, case, at(4, 27))
    found = hall.clocks(case, at(5, 1))
    assert {one.status for one in found.values()} == {Status.MISSED}


def test_testing_takes_time_that_does_not_count_and_ends_by_itself(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    accept(hall, case)
    authority = hall.parties["某发展改革委"]
    assert hall.clocks(case, at(3, 12))[DECISION].due_at == at(4, 24)
    with hall.committing() as session:
        measure = (session, hall.desk, authority, case, Stop.TESTING, at(3, 27, 18), "委托检测机构检测样品")
        number = investigation.stop(*measure, now=at(3, 16, 9)).number
    # The 17th to the 27th stand, nine working days: over Labour Day, to a Saturday that is worked
    assert hall.clocks(case, at(3, 17))[DECISION].due_at == at(5, 10)
    with hall.committing() as session:
        investigation.resume(session, hall.desk, authority, case, number, "检测完毕", now=at(3, 20, 18))
    assert hall.clocks(case, at(3, 21))[DECISION].due_at == at(4, 30)
    with hall.database.session() as session, pytest.raises(StepError):
        investigation.resume(session, hall.desk, authority, case, number, "再次", now=at(3, 21, 18))
    measure_ = (hall.desk, authority, case, Stop.APPRAISAL, at(8, 1), "鉴定")
    with hall.database.session() as session, pytest.raises(OutOfTimeError) as caught:
        investigation.stop(session, *measure_, now=at(3, 30, 9))
    assert caught.value.rule == "testing-time"
    assert len(hall.entries(DecisionClockStopped)) == 1


def test_a_measure_after_the_end_revives_no_clock(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    accept(hall, case)
    with hall.committing() as session:
        investigation.stop(
            *(session, hall.desk, hall.parties["某发展改革委"], case, Stop.TESTING, at(5, 30), "迟到的检测"),
            now=at(4, 24, 9),
        )
    assert hall.clocks(case, at(4, 25))[DECISION].status is Status.OVERDUE


def test_the_wrong_authority_forwards_and_no_clock_begins_anew(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    due = hall.clocks(case, at(3, 6, 18))[ACCEPTANCE].due_at
    housing = hall.parties["某住建局"].organisation
    with hall.committing() as session:
        said = (session, hall.desk, hall.parties["某发展改革委"], case, housing, "属住建部门职责")
        examining.forward(*said, now=at(3, 10, 9))
    assert hall.clocks(case, at(3, 10, 10))[ACCEPTANCE].due_at == due
    with pytest.raises(UnknownCaseError):
        accept(hall, case, now=at(3, 10, 11))
    with hall.committing() as session:
        said = (session, hall.desk, hall.parties["某住建局"], case, housing, "给自己")
        with pytest.raises(FilingError):
            examining.forward(*said, now=at(3, 10, 12))
    accept(hall, case, now=at(3, 11, 9), by="某住建局")
    (entry,) = hall.entries(ComplaintForwarded)
    assert isinstance(entry, ComplaintForwarded)
    assert entry.authority == "某住建局"


def test_the_authority_that_received_the_same_first_handles_it(hall: Hall) -> None:
    tender = hall.publish()
    objection = replied(hall, tender)
    hall.complain(tender, objection, now=at(3, 6, 9))
    second = hall.complain(tender, objection, to="某住建局", now=at(3, 9, 9))
    assert hall.case(second).authority == hall.parties["某发展改革委"].organisation
    assert [type(one) for one in hall.entries(ComplaintFiled, ComplaintForwarded)] == [
        ComplaintFiled,
        ComplaintFiled,
        ComplaintForwarded,
    ]


def test_joined_complaints_are_decided_together_each_by_its_own_clock(hall: Hall) -> None:
    tender = hall.publish()
    first, second = replied(hall, tender), replied(hall, tender, "乙公司")
    one = hall.complain(tender, first, now=at(3, 6, 9))
    two = hall.complain(tender, second, "乙公司", now=at(3, 9, 9))
    authority = hall.parties["某发展改革委"]
    with hall.database.session() as session, pytest.raises(StepError):
        examining.join(session, hall.desk, authority, two, one, "同一事项", now=at(3, 9, 10))
    accept(hall, one, now=at(3, 10, 9))
    accept(hall, two, now=at(3, 12, 9))
    with hall.committing() as session:
        examining.join(session, hall.desk, authority, two, one, "同一事项", now=at(3, 13, 9))
    with hall.database.session() as session, pytest.raises(FilingError):
        examining.join(session, hall.desk, authority, one, two, "反过来", now=at(3, 13, 10))
    with pytest.raises(StepError):
        decide(hall, two, at(4, 1))
    assert hall.clocks(one, at(4, 1))[DECISION].due_at != hall.clocks(two, at(4, 1))[DECISION].due_at
    decide(hall, one, at(4, 24, 9))
    assert (hall.case(one).state, hall.case(two).state) == ("decided", "decided")
    assert hall.clocks(one, at(5, 1))[DECISION].status is Status.MISSED
    assert hall.clocks(two, at(5, 1))[DECISION].status is Status.KEPT
    assert len(hall.entries(ComplaintJoined)) == 1
    assert len(hall.entries(ComplaintDecided)) == 2


def test_what_is_joined_goes_on_when_the_lead_is_withdrawn(hall: Hall) -> None:
    tender = hall.publish("cn-procurement", at(3, 2, 9))
    cases = []
    for who in ("甲公司", "乙公司"):
        objection = hall.object(tender, who)
        cases.append(hall.complain(tender, objection, who, now=at(3, 13, 9)))
        accept(hall, cases[-1], now=at(3, 16, 9))
    with hall.committing() as session:
        said = (session, hall.desk, hall.parties["某发展改革委"], cases[1], cases[0], "同一事项")
        examining.join(*said, now=at(3, 17, 9))
    with hall.committing() as session:
        investigation.withdraw(
            session, hall.desk, hall.parties["甲公司"], cases[0], "已和解", now=at(3, 18, 9)
        )
    assert (hall.case(cases[0]).state, hall.case(cases[1]).lead) == ("withdrawn", None)
    decide(hall, cases[1], at(3, 20), Outcome.DISMISSED, "缺乏事实依据")


def test_a_correction_is_given_once_where_the_law_gives_time_for_it(hall: Hall) -> None:
    tender = hall.publish("cn-procurement", at(3, 2, 9))
    case = hall.complain(tender, hall.object(tender), now=at(3, 13, 9))
    authority, filer = hall.parties["某发展改革委"], hall.parties["甲公司"]
    assert hall.clocks(case, at(3, 13, 10))[ACCEPTANCE].due_at == at(3, 19)
    said_ = (hall.desk, authority, case, at(4, 10), "补正授权书")
    with hall.database.session() as session, pytest.raises(OutOfTimeError):
        examining.ask_correction(session, *said_, now=at(3, 16, 9))
    with hall.committing() as session:
        said = (session, hall.desk, authority, case, at(3, 23, 18), "补正授权书")
        examining.ask_correction(*said, now=at(3, 16, 9))
    assert hall.clocks(case, at(3, 16, 10))[ACCEPTANCE].due_at == at(3, 26)
    with pytest.raises(StepError):
        accept(hall, case, now=at(3, 17, 9))
    with hall.committing() as session:
        examining.correct(session, hall.desk, filer, case, "附授权书", now=at(3, 18, 9))
    assert hall.clocks(case, at(3, 18, 10))[ACCEPTANCE].due_at == at(3, 21)
    said_ = (hall.desk, authority, case, at(3, 23, 18), "再补正")
    with hall.database.session() as session, pytest.raises(StepError):
        examining.ask_correction(session, *said_, now=at(3, 19, 9))
    accept(hall, case, now=at(3, 20, 9))
    # From the receipt on the 13th, without the two days of the correction
    assert hall.clocks(case, at(3, 20, 10))[DECISION].due_at == at(4, 30)
    assert len(hall.entries(ComplaintCorrectionAsked)) == 1


def test_what_is_not_corrected_in_time_is_not_accepted_and_the_clock_runs_again(hall: Hall) -> None:
    tender = hall.publish("cn-procurement", at(3, 2, 9))
    case = hall.complain(tender, hall.object(tender), now=at(3, 13, 9))
    authority, filer = hall.parties["某发展改革委"], hall.parties["甲公司"]
    with hall.committing() as session:
        said = (session, hall.desk, authority, case, at(3, 18, 9), "补正授权书")
        examining.ask_correction(*said, now=at(3, 16, 9))
    with hall.database.session() as session, pytest.raises(OutOfTimeError):
        examining.correct(session, hall.desk, filer, case, "晚了", now=at(3, 18, 9))
    with hall.committing() as session:
        refusal = (session, hall.desk, authority, case, Ground.NOT_CORRECTED, "未按期补正")
        examining.refuse(*refusal, now=at(3, 20, 23))
    assert hall.clocks(case, at(4, 1))[ACCEPTANCE].status is Status.KEPT
    (entry,) = hall.entries(ComplaintNotAccepted)
    assert isinstance(entry, ComplaintNotAccepted)
    assert entry.ground == "not-corrected"


def test_tendering_law_knows_no_correction(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    said_ = (hall.desk, hall.parties["某发展改革委"], case, at(3, 10), "补正")
    with hall.database.session() as session, pytest.raises(StepError):
        examining.ask_correction(session, *said_, now=at(3, 9, 9))


def test_withdrawal_after_acceptance_needs_the_authority_in_tendering(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    accept(hall, case)
    authority, filer = hall.parties["某发展改革委"], hall.parties["甲公司"]
    with hall.committing() as session:
        investigation.withdraw(session, hall.desk, filer, case, "不再投诉", now=at(3, 12, 9))
    assert hall.case(case).state == "accepted"
    for allow, state in ((False, "accepted"), (True, "withdrawn")):
        with hall.committing() as session:
            said = (session, hall.desk, authority, case, "已查明")
            if not allow:
                investigation.answer_withdrawal(*said, allow=False, now=at(3, 13, 9))
            else:
                investigation.withdraw(session, hall.desk, filer, case, "仍不再投诉", now=at(3, 14, 9))
                investigation.answer_withdrawal(*said, allow=True, now=at(3, 16, 9))
        assert hall.case(case).state == state
    assert len(hall.entries(ComplaintWithdrawn)) == 1
    assert hall.clocks(case, at(6, 1))[DECISION].status is Status.ENDED


def test_fabricated_complaints_are_dismissed_and_on_record(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    accept(hall, case)
    decide(hall, case, at(3, 20), Outcome.FABRICATED, "投诉人所附检测报告系伪造，予以驳回")
    with hall.database.session() as session:
        ((found, who),) = reading.fabricated(session)
    assert (found.id, who.name) == (case, "甲公司")


def test_no_decision_names_who_complained_before_the_opening(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    accept(hall, case)
    for text in ("甲 公司的投诉成立", "91110000600037341l 的投诉成立"):
        with pytest.raises(CaseError, match="the complainant") as caught:
            decide(hall, case, at(3, 20), text=text)
        assert "甲" not in str(caught.value)
    hall.show_candidates(tender, at(4, 3))
    decide(hall, case, at(4, 1), text="甲公司的投诉成立")


def test_an_order_stops_the_tender_until_the_decision_and_is_given_once(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    accept(hall, case)
    authority = hall.parties["某发展改革委"]
    with hall.committing() as session:
        row, _ = of_authority(session, authority, case)
        suspending.order(session, hall.desk, authority, row, "可能影响中标结果", now=at(3, 12, 9))
    assert hall.office.state(tender) == "suspended"
    assert hall.suspensions(tender)[-1].rule == "suspension-order"
    decide(hall, case, at(4, 20, 9))
    assert hall.office.state(tender) == "published"
    assert hall.case(case).suspended_until is None, "条62 says not how long"


def test_complaints_that_may_not_be_filed(hall: Hall) -> None:
    tender = hall.publish()
    objection = replied(hall, tender)
    with pytest.raises(UnknownCaseError):
        hall.complain(tender, objection, "乙公司")  # another's objection
    with pytest.raises(FilingError) as caught:
        hall.complain(tender, "")
    assert caught.value.rule == "objection-first"
    with pytest.raises(OutOfTimeError):
        hall.complain(tender, objection, now=at(3, 17))
    with pytest.raises(FilingError):
        hall.complain(tender, objection, matter=Matter.PREQUALIFICATION)
    assert hall.complain(tender, matter=Matter.PROCESS, capacity=Capacity.INTERESTED, now=at(3, 12, 23))
    assert len(hall.entries(ComplaintFiled)) == 1


def test_the_tenderee_reads_a_complaint_once_it_is_accepted(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    with pytest.raises(UnknownCaseError):
        reading.part_of(hall.case(case), hall.parties["招标人"])
    accept(hall, case)
    assert reading.part_of(hall.case(case), hall.parties["招标人"]) == "tenderee"
    with pytest.raises(UnknownCaseError):
        reading.part_of(hall.case(case), hall.parties["某住建局"])


def test_the_board_finds_what_is_near_and_overdue(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(tender, replied(hall, tender), now=at(3, 6, 17))
    accept(hall, case)

    def shown(clock: str, now: datetime) -> list[str]:
        with hall.database.session() as session:
            return [one.id for one in reading.board(session, clock=clock, now=now)]

    assert shown("running", at(4, 15)) == [case]
    assert shown("near", at(4, 16)) == [case]
    assert shown("overdue", at(4, 23, 23)) == []
    assert shown("overdue", at(4, 24)) == [case]
    assert shown("missed", at(4, 24)) == [case]
    with hall.database.session() as session:
        assert reading.counts(session, now=at(4, 24)) == {"running": 0, "near": 0, "overdue": 1, "missed": 1}


def test_a_year_without_a_calendar_refuses_the_acceptance_and_leaves_the_case_as_it_was(hall: Hall) -> None:
    tender = hall.publish()
    case = hall.complain(
        tender,
        matter=Matter.PROCESS,
        capacity=Capacity.INTERESTED,
        now=at(11, 27, 10),
        knowing=at(11, 20, 10),
    )
    with pytest.raises(UnknownYearError, match="2027"):
        accept(hall, case, now=at(11, 30, 10))
    assert hall.case(case).state == "filed"
    assert not hall.entries(ComplaintAccepted)
    assert hall.clocks(case, at(12, 3))[ACCEPTANCE].status is Status.OVERDUE
    assert at(12, 3) - at(11, 27, 10) > timedelta(days=5)
