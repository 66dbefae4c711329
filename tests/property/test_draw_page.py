"""redo.py of docs/spec/draw.md comes to what the platform's rules come to: whatever the pool, the terms, the answers.

Both are given courses that the platform made, and courses with one thing changed: they find the same ones wrong.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.encoding import hash512
from ledger.entries import ExpertAnswered, ExpertCalled, encode
from oversight.course import Event, replay
from oversight.errors import DrawRefusedError, MalformedDrawError
from oversight.expert_draw import Answer, Exclusion, Need, Terms, check_course, next_calls
from oversight.population import Member, Population
from oversight.sample_terms import Inspectors, SampleTerms
from tests.draw_page import FailedError, redone_here

DRAW, KEY, REQUEST = "ab" * 32, b"\1" * 32, b'{"type":"draw-requested/v1"}'
CODES = ("A", "A08", "A0801", "A0802", "A080201", "B01")
SEEDED = st.integers(0, 2**64).map(Random)
REGIONS = ("460100", "460200", "海口")


@dataclass(frozen=True)
class Course:
    population: Population
    terms: Terms
    gamma: bytes
    events: tuple[Event, ...]

    @property
    def seed(self) -> bytes:
        return hash512("sunseal/vrf-output/v1", KEY, REQUEST, self.gamma)

    def rules(self) -> list[list[object]] | None:
        """What the platform's rules come to; None where they find it wrong."""
        try:
            calls = replay(self.terms, self.events).calls
            check_course(self.population, self.terms, self.seed, calls)
        except MalformedDrawError:
            return None
        return [[at, call.position, call.answer.value] for at, call in enumerate(calls)]

    def page(self) -> list[list[object]] | None:
        """What the page's script comes to; None where it fails."""
        try:
            return redone_here(
                self.population.to_bytes(), self.terms.to_bytes(), record(self.gamma, self.events)
            )
        except FailedError:
            return None


def record(gamma: bytes, events: tuple[Event, ...]) -> bytes:
    said: list[Json] = [canonical_json.loads(encode(event)) for event in events]
    hexed: dict[str, Json] = {"gamma": gamma.hex(), "key": KEY.hex(), "request": REQUEST.hex()}
    return canonical_json.dumps({**hexed, "events": said, "type": "draw-record/v1"})


def members(random: Random, count: int) -> Population:
    return Population(
        tuple(
            Member(
                {
                    "active": random.random() < 0.9,
                    "region": random.choice(REGIONS),
                    "specialties": [*random.sample(CODES, random.randint(1, 2))],
                },
                random.randbytes(32),
            )
            for _ in range(count)
        )
    )


def course(random: Random) -> Course:
    """Experts are called as the platform calls them, and answer, stay silent or have a conflict at random."""
    population = members(random, random.choice([1, 5, 20, 40, 80]))
    size = len(population.members)
    needs = tuple(
        Need(random.choice(CODES), random.choice(["", "", *REGIONS]), random.randint(1, 3), 0)
        for _ in range(random.randint(1, 3))
    )
    barred = sorted(random.sample(range(size), random.randint(0, size // 4)))
    terms = Terms(needs, tuple(Exclusion(at, "kinship") for at in barred), 600)
    made = Course(population, terms, random.randbytes(32), ())
    events: list[Event] = []
    for _ in range(20):
        calls = replay(terms, events).calls
        try:
            following = next_calls(population, terms, made.seed, calls)
        except DrawRefusedError:  # nobody is left to call
            break
        for number, call in enumerate(following, start=len(calls)):
            events.append(ExpertCalled(DRAW, number, call.need, call.position, 1000))
        open_calls = [at for at, call in enumerate([*calls, *following]) if call.answer.fills]
        events.append(answer(random, replay(terms, events).calls[at := random.choice(open_calls)].answer, at))
    return replace(made, events=tuple(events))


def answer(random: Random, before: Answer, call: int) -> ExpertAnswered:
    if before is Answer.ACCEPTED:
        return ExpertAnswered(DRAW, call, random.choice(["declined", "conflicted"]), 9000)
    given = random.choice(["accepted", "accepted", "declined", "silent", "conflicted"])
    return ExpertAnswered(DRAW, call, given, 1600 if given == "silent" else 1599)


def changed(made: Course, random: Random) -> Course:
    """With one thing that is not as the ledger had it."""
    at = random.randrange(len(made.events))
    event, size = made.events[at], len(made.population.members)
    others = (*made.events[:at], *made.events[at + 1 :])
    match random.choice(["event", "event", "event", "seed", "pool", "terms", "avoided"]):
        case "seed":
            return replace(made, gamma=random.randbytes(32))
        case "pool":
            return replace(made, population=members(random, size))
        case "avoided":
            fewer = tuple(one for one in made.terms.excluded if random.random() < 0.5)
            return replace(made, terms=replace(made.terms, excluded=fewer))
        case "terms":
            needs = (replace(made.terms.needs[0], specialty=random.choice(CODES)), *made.terms.needs[1:])
            return replace(made, terms=replace(made.terms, needs=needs))
        case _ if isinstance(event, ExpertCalled):
            position, need = random.randrange(size), random.randrange(len(made.terms.needs) + 1)
            other = random.choice([(replace(event, position=position),), (replace(event, need=need),), ()])
            return replace(made, events=(*made.events[:at], *other, *made.events[at + 1 :]))
        case _ if sum(isinstance(one, ExpertAnswered) and one.call == event.call for one in others):
            return made  # of several answers to one call the command alone checks how they follow each other
        case _:
            turned = (replace(event, answer="accepted", at=1599),)
            return replace(made, events=(*made.events[:at], *turned, *made.events[at + 1 :]))


@settings(max_examples=150, deadline=None)
@given(SEEDED)
def test_script_comes_to_what_the_rules_come_to(random: Random) -> None:
    made = course(random)
    assert made.rules() is not None
    assert made.page() == made.rules()
    if made.events:
        tampered = changed(made, random)
        assert tampered.page() == tampered.rules()


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 60),
    rate=st.fractions(Fraction(1, 50), 1, max_denominator=50),
    whom=st.none() | st.tuples(st.integers(1, 12), st.integers(1, 12)),
    random=SEEDED,
)
def test_script_draws_the_same_objects_and_inspectors(
    size: int, rate: Fraction, whom: tuple[int, int] | None, random: Random
) -> None:
    inspectors = None if whom is None else Inspectors("cd" * 32, max(whom), min(whom))
    terms, gamma = SampleTerms(rate, "ef" * 32, inspectors), random.randbytes(32)
    seed = hash512("sunseal/vrf-output/v1", KEY, REQUEST, gamma)
    said = redone_here(members(random, size).to_bytes(), terms.to_bytes(), record(gamma, ()))
    assert said == [[one.item, list(one.inspectors)] for one in terms.draw(seed, size)]
