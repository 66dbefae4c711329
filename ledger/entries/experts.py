"""Experts, the populations that are drawn from, and how a draw went. Nothing here names anybody.

`expert` is a salted commitment to who it is, made once when the expert enters the pool; `record` a salted commitment
to what was said then: the data at entry, the review, the reason of a suspension. ExpertCalled and ExpertAnswered never
stand in the log as leaves: they are bodies behind `sealed` entries, and are revealed after the award.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from ledger.entries.fields import Count, Hash, Name, Time
from ledger.entries.registry import Entry, register

AnswerWord = Annotated[
    str,
    msgspec.Meta(pattern="^(accepted|declined|silent|conflicted)$(?!\n)", description="what came of a call"),
]
ReviewWord = Annotated[
    str, msgspec.Meta(pattern="^(admitted|refused)$(?!\n)", description="what came of a review")
]


@register("expert-entered/v1")
@dataclass(frozen=True, slots=True)
class ExpertEntered(Entry):
    """Somebody is entered for the pool of experts, and may be drawn once a review has admitted it."""

    expert: Hash
    record: Hash


@register("expert-reviewed/v1")
@dataclass(frozen=True, slots=True)
class ExpertReviewed(Entry):
    """An expert was reviewed, and is in good standing from here on, or is not."""

    expert: Hash
    outcome: ReviewWord
    record: Hash


@register("expert-suspended/v1")
@dataclass(frozen=True, slots=True)
class ExpertSuspended(Entry):
    """An expert is not drawn until a review admits it again."""

    expert: Hash
    record: Hash


@register("expert-removed/v1")
@dataclass(frozen=True, slots=True)
class ExpertRemoved(Entry):
    """An expert is in the pool no more."""

    expert: Hash
    record: Hash


@register("population-committed/v1")
@dataclass(frozen=True, slots=True)
class PopulationCommitted(Entry):
    """A population that draws may be made from: the Merkle root of `size` leaves in their order."""

    subject: Name
    population: Hash
    size: Count


@register("expert-called/v1")
@dataclass(frozen=True, slots=True)
class ExpertCalled(Entry):
    """Behind a seal: call number `call` (from 0 on) of a draw goes to a position, for a need (from 0 on)."""

    draw: Hash
    call: Count
    need: Count
    position: Count
    at: Time


@register("expert-answered/v1")
@dataclass(frozen=True, slots=True)
class ExpertAnswered(Entry):
    """Behind a seal: what came of a call. A member that had accepted may still prove to have a conflict."""

    draw: Hash
    call: Count
    answer: AnswerWord
    at: Time


@register("committee-formed/v1")
@dataclass(frozen=True, slots=True)
class CommitteeFormed(Entry):
    """Every place of a draw is taken; the committee has so many experts, and others who represent the tenderee."""

    draw: Hash
    experts: Count
    others: Count


@register("draw-published/v1")
@dataclass(frozen=True, slots=True)
class DrawPublished(Entry):
    """What it takes to redo a draw is public: SHA-256 of the files; `names` of who was called, or of the sample."""

    draw: Hash
    population: Hash
    terms: Hash
    names: Hash


@register("finding-recorded/v1")
@dataclass(frozen=True, slots=True)
class FindingRecorded(Entry):
    """An object of a sample was looked at; `record` is a salted commitment to the checklist and what was found."""

    draw: Hash
    item: Count
    record: Hash


@register("message-received/v1")
@dataclass(frozen=True, slots=True)
class MessageReceived(Entry):
    """Behind a seal, and never revealed: the platform took a sealed message of a report without a name, or a reply.

    message: SHA-256 of the sealed bytes; number: which one of its mailbox it is, from 0 on.
    """

    message: Hash
    number: Count
