"""Draws: a permutation, stable in order, the same in a stranger's words, and fair."""

import hashlib
from collections import Counter
from itertools import islice

import pytest

from crypto.sampling import MAX_POPULATION, draw, draw_order


@pytest.mark.parametrize("population", [0, 1, 2, 3, 10, 1000])
def test_whole_order_is_a_permutation(population: int) -> None:
    assert sorted(draw_order(b"seed", population)) == list(range(population))


def test_taking_more_keeps_what_was_taken() -> None:
    order = list(draw_order(b"seed", 50))
    for count in range(51):
        assert draw(b"seed", 50, count) == order[:count]


def test_agrees_with_a_plain_shuffle() -> None:
    """The same shuffle over a whole list, written a second time from the specification."""

    def word(counter: int) -> int:
        field = b"sunseal/draw/v1"
        parts = [field, b"seed", counter.to_bytes(8, "big")]
        data = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return int.from_bytes(hashlib.sha512(data).digest()[:8], "big")

    for population in (1, 2, 7, 100):
        items, counter = list(range(population)), 0
        for i in range(population):
            bound = population - i
            while (value := word(counter)) >= 2**64 // bound * bound:
                counter += 1
            counter += 1
            j = i + value % bound
            items[i], items[j] = items[j], items[i]
        assert list(draw_order(b"seed", population)) == items


def test_largest_population_costs_no_more_than_what_is_taken() -> None:
    assert len(set(islice(draw_order(b"seed", MAX_POPULATION), 7))) == 7


@pytest.mark.parametrize(("population", "count"), [(3, 4), (3, -1), (-1, 0), (MAX_POPULATION + 1, 1)])
def test_impossible_draws_are_refused(population: int, count: int) -> None:
    with pytest.raises(ValueError, match=r"cannot be drawn|members"):
        draw(b"seed", population, count)


def test_words_above_the_limit_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a population of 3 the word 2^64 - 1 is rejected, and 2^64 - 2 is the last that is taken."""
    words = iter([2**64 - 1, 2**64 - 2, 0, 0])

    def fake(domain: str, seed: bytes, counter: int) -> bytes:
        return next(words).to_bytes(8, "big") + bytes(56)

    monkeypatch.setattr("crypto.sampling.hash512", fake)
    assert draw(b"", 3, 1) == [(2**64 - 2) % 3]


def test_every_ordered_pair_is_equally_likely() -> None:
    """Chi-square over the 90 ordered pairs from 10, 20,000 seeds; 124.1 is the 0.8% point at 89 degrees."""
    counts = Counter(tuple(draw(i.to_bytes(8, "big"), 10, 2)) for i in range(20_000))
    expected = 20_000 / 90
    assert len(counts) == 90
    assert sum((n - expected) ** 2 / expected for n in counts.values()) < 124.1


def test_two_hundred_thousand_draws_are_uniform() -> None:
    """200,000 draws of 3 from 11: each of the 11 members, at each of the 3 places, and each set of 3."""
    samples = [draw(i.to_bytes(8, "big"), 11, 3) for i in range(200_000)]
    for place in range(3):
        counts = Counter(sample[place] for sample in samples)
        assert _chi_square(counts, 11, 200_000) < 29.59  # 0.1% point at 10 degrees of freedom
    sets = Counter(frozenset(sample) for sample in samples)
    assert _chi_square(sets, 165, 200_000) < 224.8  # 0.1% point at 164 degrees of freedom


def _chi_square(counts: "Counter[int] | Counter[frozenset[int]]", cells: int, total: int) -> float:
    assert len(counts) == cells
    return sum((n - total / cells) ** 2 / (total / cells) for n in counts.values())
