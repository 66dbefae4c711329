"""Statistics, and the published figures of a half year reproduced from generated cases."""

import json
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.orm import Session

from guarantees.models import DemandRow, Guarantee
from guarantees.statistics import Demanded, Issued, Outcome, count, of_platform
from tests.environment import shared
from tests.guarantee_example import UNDERTAKING, signed

BEIJING = timezone(timedelta(hours=8))
SINCE, UNTIL = datetime(2021, 1, 1, tzinfo=BEIJING), datetime(2021, 7, 1, tzinfo=BEIJING)
FEN_A_WAN = 1_000_000


def guarantee(number: int, amount: int, issued_at: datetime, took: timedelta, **changed: object) -> Guarantee:
    made = {
        "id": number.to_bytes(32, "big"),
        "lot": f"lot-{number}",
        "tender": "tender",
        "bid": number,
        "number": f"BH-{number}",
        "guarantor": UNDERTAKING.issuer.credit_code,
        "applicant": UNDERTAKING.applicant.credit_code,
        "beneficiary": UNDERTAKING.beneficiary.credit_code,
        "amount": amount,
        "currency": "CNY",
        "applied_at": issued_at - took,
        "issued_at": issued_at,
        "expiry": issued_at + timedelta(days=120),
        "content": signed().to_bytes(),
        "state": "presented",
        "presented_at": issued_at + timedelta(days=10),
        "ended_at": None,
        "released_because": "",
        "replaced_by": None,
        "followed": 0,
    }
    return Guarantee(**{**made, **changed})


def generated(issued: int, freed: int) -> list[tuple[int, datetime, timedelta]]:
    """So many cases between the system's start and the half year's end, whose amounts come to exactly `freed` fen."""
    chance = random.Random(20210706)
    cuts = sorted(chance.sample(range(1, freed // 10_000), issued - 1))
    amounts = [(high - low) * 10_000 for low, high in zip([0, *cuts], [*cuts, freed // 10_000], strict=True)]
    start, end = datetime(2021, 1, 18, 9, tzinfo=BEIJING), UNTIL - timedelta(seconds=1)
    span = int((end - start).total_seconds())
    return [
        (
            amount,
            start + timedelta(seconds=chance.randrange(span)),
            timedelta(minutes=chance.randrange(5, 600)),
        )
        for amount in amounts
    ]


def test_the_published_half_year_is_reproduced_from_generated_cases(session: Session) -> None:
    published = json.loads(shared("data", "haikou-2021h1.json").read_text())["guarantees"]
    number, freed = published["issued"], int(published["capital_freed_wan_yuan"]) * FEN_A_WAN
    cases = generated(number, freed)
    session.add_all(guarantee(at, *case) for at, case in enumerate(cases))
    outside = [SINCE - timedelta(seconds=1), UNTIL, UNTIL + timedelta(days=30)]
    session.add_all(
        guarantee(1000 + at, 9 * FEN_A_WAN, when, timedelta(hours=1)) for at, when in enumerate(outside)
    )
    session.add(guarantee(2000, 5, SINCE, timedelta(0), currency="USD"))
    session.flush()
    found = of_platform(session, "CNY", since=SINCE, until=UNTIL)
    assert (found.number, found.freed // FEN_A_WAN, found.freed % FEN_A_WAN) == (279, 11_576, 0)
    assert found.sum == found.freed
    seconds = [took.total_seconds() for _, _, took in cases]
    assert found.average_seconds == round(sum(seconds) / len(seconds))
    assert (found.demands, found.guarantors) == (0, 1)


def test_an_amended_guarantee_is_counted_twice_and_frees_once(session: Session) -> None:
    at = datetime(2021, 3, 1, tzinfo=UTC)
    new = guarantee(2, 700, at + timedelta(days=5), timedelta(hours=2))
    session.add(new)
    session.flush()
    session.add(guarantee(1, 500, at, timedelta(hours=1), replaced_by=new.id))
    session.flush()
    found = of_platform(session, "CNY", since=SINCE, until=UNTIL)
    assert (found.number, found.sum, found.freed, found.average_seconds) == (2, 1200, 500, 5400)


def test_demands_count_when_they_are_made_and_by_what_came_of_them(session: Session) -> None:
    at = datetime(2021, 3, 1, tzinfo=UTC)
    for number, (state, amount) in enumerate(
        [("paid", 100), ("paid", 50), ("refused", 70), ("open", 10), ("extended", 30)]
    ):
        session.add(guarantee(number, 1000, at, timedelta(hours=1)))
        session.flush()
        session.add(
            DemandRow(
                guarantee=number.to_bytes(32, "big"), number=1, amount=amount, extension_days=0,
                grounds="bid-withdrawn", statement=b"{}", documents=[], made_at=at + timedelta(days=30),
                examine_by=at + timedelta(days=37), answer_by=None, state=state, reply=None,
                answered_at=None if state == "open" else at + timedelta(days=33),
            )
        )  # fmt: skip
    session.flush()
    found = of_platform(session, "CNY", since=SINCE, until=UNTIL)
    assert (found.demands, found.demanded) == (5, 260)
    assert found.outcomes == {
        "open": Outcome(1, 10),
        "paid": Outcome(2, 150),
        "refused": Outcome(1, 70),
        "extended": Outcome(1, 30),
    }
    later = of_platform(session, "CNY", since=UNTIL, until=UNTIL + timedelta(days=1))
    assert (later.demands, later.number, later.average_seconds) == (0, 0, None)
    other = of_platform(session, "CNY", since=SINCE, until=UNTIL, guarantor=UNDERTAKING.applicant.credit_code)
    assert (other.number, other.demands) == (0, 0)


def test_an_outcome_that_is_none_is_refused() -> None:
    at = datetime(2021, 3, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="outcome"):
        count([Issued("g", 1, at, at)], [Demanded(1, at, "won")], "CNY", since=SINCE, until=UNTIL)
