"""Redoing a draw from public data: by anybody, without a network, trusting neither the platform nor its staff.

What is checked, in this order; the first thing that is wrong is an error that says so:

    1. The population is the one of the request, and was committed in the ledger before it.
    2. The files are those that the ledger names, and the terms those of the request.
    3. The pool could fill the terms when they were asked for, and nobody excluded was called.
    4. Each call went, in its turn, to the next in the order of the seed; each answer was allowed when it came.
    5. Every place is taken in the end, unless the draw was exhausted.
    6. The names shown are those that were committed, of those that were called and of nobody else.

Not shown by this: that an expert said what the ledger says it said. Whoever was called can look, with its receipt.
"""

import hashlib
from dataclasses import dataclass

from oversight.course import positions, replay
from oversight.errors import DrawRefusedError, MalformedDrawError
from oversight.evidence import DrawEvidence
from oversight.expert_draw import Answer, Call, Terms, check_course, check_request, next_calls
from oversight.names_file import Drawn, Names
from oversight.population import Population
from oversight.results import Results
from oversight.sample import Pairing
from oversight.sample_terms import SampleTerms
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Redone:
    """What a draw of experts came to: the calls, who sits, the warnings that staff saw."""

    calls: tuple[Call, ...]
    members: tuple[Drawn, ...]
    warnings: tuple[Said, ...]
    exhausted: bool


def experts(evidence: DrawEvidence, population: bytes, terms: bytes, names: bytes) -> Redone:
    """Redoes a draw of experts. MalformedDrawError or DrawRefusedError where it was not as it had to be."""
    pool = _population(evidence, population)  # 1
    _check_files(evidence, population, terms, names)  # 2
    asked = Terms.parse(terms)
    warnings = check_request(pool, asked)  # 3
    course = replay(asked, evidence.events)  # 4
    check_course(pool, asked, evidence.seed, course.calls)
    exhausted = not course.is_complete
    if exhausted:  # 5
        _check_exhausted(pool, asked, evidence.seed, course.calls)
    shown = Names.parse(names)  # 6
    shown.check(evidence.draw, pool, (call.position for call in course.calls))
    sitting = set(positions(course.calls, Answer.ACCEPTED))
    members = tuple(one for one in shown.drawn if one.position in sitting)
    return Redone(tuple(course.calls), members, tuple(warnings), exhausted)


def sample(
    evidence: DrawEvidence, population: bytes, terms: bytes, names: bytes
) -> tuple[tuple[Pairing, ...], tuple[Drawn, ...]]:
    """Redoes a sample: what was drawn with its inspectors, and the names of the objects. Raises as `experts`."""
    objects = _population(evidence, population)
    _check_files(evidence, population, terms, names)
    asked = SampleTerms.parse(terms)
    asked.check_inspectors(evidence.populations)
    drawn = asked.draw(evidence.seed, len(objects.members))
    shown = Names.parse(names)
    shown.check(evidence.draw, objects, (one.item for one in drawn))
    return tuple(drawn), shown.drawn


def results(evidence: DrawEvidence, terms: bytes, inspectors: bytes | None, file: bytes) -> Results:
    """Checks what was found in a sample that `sample` has redone. MalformedDrawError where it is not as recorded."""
    asked = SampleTerms.parse(terms)
    people = None if inspectors is None else Population.parse(inspectors)
    found = Results.parse(file)
    drawn = asked.draw(evidence.seed, evidence.request.size)
    found.check(evidence.draw, asked, drawn, people, evidence.findings)
    return found


def is_sample(terms: bytes) -> bool:
    """Whether these are terms of a sample, and not of a draw of experts; neither may still be well formed."""
    try:
        SampleTerms.parse(terms)
    except MalformedDrawError:
        return False
    return True


def _population(evidence: DrawEvidence, data: bytes) -> Population:
    population = Population.parse(data)
    request = evidence.request
    population.check(bytes.fromhex(request.population), request.size)
    if (request.population, request.size) not in evidence.populations:
        raise MalformedDrawError(
            "the population was not committed in the ledger before the draw was asked for"
        )
    return population


def _check_files(evidence: DrawEvidence, population: bytes, terms: bytes, names: bytes) -> None:
    published = evidence.published
    for what, data, expected in (
        ("terms", terms, evidence.request.terms),
        ("terms", terms, published.terms),
        ("population", population, published.population),
        ("names", names, published.names),
    ):
        if hashlib.sha256(data).hexdigest() != expected:
            raise MalformedDrawError(f"the file of the {what} is not the one that the ledger names")


def _check_exhausted(pool: Population, terms: Terms, seed: bytes, calls: list[Call]) -> None:
    """A draw that ends with a free place ends rightly only if nobody was left to call for it."""
    try:
        following = next_calls(pool, terms, seed, calls)
    except DrawRefusedError:
        return
    if following or any(call.answer is Answer.PENDING for call in calls):
        raise MalformedDrawError(
            "the draw was given up although somebody was left to call, or had not answered"
        )
