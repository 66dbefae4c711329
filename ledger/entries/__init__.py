"""What stands in the log: one typed, versioned dataclass for each kind of fact, as RFC 8785 JSON.

    leaf = RFC 8785 of {"type": "<name>/v<version>", <the fields>}

`register` gives a dataclass its name; `encode` and `decode` are the only way into and out of bytes. A type, once
used, never changes: what must change gets the next version beside it. Every type has a JSON schema, and
docs/spec/entries.md has the table of them, which `python -m scripts.entry_table` writes.
"""

from ledger.entries.bids import BidSubmitted, BidWithdrawn, SealedPart
from ledger.entries.draws import DrawRequested, DrawShare
from ledger.entries.experts import (
    CommitteeFormed,
    DrawPublished,
    ExpertAnswered,
    ExpertCalled,
    ExpertEntered,
    ExpertRemoved,
    ExpertReviewed,
    ExpertSuspended,
    FindingRecorded,
    MessageReceived,
    PopulationCommitted,
)
from ledger.entries.groups import GroupAccepted, GroupMember, GroupProposed
from ledger.entries.keys import (
    DrawKeyBound,
    KeyBound,
    KeyCertified,
    KeyComplained,
    KeyDealt,
    KeyRunEnded,
    KeyRunOpened,
)
from ledger.entries.lots import DeadlineMoved, LotCancelled, LotPart, LotPublished, LotResumed, LotSuspended
from ledger.entries.openings import LotClosed, PartCalled, PartOpened, SharesReleased, SharesShown
from ledger.entries.parties import PartyKeyRegistered, PartyKeyRevoked, PartyKeyRotated
from ledger.entries.registry import Entry, EntryType, decode, encode, json_schema, register, registered
from ledger.entries.results import (
    BidFailed,
    BidOpened,
    FallbackBegun,
    ObjectionToOpening,
    ObjectionToOpeningAnswered,
    OpenedByBidder,
    OpeningConfirmed,
    OpeningRecorded,
    OpeningSilent,
    ReadOut,
)
from ledger.entries.signed import SignedEntry
from ledger.entries.tenders import (
    CandidatesPublished,
    ClarificationAnswered,
    DocumentsAmended,
    LotAwarded,
    LotContracted,
    LotEvaluated,
    LotFailed,
    LotOpened,
    LotTenderedAgain,
    PublishedDocument,
    RankedBid,
    SuspensionBegun,
    SuspensionEnded,
    TenderPublished,
)
from ledger.entries.tokens import TokenKeyPublished
from ledger.entries.types import KeyRotated, LogOpened, Revealed, Sealed

__all__ = [
    "BidFailed",
    "BidOpened",
    "BidSubmitted",
    "BidWithdrawn",
    "CandidatesPublished",
    "ClarificationAnswered",
    "CommitteeFormed",
    "DeadlineMoved",
    "DocumentsAmended",
    "DrawKeyBound",
    "DrawPublished",
    "DrawRequested",
    "DrawShare",
    "Entry",
    "EntryType",
    "ExpertAnswered",
    "ExpertCalled",
    "ExpertEntered",
    "ExpertRemoved",
    "ExpertReviewed",
    "ExpertSuspended",
    "FallbackBegun",
    "FindingRecorded",
    "GroupAccepted",
    "GroupMember",
    "GroupProposed",
    "KeyBound",
    "KeyCertified",
    "KeyComplained",
    "KeyDealt",
    "KeyRotated",
    "KeyRunEnded",
    "KeyRunOpened",
    "LogOpened",
    "LotAwarded",
    "LotCancelled",
    "LotClosed",
    "LotContracted",
    "LotEvaluated",
    "LotFailed",
    "LotOpened",
    "LotPart",
    "LotPublished",
    "LotResumed",
    "LotSuspended",
    "LotTenderedAgain",
    "MessageReceived",
    "ObjectionToOpening",
    "ObjectionToOpeningAnswered",
    "OpenedByBidder",
    "OpeningConfirmed",
    "OpeningRecorded",
    "OpeningSilent",
    "PartCalled",
    "PartOpened",
    "PartyKeyRegistered",
    "PartyKeyRevoked",
    "PartyKeyRotated",
    "PopulationCommitted",
    "PublishedDocument",
    "RankedBid",
    "ReadOut",
    "Revealed",
    "Sealed",
    "SealedPart",
    "SharesReleased",
    "SharesShown",
    "SignedEntry",
    "SuspensionBegun",
    "SuspensionEnded",
    "TenderPublished",
    "TokenKeyPublished",
    "decode",
    "encode",
    "json_schema",
    "register",
    "registered",
]
