"""What keyholders and auditors must know of a lot: its parts, its deadline, and what happened to it."""

from dataclasses import dataclass

from ledger.entries.fields import (
    Count,
    Hash,
    LotId,
    PartName,
    PartNameOrNone,
    PublicKeyOrNone,
    Recipient,
    Text,
    Time,
)
from ledger.entries.registry import Entry, register


@dataclass(frozen=True, slots=True)
class LotPart:
    """One part of every bid.

    public:    whether its shares and headers become public, or go to the committee alone.
    after:     opened when `caller` calls for it once that part has been opened; "" for at the deadline.
    caller:    the key that may call for it; "" where nobody has to.
    knowledge: whether each bid must prove that its sealer knows the stanza's secret.
    """

    name: PartName
    public: bool
    after: PartNameOrNone
    caller: PublicKeyOrNone
    knowledge: bool


@register("lot-published/v1")
@dataclass(frozen=True, slots=True)
class LotPublished(Entry):
    """A lot is open for bids until its deadline. `platform` is where shares are sealed to, beside the supervisor."""

    lot: LotId
    tender: LotId
    group: Hash
    deadline: Time
    min_bids: Count
    platform: Recipient
    parts: tuple[LotPart, ...]


@register("deadline-moved/v1")
@dataclass(frozen=True, slots=True)
class DeadlineMoved(Entry):
    """The deadline of a lot is later than it was. It is never earlier."""

    lot: LotId
    deadline: Time
    reason: Text


@register("lot-suspended/v1")
@dataclass(frozen=True, slots=True)
class LotSuspended(Entry):
    """A lot stands still: nothing of it is opened until it is resumed."""

    lot: LotId
    reason: Text


@register("lot-resumed/v1")
@dataclass(frozen=True, slots=True)
class LotResumed(Entry):
    """A suspended lot goes on."""

    lot: LotId
    reason: Text


@register("lot-cancelled/v1")
@dataclass(frozen=True, slots=True)
class LotCancelled(Entry):
    """A lot ends without an award, and nothing of it is ever opened from here on."""

    lot: LotId
    reason: Text
