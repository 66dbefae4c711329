"""What came of an opening: the result of each bid, the fallback, and what was said in the hall.

A closing is called by the hash of its LotClosed leaf, a bid by the index of the sealed entry that it came with. What
persons said stands here as a hash alone, salted in what is hashed; the opening record has the words.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from ledger.entries.fields import Count, Hash, Hex, Index, LotId, Name, PartName, Time
from ledger.entries.registry import Entry, register

Word = Annotated[
    str,
    msgspec.Meta(
        pattern="^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)", max_length=40, description="a code of the page's table"
    ),
]
By = Annotated[
    str, msgspec.Meta(pattern="^(keyholders|bidder)$(?!\n)", description="who made the opening possible")
]
Responsibility = Annotated[
    str,
    msgspec.Meta(
        pattern="^(bidder|other)$(?!\n)",
        description="whose fault it is (办31): bidder: taken as 撤销; other: taken as 撤回",
    ),
]
CreditCodeText = Annotated[
    str,
    msgspec.Meta(
        pattern="^[0-9A-Z]{18}$(?!\n)",
        min_length=18,
        max_length=18,
        description="a unified social credit code (GB 32100)",
    ),
]
Line = Annotated[str, msgspec.Meta(max_length=300, description="one line of text")]
Price = Annotated[
    str,
    msgspec.Meta(
        pattern="^(0|[1-9][0-9]{0,15})\\.[0-9]{2}$(?!\n)",
        max_length=19,
        description="an amount of the currency: whole units, a point, two decimals",
    ),
]
Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$(?!\n)", description="a currency of ISO 4217")]


@dataclass(frozen=True, slots=True)
class ReadOut:
    """What the law has read out of a bid (法36), as the bidder wrote it. Null is what its form does not say.

    above_ceiling: whether the price is above the lot's ceiling. That is for the committee to judge (条51).
    guarantee:     what was found of the guarantee in this part; "none" if there is none in it.
    """

    bidder: Line
    credit_code: CreditCodeText
    price: Price | None
    currency: Currency | None
    period_days: Count | None
    quality: Line | None
    manager: Line | None
    above_ceiling: bool
    guarantee: Word


@register("bid-opened/v1")
@dataclass(frozen=True, slots=True)
class BidOpened(Entry):
    """A part of a bid opened, and its package holds.

    `read_out` has one element; of a committee's part none, for nothing of it is read out.
    """

    closing: Hash
    part: PartName
    bid: Index
    by: By
    read_out: Annotated[tuple[ReadOut, ...], msgspec.Meta(max_length=1)]


@register("bid-failed/v1")
@dataclass(frozen=True, slots=True)
class BidFailed(Entry):
    """A part of a bid was not opened or its package does not hold: why, and whose fault that is (办31).

    `detail` is the code of docs/spec/sealed-bid.md where the package was refused, and else empty.
    """

    closing: Hash
    part: PartName
    bid: Index
    cause: Word
    detail: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]*$(?!\n)", max_length=40)]
    responsibility: Responsibility


@register("fallback-begun/v1")
@dataclass(frozen=True, slots=True)
class FallbackBegun(Entry):
    """Too few keyholders answered: until then the bidders of these bids may open them with their own stanzas."""

    closing: Hash
    part: PartName
    until: Time
    bids: tuple[Index, ...]


@register("opened-by-bidder/v1")
@dataclass(frozen=True, slots=True)
class OpenedByBidder(Entry):
    """A bidder gave the file key of its own bid, and the header's MAC holds under it.

    Of a public part the header and the key (16 bytes) stand here for anyone to open it again; else both are empty.
    """

    closing: Hash
    part: PartName
    bid: Index
    header: Hex
    file_key: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{32})?$(?!\n)", max_length=32)]


@register("objection-to-opening/v1")
@dataclass(frozen=True, slots=True)
class ObjectionToOpening(Entry):
    """Somebody objects to the opening (条44). `statement` is the hash of who says what, with a salt."""

    lot: LotId
    closing: Hash
    number: Count
    statement: Hash


@register("objection-to-opening-answered/v1")
@dataclass(frozen=True, slots=True)
class ObjectionToOpeningAnswered(Entry):
    """An objection to the opening is answered (条44). `answer` is the hash of who says what, with a salt."""

    closing: Hash
    number: Count
    answer: Hash


@register("opening-confirmed/v1")
@dataclass(frozen=True, slots=True)
class OpeningConfirmed(Entry):
    """Somebody signs off what was read out: `results` is its hash, `signer` that of who does, with a salt."""

    closing: Hash
    part: PartName
    results: Hash
    capacity: Name
    signer: Hash


@register("opening-silent/v1")
@dataclass(frozen=True, slots=True)
class OpeningSilent(Entry):
    """The window is over, and the bidders of these bids neither signed off nor objected."""

    closing: Hash
    part: PartName
    bids: tuple[Index, ...]


@register("opening-recorded/v1")
@dataclass(frozen=True, slots=True)
class OpeningRecorded(Entry):
    """The opening record of a part is complete: the SHA-256 of its canonical JSON."""

    closing: Hash
    part: PartName
    record: Hash
