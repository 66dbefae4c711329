"""The rules on a lot, each broken alone."""

from dataclasses import replace
from typing import Any

import pytest

from bidding.errors import LotError, PriceError
from bidding.evaluation import Comprehensive
from bidding.lot import Audience, Part
from bidding.lot_rules import (
    bond_cap,
    check_lot,
    lot_violations,
    performance_bond_cap,
    require_within_ceiling,
)
from bidding.price_formulas import DeviationFromLowest, DeviationFromMean, RatioToLowest
from tests.unit.bidding.examples import LOT, PROCUREMENT, TENDER, TRAINING

PRICE = Part(name="price", audience=Audience.PUBLIC, has_price=True)
GOOD = Comprehensive({"price": 6000, "technical": 4000}, RatioToLowest())


def test_the_example_is_allowed_under_every_profile() -> None:
    for statute in (TENDER, PROCUREMENT, TRAINING):
        check_lot(statute, LOT, replace(LOT, id="2", method=GOOD))


@pytest.mark.parametrize(
    ("change", "rule", "subject"),
    [
        ({"bond": 10_000_001}, "bond-cap", "bond"),
        ({"minimum": 0}, "no-minimum-price", "minimum"),
        ({"performance_bond_percent": 11}, "performance-bond-cap", "performance_bond_percent"),
        ({"performance_bond_percent": -1}, "performance-bond-cap", "performance_bond_percent"),
        ({"estimate": 0}, "lot-complete", "estimate"),
        ({"ceiling": 0}, "lot-complete", "ceiling"),
        ({"ceiling": -1}, "lot-complete", "ceiling"),
        ({"bond": -1}, "lot-complete", "bond"),
        ({"parts": ()}, "lot-complete", "parts"),
        ({"parts": (replace(PRICE, has_price=False),)}, "lot-complete", "parts"),
        ({"parts": (PRICE, replace(PRICE, name="price-2"))}, "lot-complete", "parts"),
        ({"parts": (PRICE, replace(PRICE, has_price=False))}, "lot-complete", "parts"),
        ({"parts": (replace(PRICE, name="Price"),)}, "lot-complete", "parts"),
        ({"parts": (replace(PRICE, audience=Audience.COMMITTEE),)}, "price-read-out", "parts"),
        ({"parts": (replace(PRICE, after="technical"),)}, "lot-complete", "parts"),
        ({"parts": (replace(PRICE, after="price"),)}, "lot-complete", "parts"),
        ({"method": Comprehensive({"price": 6000, "x": 3999}, RatioToLowest())}, "award-criteria", "method"),
        ({"method": Comprehensive({"price": 10001, "x": -1}, RatioToLowest())}, "award-criteria", "method"),
        ({"method": Comprehensive({"technical": 10000}, RatioToLowest())}, "award-criteria", "method"),
        ({"method": Comprehensive({"price": 10000}, DeviationFromLowest(0))}, "award-criteria", "method"),
        ({"method": Comprehensive({"price": 10000}, DeviationFromMean(100, -1))}, "award-criteria", "method"),
        ({"method": Comprehensive({"price": 10000}, DeviationFromMean(1, 1, 2))}, "award-criteria", "method"),
        (
            {"method": Comprehensive({"price": 10000}, DeviationFromMean(1, 1, 0, 5001))},
            "award-criteria",
            "method",
        ),
    ],
)
def test_one_rule_broken(change: dict[str, Any], rule: str, subject: str) -> None:
    [found] = lot_violations(TENDER, replace(LOT, **change))
    assert (found.rule, found.subject) == (rule, subject)
    assert found.articles == TENDER.rule(rule).articles
    assert found.said.zh
    assert found.said.en


def test_parts_in_a_circle_are_refused() -> None:
    first = Part(name="a", audience=Audience.COMMITTEE, after="b")
    second = Part(name="b", audience=Audience.COMMITTEE, after="a")
    assert len(lot_violations(TENDER, replace(LOT, parts=(first, second, PRICE)))) == 2


def test_one_error_carries_the_violations_of_all_lots() -> None:
    with pytest.raises(LotError) as error:
        check_lot(TENDER, replace(LOT, bond=10**9), replace(LOT, minimum=1, bond=10**9))
    rules = [found.rule for found in error.value.violations]
    assert rules == ["bond-cap", "bond-cap", "no-minimum-price", "lot-complete"]
    assert "人民币100,000.00元" in error.value.said.zh


def test_caps_round_down_to_the_fen() -> None:
    assert bond_cap(TENDER, replace(LOT, estimate=12_345)) == 246
    assert performance_bond_cap(TENDER, 12_349) == 1_234


def test_a_price_at_the_ceiling_is_within_it() -> None:
    require_within_ceiling(TENDER, LOT, 480_000_000)
    require_within_ceiling(TENDER, replace(LOT, ceiling=None), 10**12)
    with pytest.raises(PriceError) as error:
        require_within_ceiling(TENDER, LOT, 480_000_001)
    assert error.value.articles == ("条51",)
    assert "CNY 4,800,000.01" in error.value.said.en
