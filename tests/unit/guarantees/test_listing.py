"""What the supervisor's acts lead to: licences never reach back, keys end with the next one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crypto import party_keys
from guarantees.register.product import Product
from guarantees.register.standing import Act, fold
from ledger.entries import GuarantorListed, GuarantorResumed, GuarantorSuspended
from tests.guarantee_example import BANK, signed

START = datetime(2026, 3, 1, tzinfo=UTC)
KEY = signed().signature.key
OTHER = "302a300506032b6570032100" + "ee" * 32
LISTED = GuarantorListed(
    *("ledger.example", BANK.credit_code, BANK.name, "11" * 20, KEY, "age1" + "q" * 58),
    *(int(START.timestamp()) - 10**6, int(START.timestamp()) + 10**7, "cd" * 32, "ef" * 64),
)
SUSPENDED = GuarantorSuspended("ledger.example", BANK.credit_code, "capital", "cd" * 32, "ef" * 64)
RESUMED = GuarantorResumed("ledger.example", BANK.credit_code, "capital", "cd" * 32, "ef" * 64)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def licensed(at: datetime, *acts: Act) -> bool:
    found = fold(acts)
    return found is not None and any(one.at(at) for one in found.licences)


def test_a_licence_counts_from_its_act_until_its_end() -> None:
    acts = [Act(day(1), LISTED)]
    assert not licensed(day(0), *acts)
    assert licensed(day(1), *acts)
    assert not licensed(START + timedelta(seconds=10**7), *acts)
    assert fold([]) is None
    assert fold([Act(day(1), SUSPENDED)]) is None


def test_a_suspension_interrupts_and_what_lies_before_it_stands() -> None:
    acts = [Act(day(1), LISTED), Act(day(5), SUSPENDED), Act(day(8), RESUMED)]
    assert [licensed(day(number), *acts) for number in (2, 5, 7, 8)] == [True, False, False, True]


def test_a_new_listing_while_suspended_does_not_lift_the_suspension() -> None:
    acts = [Act(day(1), LISTED), Act(day(2), SUSPENDED), Act(day(3), LISTED)]
    assert not licensed(day(4), *acts)
    assert licensed(day(6), *acts, Act(day(5), RESUMED))


def test_a_listing_with_another_key_ends_the_first() -> None:
    found = fold([Act(day(1), LISTED), Act(day(3), LISTED), Act(day(5), replace(LISTED, key=OTHER))])
    assert found is not None
    first, second = found.keys
    assert (first.since, first.until, second.since, second.until) == (day(1), day(5), day(5), None)
    assert first.key_id == party_keys.key_id(bytes.fromhex(KEY))
    assert licensed(day(6), Act(day(1), LISTED), Act(day(5), replace(LISTED, key=OTHER)))


def test_a_premium_is_the_rate_rounded_up_and_the_minimum_at_least() -> None:
    product = Product(
        BANK.credit_code, "bid", 1, "保函", "Guarantee", "CNY", 1_234, 30_000, 1, 10**9, 90, (), None
    )
    assert product.premium(80_000_000) == 98_720
    assert product.premium(80_000_001) == 98_721
    assert product.premium(1_000) == 30_000
