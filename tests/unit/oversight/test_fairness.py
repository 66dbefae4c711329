"""Drawing is fair: over many seeds, with declines and exclusions, nobody is called more often than chance has it."""

import hashlib
from dataclasses import replace
from random import Random
from statistics import NormalDist

import pytest

from oversight.course import Course
from oversight.errors import DrawRefusedError
from oversight.expert_draw import Answer, Call, Exclusion, Need, Terms, eligible, next_calls
from oversight.population import Member, Population

POOL = Population(
    tuple(
        Member(
            {"active": i % 9 != 8, "region": "460100", "specialties": [("A", "B")[i % 4 == 3]]},
            bytes([i]) * 32,
        )
        for i in range(30)
    )
)
TERMS = Terms((Need("A", "", 5, 2),), (Exclusion(0, "employer"), Exclusion(5, "kinship")), 600)


def sitting(seed: bytes, random: Random) -> list[int]:
    """Who sits in the end, when every third declines or has a conflict, whoever it is."""
    calls: list[Call] = []
    while not Course(TERMS, calls).is_complete:
        calls += next_calls(POOL, TERMS, seed, calls)
        for at, call in enumerate(calls):
            if call.answer is Answer.PENDING:
                given = random.choice([Answer.ACCEPTED, Answer.ACCEPTED, Answer.DECLINED])
                calls[at] = replace(call, answer=given)
    return [call.position for call in calls if call.answer is Answer.ACCEPTED]


def check(draws: int) -> None:
    """At the level of 0.1% for all experts together (Bonferroni), two-sided."""
    may = eligible(POOL, TERMS, TERMS.needs[0])
    counts = dict.fromkeys(may, 0)
    random, done = Random(5), 0
    for i in range(draws):
        seed = hashlib.sha512(i.to_bytes(8, "big")).digest()
        try:
            chosen = sitting(seed, random)
        except DrawRefusedError:  # so many declined that nobody was left
            continue
        done += 1
        for position in chosen:
            counts[position] += 1
    assert done > 0.99 * draws
    share = 5 / len(may)
    limit = NormalDist().inv_cdf(1 - 0.001 / 2 / len(may))
    deviation = (done * share * (1 - share)) ** 0.5
    for position, count in counts.items():
        assert abs(count - done * share) / deviation < limit, f"position {position} was drawn {count} times"


def test_nobody_is_drawn_more_often_than_chance_has_it() -> None:
    check(3_000)


@pytest.mark.long
def test_nobody_is_drawn_more_often_than_chance_has_it_over_100_000_draws() -> None:
    check(100_000)
