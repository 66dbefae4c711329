"""What may be demanded, and how it may be answered (URDG 758)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from guarantees.after.demand_rules import Answer, Attached, check_answer, check_demand, examine_by
from guarantees.errors import RefusedError
from guarantees.undertaking import GROUNDS
from tests.guarantee_example import UNDERTAKING
from tests.unit.bidding.examples import TENDER, TRAINING, at

NOW = at(4, 3, 10)
PROOF = (Attached("proof.pdf", "ab" * 32),)


def demanded(**changes: Any) -> str:
    """The code of the refusal; empty if there is none."""
    given: dict[str, Any] = {
        "state": "presented",
        "expiry": at(7, 1),
        "amount": UNDERTAKING.amount,
        "extension_days": 0,
        "ground": GROUNDS[0],
        "statement": "投标人在截止后撤销了投标文件。",
        "documents": (),
        "now": NOW,
        "undertaking": UNDERTAKING,
    } | changes
    try:
        check_demand(given.pop("undertaking"), **given)
    except RefusedError as error:
        return error.code
    return ""


def answered(answer: Answer, **changes: Any) -> str:
    given: dict[str, Any] = {
        "state": "open",
        "examine_until": at(4, 11),
        "extension_days": 30,
        "reasons": ("no statement of breach",),
        "documents": PROOF,
        "now": NOW,
    } | changes
    try:
        check_answer(answer, **given)
    except RefusedError as error:
        return error.code
    return ""


def test_five_business_days_leave_out_the_day_itself_and_the_holiday() -> None:
    assert examine_by(TENDER, at(3, 4, 23)) == at(3, 12)  # Wednesday: Thu, Fri, Mon, Tue, Wed
    assert examine_by(TENDER, at(4, 3, 10)) == at(4, 14)  # Friday before Qingming, whose Monday is off
    assert examine_by(TENDER, at(2, 12, 10)) == at(2, 27)  # 13, 14 (a Saturday at work), 24, 25, 26 February
    assert examine_by(TENDER, at(4, 29, 10)) == at(5, 10)  # 30 April, 6, 7, 8, 9 May (a Saturday at work)
    assert examine_by(TENDER, at(9, 29, 10)) == at(
        10, 13
    )  # 30 September, 8, 9, 10 (a Saturday at work), 12 October
    assert examine_by(TRAINING, NOW) == NOW + timedelta(minutes=5)


def test_the_whole_is_demanded_of_a_standing_guarantee_also_after_a_refusal() -> None:
    assert demanded() == ""
    assert demanded(state="refused") == ""


def test_a_demand_is_refused_by_the_rule_that_it_breaks() -> None:
    assert demanded(state="demanded") == "demand-state"
    assert demanded(state="released") == "demand-state"
    assert demanded(now=at(7, 2)) == "demand-expired"
    assert demanded(ground="because") == "demand-ground"
    assert demanded(statement=" ") == "demand-statement"
    assert demanded(amount=0) == "demand-amount"
    assert demanded(amount=UNDERTAKING.amount + 1) == "demand-amount"
    assert demanded(extension_days=256) == "demand-extension"


def test_a_partial_demand_only_where_it_is_allowed() -> None:
    part = UNDERTAKING.amount - 1
    assert demanded(amount=part) == "demand-partial"
    allowed = replace(UNDERTAKING, demand=replace(UNDERTAKING.demand, partial=True))
    assert demanded(amount=part, undertaking=allowed) == ""


def test_the_documents_that_the_guarantee_asks_for_come_with_the_demand() -> None:
    asks = replace(UNDERTAKING, demand=replace(UNDERTAKING.demand, documents=("award notice",)))
    assert demanded(undertaking=asks) == "demand-documents"
    assert demanded(undertaking=asks, documents=(Attached("award notice", "ab" * 32),)) == ""


@pytest.mark.parametrize("answer", list(Answer))
def test_a_demand_is_answered_in_time(answer: Answer) -> None:
    assert answered(answer) == ""
    assert answered(answer, state="paid") == "answer-state"


def test_after_the_days_of_examination_nothing_is_left_but_to_pay() -> None:
    late = at(4, 11)
    assert answered(Answer.PAID, now=late) == ""
    assert answered(Answer.REFUSED, now=late) == "answer-too-late"
    assert answered(Answer.EXTENDED, now=late) == "answer-too-late"
    assert answered(Answer.REFUSED, now=late - timedelta(seconds=1)) == ""


def test_an_answer_says_what_it_must() -> None:
    assert answered(Answer.PAID, documents=()) == "answer-proof"
    assert answered(Answer.REFUSED, reasons=(" ",)) == "answer-reasons"
    assert answered(Answer.EXTENDED, extension_days=0) == "answer-extension"
