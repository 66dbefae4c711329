"""A committee of five from a committed pool of 1,000,000: drawn, redone by a stranger, and the pool itself checked.

`draws.drawn` is what the platform does for a draw: it looks for all who are eligible, as a request does, then five are
called in the seed's order, and two more after a decline and a conflict. Beside it the draw that nobody can redo: a
comprehension over the same members and random.sample.

`draws.redone` is what a stranger does who has read the population: the shares of three keyholders are verified and the
seed combined, the request is checked against the pool, the course is checked call by call, and the seven names against
their commitments. `draws.verified` is both, against a second.

`draws.parsed` and `draws.population` are what a stranger does once for a population, however many draws it serves:
reading its strict file, beside json.loads of the same bytes; and encoding and hashing its leaves to the root that the
ledger has (RFC 6962), beside as many bare SHA-256 of the same bytes and of as many nodes.
"""

import gc
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from random import sample
from secrets import token_bytes

from crypto.canonical_json import Json
from crypto.threshold import vrf
from ledger.entries import ExpertAnswered, ExpertCalled
from oversight.course import Event, replay
from oversight.expert_draw import (
    Answer,
    Call,
    Exclusion,
    Need,
    Terms,
    check_course,
    check_request,
    eligible,
    next_calls,
)
from oversight.population import Member, Population
from scripts.bench.measure import Result, best_side_by_side, cost, rate, seconds
from tests.ceremony import hold

POOL = 1_000_000
AIM_SECONDS = 1.0
TERMS = Terms((Need("A08", "460100", 5, 3),), (Exclusion(7, "employer"), Exclusion(11, "kinship")), 600)
MESSAGE = b"the request of a draw"
ATTRIBUTES: list[dict[str, Json]] = [
    {"active": True, "region": ("460100", "460200")[i % 2], "specialties": [("A0801", "B01")[i % 3 == 0]]}
    for i in range(6)
]
UNIT = "s of a pool of 1,000,000"


def run() -> Iterator[Result]:
    population = Population(tuple(Member.of(ATTRIBUTES[i % 6], _identity(i), _salt(i)) for i in range(POOL)))
    gc.freeze()  # or the collector walks the million members again and again while something else is measured
    yield from _draws(population)
    yield from _checks(population)
    gc.unfreeze()


def _draws(population: Population) -> Iterator[Result]:
    ceremony = hold(5, 3)
    shares = [vrf.make_share(key, MESSAGE, token_bytes) for key in ceremony.shares[:3]]
    verified = [vrf.verify_share(ceremony.public, MESSAGE, share) for share in shares]
    seed = vrf.output(ceremony.public, MESSAGE, verified)
    events = list(_events(_drawn(population, seed)))

    def redone() -> None:
        again = [vrf.verify_share(ceremony.public, MESSAGE, share) for share in shares]
        check_request(population, TERMS)
        calls = replay(TERMS, events).calls
        check_course(population, TERMS, vrf.output(ceremony.public, MESSAGE, again), calls)
        for one in calls:
            population.members[one.position].check_identity(_identity(one.position), _salt(one.position))

    ours, theirs, stranger = best_side_by_side(
        5, lambda: _drawn(population, seed), lambda: _sampled(population), redone
    )
    yield cost("draws.drawn", ours, UNIT, "a comprehension and random.sample", theirs)
    yield cost("draws.redone", stranger, UNIT, "drawing it (draws.drawn)", ours)
    yield cost("draws.verified", ours + stranger, UNIT, "the aim", AIM_SECONDS)


def _drawn(population: Population, seed: bytes) -> list[Call]:
    """Seven calls, in the end five who accepted."""
    assert len(eligible(population, TERMS, TERMS.needs[0])) > POOL / 4
    calls = list(next_calls(population, TERMS, seed, []))
    for answer in (Answer.DECLINED, Answer.CONFLICTED):
        calls[-1] = replace(calls[-1], answer=answer)
        calls += next_calls(population, TERMS, seed, calls)
    return [replace(one, answer=Answer.ACCEPTED) if one.answer is Answer.PENDING else one for one in calls]


def _sampled(population: Population) -> list[int]:
    barred = {one.member for one in TERMS.excluded}
    may = [
        at
        for at, member in enumerate(population.members)
        if at not in barred
        and member.attributes["active"]
        and member.attributes["region"] == "460100"
        and any(str(code).startswith("A08") for code in member.attributes["specialties"])  # type: ignore[union-attr]
    ]
    return sample(may, 7)


def _events(calls: list[Call]) -> Iterator[Event]:
    """As the ledger has them: who is called after a refusal is called after it."""
    draw, count = "ab" * 32, TERMS.needs[0].count
    for number, one in enumerate(calls):
        if number >= count:
            yield ExpertAnswered(draw, number - 1, calls[number - 1].answer.value, 0)
        yield ExpertCalled(draw, number, one.need, one.position, 0)
    for number in (*range(count - 1), len(calls) - 1):
        yield ExpertAnswered(draw, number, calls[number].answer.value, 0)


def _checks(population: Population) -> Iterator[Result]:
    leaves = [b"\x00" + member.leaf() for member in population.members]
    nodes = [leaf[:65] for leaf in leaves[1:]]
    ours, theirs = best_side_by_side(
        2, population.root, lambda: [hashlib.sha256(one).digest() for part in (leaves, nodes) for one in part]
    )
    yield rate(
        "draws.population", POOL / ours, "members/s", "bare SHA-256 of leaves and nodes", POOL / theirs
    )
    data = population.to_bytes()
    theirs = seconds(lambda: json.loads(data))
    whole = seconds(lambda: Population.parse(data))
    yield rate("draws.parsed", POOL / whole, "members/s", "json.loads, which checks nothing", POOL / theirs)


def _identity(number: int) -> dict[str, Json]:
    return {"name": f"expert {number}", "number": f"E-{number:07}"}


def _salt(number: int) -> bytes:
    return number.to_bytes(32, "big")
