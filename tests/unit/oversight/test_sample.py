"""Samples reach their rate, and both sides of a double random check are drawn."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oversight.errors import MalformedDrawError
from oversight.sample import pair, sample, sample_size

SEED = b"\x09" * 64


@given(st.integers(0, 5000), st.fractions(Fraction(1, 1000), 1))
def test_sample_is_the_smallest_that_reaches_the_rate(population: int, rate: Fraction) -> None:
    size = sample_size(population, rate)
    assert size >= population * rate
    assert size == 0 or size - 1 < population * rate
    assert size <= population


def test_a_fifth_rounds_up() -> None:
    assert [sample_size(n, Fraction(1, 5)) for n in (0, 1, 5, 6, 23, 25)] == [0, 1, 1, 2, 5, 5]
    drawn = sample(SEED, 23)
    assert len(set(drawn)) == 5
    assert drawn == sample(SEED, 23)


def test_objects_and_inspectors_are_both_drawn() -> None:
    pairs = pair(SEED, 40, Fraction(1, 4), 9, 2)
    assert [p.item for p in pairs] == sample(SEED, 40, Fraction(1, 4))
    assert all(len(set(p.inspectors)) == 2 and max(p.inspectors) < 9 for p in pairs)
    assert len({p.inspectors for p in pairs}) > 1
    assert pair(bytes(64), 40, Fraction(1, 4), 9, 2) != pairs


@pytest.mark.parametrize(
    ("rate", "inspectors", "each"),
    [(Fraction(0), 3, 1), (Fraction(2), 3, 1), (Fraction(1), 3, 4), (Fraction(1), 3, 0)],
)
def test_rates_and_numbers_that_cannot_be(rate: Fraction, inspectors: int, each: int) -> None:
    with pytest.raises(MalformedDrawError):
        pair(SEED, 10, rate, inspectors, each)
