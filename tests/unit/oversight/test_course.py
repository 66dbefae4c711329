"""The course of a draw: any order of ticks and answers is one that a stranger accepts, and late answers are none."""

import hashlib
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.entries import ExpertAnswered, ExpertCalled
from oversight.course import Course, Event, replay
from oversight.errors import DrawRefusedError, MalformedDrawError
from oversight.expert_draw import Answer, Need, Terms, check_course, next_calls
from tests.unit.oversight.test_expert_draw import POOL

DRAW = "ab" * 32
TERMS = Terms((Need("A08", "", 3, 2), Need("B01", "", 2, 1)), (), 600)


def answered(call: int, answer: str, at: int) -> ExpertAnswered:
    return ExpertAnswered(DRAW, call, answer, at)


CALLED: list[Event] = [ExpertCalled(DRAW, 0, 0, 7, 1000), ExpertCalled(DRAW, 1, 0, 8, 1000)]


@pytest.mark.parametrize(
    "events",
    [
        [answered(0, "accepted", 1599)],
        [answered(0, "declined", 1000)],
        [answered(0, "silent", 1600)],
        [answered(0, "conflicted", 9999)],
        [answered(0, "accepted", 1001), answered(0, "declined", 9999)],
        [answered(0, "accepted", 1001), answered(0, "conflicted", 1002)],
    ],
)
def test_answers_that_may_be(events: list[Event]) -> None:
    assert replay(TERMS, [*CALLED, *events]).calls[0].answer.value == getattr(events[-1], "answer")  # noqa: B009


@pytest.mark.parametrize(
    "events",
    [
        [answered(0, "accepted", 1600)],
        [answered(0, "silent", 1599)],
        [answered(2, "accepted", 1001)],
        [answered(0, "declined", 1001), answered(0, "accepted", 1002)],
        [answered(0, "silent", 1600), answered(0, "accepted", 1601)],
        [answered(0, "accepted", 1001), answered(0, "silent", 1700)],
        [answered(0, "conflicted", 1001), answered(0, "declined", 1002)],
        [ExpertCalled(DRAW, 3, 0, 9, 1000)],
        [ExpertCalled(DRAW, 2, 2, 9, 1000)],
        [ExpertCalled(DRAW, 2, 0, 9, 1000), ExpertCalled(DRAW, 3, 0, 10, 1000)],
    ],
)
def test_events_that_may_not_be_where_they_are(events: list[Event]) -> None:
    with pytest.raises(MalformedDrawError):
        replay(TERMS, [*CALLED, *events])


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_whatever_happens_in_whatever_order_is_redone(random: Random) -> None:
    seed = hashlib.sha512(random.randbytes(8)).digest()
    course, events, now = Course(TERMS), list[Event](), 1000
    for _ in range(random.randrange(1, 12)):
        now += random.randrange(900)
        pending = [at for at, call in enumerate(course.calls) if call.answer is Answer.PENDING]
        for at in pending:
            due = now >= course.times[at] + TERMS.window
            given_answer = "silent" if due else random.choice(["accepted", "declined", "conflicted", ""])
            if given_answer:
                events.append(answered(at, given_answer, now))
                course.take(events[-1])
        if random.random() < 0.7:  # a tick, or one that is missed
            try:
                following = next_calls(POOL, TERMS, seed, course.calls)
            except DrawRefusedError:
                break
            for call in following:
                events.append(ExpertCalled(DRAW, len(course.calls), call.need, call.position, now))
                course.take(events[-1])
    again = replay(TERMS, events)
    assert again == course
    check_course(POOL, TERMS, seed, again.calls)
