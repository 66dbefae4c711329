"""What the public sees of a tender's course, beside what keyholders must know of its lots (ledger/entries/lots.py).

Bids are named by the index of their submission, as the closing lists them; who bid stands in the opened parts alone.
Amounts are whole hundredths of the tender's currency. A `notice` or `document` is a SHA-256: whoever has the bytes can
check that they are those that were published, at that place in the order. `at` is when, by the platform's clock: the
clocks of the law are counted from it.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from ledger.entries.fields import Count, Hash, Index, LotId, Name, Text, Time
from ledger.entries.registry import Entry, register

DocumentName = Annotated[
    str,
    msgspec.Meta(
        pattern="^[a-z0-9][a-z0-9._-]*$(?!\n)",
        min_length=1,
        max_length=64,
        description="what a document of a tender is called by machines; its versions share it",
    ),
]
RuleName = Annotated[
    str,
    msgspec.Meta(
        pattern="^[a-z][a-z0-9-]*$(?!\n)", max_length=64, description="the id of a rule or of a ground"
    ),
]
Score = Annotated[
    str,
    msgspec.Meta(
        pattern="^([0-9]{1,3}\\.[0-9]{2})?$(?!\n)",
        max_length=6,
        description="points, 0.00 to 100.00, or empty where the method gives none",
    ),
]


@dataclass(frozen=True, slots=True)
class PublishedDocument:
    """One version of a document that anyone may download."""

    name: DocumentName
    version: Count
    sha256: Hash
    size: Count


@dataclass(frozen=True, slots=True)
class RankedBid:
    """A candidate: its rank from 1 on, its bid, its price and its points."""

    rank: Count
    bid: Index
    price: Count
    score: Score


@register("tender-published/v1")
@dataclass(frozen=True, slots=True)
class TenderPublished(Entry):
    """A tender begins: its notice, under which body of rules, its lots and its documents.

    notice: the SHA-256 of the notice as RFC 8785 JSON, as the platform serves it.
    again:  the tender that this one holds again, or the tender itself where there is none.
    """

    tender: LotId
    tenderee: Name
    profile: RuleName
    notice: Hash
    lots: tuple[LotId, ...]
    documents: tuple[PublishedDocument, ...]
    again: LotId


@register("documents-amended/v1")
@dataclass(frozen=True, slots=True)
class DocumentsAmended(Entry):
    """The documents of a tender change; whether that may affect bids, and the deadline that holds from here on."""

    tender: LotId
    number: Count
    lots: tuple[LotId, ...]
    text: Text
    may_affect_bids: bool
    deadline: Time
    documents: tuple[PublishedDocument, ...]
    at: Time


@register("clarification-answered/v1")
@dataclass(frozen=True, slots=True)
class ClarificationAnswered(Entry):
    """A question that somebody asked without a name, and the answer that all get."""

    tender: LotId
    number: Count
    question: Text
    answer: Text


@register("suspension-begun/v1")
@dataclass(frozen=True, slots=True)
class SuspensionBegun(Entry):
    """A cause for which a lot stands still: an objection, or an order. It goes on when none is left."""

    lot: LotId
    cause: RuleName
    rule: RuleName
    reason: Text
    at: Time


@register("suspension-ended/v1")
@dataclass(frozen=True, slots=True)
class SuspensionEnded(Entry):
    """A cause for which a lot stood still is gone: the objection is answered, or the order lifted."""

    lot: LotId
    cause: RuleName
    reason: Text
    at: Time


@register("lot-opened/v1")
@dataclass(frozen=True, slots=True)
class LotOpened(Entry):
    """The opening of a lot is done, with that many bids on its closing's list."""

    lot: LotId
    bids: Count


@register("lot-evaluated/v1")
@dataclass(frozen=True, slots=True)
class LotEvaluated(Entry):
    """The committee has handed in its report, of which this is the SHA-256."""

    lot: LotId
    report: Hash
    at: Time


@register("candidates-published/v1")
@dataclass(frozen=True, slots=True)
class CandidatesPublished(Entry):
    """The ranked candidates of a lot, and until when objections to them may be raised."""

    lot: LotId
    candidates: tuple[RankedBid, ...]
    until: Time
    at: Time


@register("lot-awarded/v1")
@dataclass(frozen=True, slots=True)
class LotAwarded(Entry):
    """A lot goes to a bid. `ground` says why not to the one before; empty for the first."""

    lot: LotId
    winner: RankedBid
    ground: Text
    at: Time


@register("lot-contracted/v1")
@dataclass(frozen=True, slots=True)
class LotContracted(Entry):
    """The contract of a lot is signed, at the price of the award. `contract` is the SHA-256 of its text."""

    lot: LotId
    bid: Index
    price: Count
    contract: Hash
    at: Time


@register("lot-failed/v1")
@dataclass(frozen=True, slots=True)
class LotFailed(Entry):
    """A lot ends without a contract: under which rule, and why."""

    lot: LotId
    rule: RuleName
    reason: Text


@register("lot-tendered-again/v1")
@dataclass(frozen=True, slots=True)
class LotTenderedAgain(Entry):
    """A lot that failed is held again, in another tender."""

    lot: LotId
    tender: LotId
