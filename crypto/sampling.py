"""Drawing without replacement from a seed, so that a stranger can redo it (docs/spec/draw.md).

A Fisher-Yates shuffle of 0..n-1, taken as far as needed: the first k positions are the draw, and whoever
declines is replaced by the next position, which taking more of the same order gives. Each choice is
uniform by rejection, nothing is weighted, and the cost grows with what is taken, not with n.
"""

from collections.abc import Iterator
from itertools import islice

from crypto.encoding import hash512

MAX_POPULATION = 2**48
"""Beyond any register; it keeps the chance that one choice is rejected below 2^-16."""

_WORD = 2**64


def draw_order(seed: bytes, population: int) -> Iterator[int]:
    """The positions 0..population-1 in drawn order, one after another. ValueError if out of range.

    1. word(c) = the first 8 bytes, big-endian, of SHA-512(encode("sunseal/draw/v1", seed, c)), c = 0, 1, ...
    2. For i = 0, 1, ...: take words until one lies below the largest multiple of m = population - i that is
       at most 2^64; r = that word mod m.
    3. Swap positions i and i + r; what then stands at i is the next in the order.
    """
    if not 0 <= population <= MAX_POPULATION:
        raise ValueError(f"a population has 0 to {MAX_POPULATION} members")
    return _shuffled(seed, population)


def _shuffled(seed: bytes, population: int) -> Iterator[int]:
    moved: dict[int, int] = {}
    words = _words(seed)
    for i in range(population):
        j = i + _below(population - i, words)
        at_i = moved.pop(i, i)
        yield at_i if j == i else moved.get(j, j)
        if j != i:
            moved[j] = at_i


def draw(seed: bytes, population: int, count: int) -> list[int]:
    """The first `count` positions of `draw_order`; ValueError if there are not so many."""
    order = draw_order(seed, population)
    if not 0 <= count <= population:
        raise ValueError(f"{count} cannot be drawn from {population}")
    return list(islice(order, count))


def _words(seed: bytes) -> Iterator[int]:
    counter = 0
    while True:
        yield int.from_bytes(hash512("sunseal/draw/v1", seed, counter)[:8], "big")
        counter += 1


def _below(bound: int, words: Iterator[int]) -> int:
    limit = _WORD - _WORD % bound
    return next(word for word in words if word < limit) % bound
