"""The methods and the named formulas, on figures worked out by hand."""

from fractions import Fraction

import pytest

from bidding.evaluation import Comprehensive, LowestEvaluatedPrice, rounded
from bidding.price_formulas import DeviationFromLowest, DeviationFromMean, PriceFormula, RatioToLowest

PRICES = {"a": 9_000, "b": 10_000, "c": 12_000}


def test_the_lowest_price_has_full_points_and_others_in_proportion() -> None:
    assert RatioToLowest().points(PRICES) == {"a": 100, "b": 90, "c": 75}


def test_each_percent_above_the_lowest_costs_its_points() -> None:
    found = DeviationFromLowest(50).points({"a": 10_000, "b": 10_300, "c": 40_000})
    assert found == {"a": 100, "b": Fraction(197, 2), "c": 0}  # 3% at half a point; never below 0


def test_deviation_from_the_mean_costs_more_above_than_below() -> None:
    formula = DeviationFromMean(above=200, below=100)
    prices = {"a": 9_500, "b": 10_000, "c": 10_500}
    assert formula.points(prices) == {"a": 95, "b": 100, "c": 90}


def test_the_mean_leaves_out_the_highest_and_the_lowest_where_there_are_enough() -> None:
    prices = {"a": 1, "b": 10_000, "c": 11_000, "d": 12_000, "e": 99_999}
    assert DeviationFromMean(100, 100, trims_from=5).base(prices) == 11_000
    assert DeviationFromMean(100, 100, trims_from=6).base(prices) == Fraction(133_000, 5)
    assert DeviationFromMean(100, 100, trims_from=5, reduction=500).base(prices) == 10_450


@pytest.mark.parametrize("formula", [RatioToLowest(), DeviationFromLowest(100), DeviationFromMean(1, 1)])
def test_prices_are_above_zero(formula: PriceFormula) -> None:
    for prices in ({}, {"a": 0}, {"a": 1, "b": -1}):
        with pytest.raises(ValueError, match="above 0"):
            formula.points(prices)


def test_scores_add_up_by_weight() -> None:
    method = Comprehensive({"price": 3_000, "technical": 6_000, "service": 1_000}, RatioToLowest())
    points = {
        "technical": {"a": Fraction(80), "b": Fraction(90), "c": Fraction(100)},
        "service": {"a": Fraction(50), "b": Fraction(70), "c": Fraction(100)},
    }
    assert method.scores(PRICES, points) == {"a": 83, "b": 88, "c": Fraction(185, 2)}


@pytest.mark.parametrize(
    "points", [{}, {"technical": {"a": Fraction(1)}}, {"technical": dict.fromkeys(PRICES, Fraction(101))}]
)
def test_points_are_complete_and_within_bounds(points: dict[str, dict[str, Fraction]]) -> None:
    method = Comprehensive({"price": 5_000, "technical": 5_000}, RatioToLowest())
    with pytest.raises(ValueError, match="points"):
        method.scores(PRICES, points)


def test_the_evaluated_price_adds_what_the_documents_state() -> None:
    method = LowestEvaluatedPrice()
    assert method.evaluated(PRICES, {"a": 2_000, "c": -500}) == {"a": 11_000, "b": 10_000, "c": 11_500}
    with pytest.raises(KeyError):
        method.evaluated(PRICES, {"x": 1})


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (Fraction(0), "0.00"),
        (Fraction(100), "100.00"),
        (Fraction(200, 3), "66.67"),
        (Fraction(1, 3), "0.33"),
        (Fraction(85_005, 1000), "85.01"),
        (Fraction(85_00499, 100_000), "85.00"),
    ],
)
def test_scores_are_shown_half_up_with_two_decimals(score: Fraction, text: str) -> None:
    assert rounded(score) == text
