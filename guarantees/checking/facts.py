"""What a guarantee is compared with: what the lot asks, what is known of its guarantor, what the chain shows. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from guarantees.chain.refusals import State


@dataclass(frozen=True, slots=True)
class Asked:
    """What a lot asks of a guarantee.

    beneficiary: the tenderee's credit code.   account: what acts for it on chain, 20 bytes; empty if nothing does.
    bond:        hundredths of `currency`.     deadline: of bids.
    valid_until: the first instant at which the bids bind no longer; a guarantee lasts to the second before it at least.
    """

    tender: str
    lot: str
    beneficiary: str
    account: bytes
    bond: int
    currency: str
    deadline: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class KeyInForce:
    """A key of a guarantor: its id (SHA-256 of its SubjectPublicKeyInfo, in hexadecimal), from when, and until when."""

    key_id: str
    since: datetime
    until: datetime | None

    def at(self, when: datetime) -> bool:
        return self.since <= when and (self.until is None or when < self.until)


@dataclass(frozen=True, slots=True)
class Licensed:
    """A span in which a guarantor may issue, as the supervisor lists it. `until` is the first instant too late."""

    since: datetime
    until: datetime | None

    def at(self, when: datetime) -> bool:
        return self.since <= when and (self.until is None or when < self.until)


@dataclass(frozen=True, slots=True)
class Listing:
    """A guarantor on the supervisor's list: its keys, when it was licensed, and its account on chain (20 bytes)."""

    credit_code: str
    keys: Sequence[KeyInForce]
    licences: Sequence[Licensed]
    account: bytes


@dataclass(frozen=True, slots=True)
class Committed:
    """A commitment as the followed events of the chain show it. Times are POSIX seconds."""

    state: State
    expiry: int
    committed_at: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Which chain and registry are ours, and how far the followed events reach.

    committed: what they say of this guarantee; None if nothing.
    complete:  whether a commitment that was made by the bid deadline would be among them.
    """

    chain_id: int
    registry: bytes
    committed: Committed | None
    complete: bool
