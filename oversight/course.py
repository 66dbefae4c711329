"""The course of a draw, event by event, as the ledger has it: which answers may follow which.

    pending  -> accepted | declined   before the window ends
    pending  -> silent                not before the window ends
    pending  -> conflicted            at any time
    accepted -> declined | conflicted at any time: the member is replaced, and its opinions are void (条48)

The platform replays its own events by these rules before it adds one, and strangers replay them after the award.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ledger.entries import ExpertAnswered, ExpertCalled
from oversight.errors import MalformedDrawError
from oversight.expert_draw import Answer, Call, Terms

Event = ExpertCalled | ExpertAnswered


@dataclass(slots=True)
class Course:
    """The calls so far. `take` adds an event, or raises MalformedDrawError and changes nothing."""

    terms: Terms
    calls: list[Call] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def take(self, event: Event) -> None:
        if isinstance(event, ExpertCalled):
            self._called(event)
        else:
            self._answered(event)

    def open_places(self, need: int) -> int:
        """How many places of a need are neither taken nor may still be."""
        filled = sum(call.need == need and call.answer.fills for call in self.calls)
        return self.terms.needs[need].count - filled

    @property
    def is_complete(self) -> bool:
        """Whether every place is taken."""
        accepted = [call.need for call in self.calls if call.answer is Answer.ACCEPTED]
        return all(accepted.count(number) == need.count for number, need in enumerate(self.terms.needs))

    def _called(self, event: ExpertCalled) -> None:
        if event.call != len(self.calls):
            raise MalformedDrawError(
                f"call {event.call} follows {len(self.calls)} calls: one is missing or twice"
            )
        if event.need >= len(self.terms.needs):
            raise MalformedDrawError(f"call {event.call} is for a need that the terms do not have")
        if self.open_places(event.need) < 1:
            raise MalformedDrawError(f"call {event.call} was made although every place of its need was taken")
        self.calls.append(Call(event.need, event.position))
        self.times.append(event.at)

    def _answered(self, event: ExpertAnswered) -> None:
        if event.call >= len(self.calls):
            raise MalformedDrawError(f"an answer to call {event.call}, which was not made")
        before, answer = self.calls[event.call].answer, Answer(event.answer)
        in_time = event.at < self.times[event.call] + self.terms.window
        match before, answer:
            case (Answer.PENDING, Answer.ACCEPTED | Answer.DECLINED):
                allowed = in_time
            case (Answer.PENDING, Answer.SILENT):
                allowed = not in_time
            case (Answer.PENDING, Answer.CONFLICTED) | (Answer.ACCEPTED, Answer.CONFLICTED | Answer.DECLINED):
                allowed = True
            case _:
                allowed = False
        if not allowed:
            when = "within the window" if in_time else "after the window"
            raise MalformedDrawError(
                f"call {event.call} was {before.value}, and {answer.value} {when} is no answer to it"
            )
        self.calls[event.call] = replace(self.calls[event.call], answer=answer)


def replay(terms: Terms, events: Iterable[Event]) -> Course:
    """The course that these events make, in their order. MalformedDrawError for one that may not be where it is."""
    course = Course(terms)
    for event in events:
        course.take(event)
    return course


def positions(calls: Sequence[Call], answer: Answer) -> tuple[int, ...]:
    """The positions of the calls with an answer, in the order of the calls."""
    return tuple(call.position for call in calls if call.answer is answer)
