"""A draw of five from a committed pool of 1,000,000 with its verification, against a second; and the pool hashed anew.

`draws.verified` is what a draw costs whoever knows the population: the shares of three keyholders are verified and the
seed combined; five are called, and two more after a decline and a conflict; the whole course is checked against the
order, and the seven names are compared with their commitments.

`draws.population` is what a stranger does once for a population: 1,000,000 leaves encoded and hashed to the root that
the ledger has (RFC 6962), beside as many bare SHA-256 of the same bytes.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from secrets import token_bytes

from crypto.canonical_json import Json
from crypto.threshold import vrf
from oversight.expert_draw import Answer, Call, Exclusion, Need, Terms, check_course, next_calls
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


def run() -> Iterator[Result]:
    ceremony = hold(5, 3)
    shares = [vrf.make_share(key, MESSAGE, token_bytes) for key in ceremony.shares[:3]]
    population = Population(tuple(Member.of(ATTRIBUTES[i % 6], _identity(i), _salt(i)) for i in range(POOL)))

    def drawn() -> None:
        verified = [vrf.verify_share(ceremony.public, MESSAGE, share) for share in shares]
        seed = vrf.output(ceremony.public, MESSAGE, verified)
        calls = list(next_calls(population, TERMS, seed, []))
        for answer in (Answer.DECLINED, Answer.CONFLICTED):
            calls[-1] = replace(calls[-1], answer=answer)
            calls += next_calls(population, TERMS, seed, calls)
        check_course(population, TERMS, seed, [Call(one.need, one.position, one.answer) for one in calls])
        for one in calls:
            population.members[one.position].check_identity(_identity(one.position), _salt(one.position))

    (ours,) = best_side_by_side(5, drawn)
    yield cost("draws.verified", ours, "s of a pool of 1,000,000", "the aim", AIM_SECONDS)
    leaves = [member.leaf() for member in population.members]
    theirs = seconds(lambda: [hashlib.sha256(leaf).digest() for leaf in leaves])
    whole = seconds(population.root)
    yield rate("draws.population", POOL / whole, "members/s", "bare SHA-256 of the leaves", POOL / theirs)


def _identity(number: int) -> dict[str, Json]:
    return {"name": f"expert {number}", "number": f"E-{number:07}"}


def _salt(number: int) -> bytes:
    return number.to_bytes(32, "big")
