"""Objections, and complaints from their filing to the decision, with the clocks that the law sets to them.

A case is called by a random id. Who files it stands here as a salted commitment, new for each case, so that two cases
of one party cannot be told to be so; what is said, as the SHA-256 of a record that has a salt and that the parties
hold. Only a decision is public in its words.

Each clock says by which rule of which profile it was counted, from when, what did not count, until when, and by which
calendar: whoever reads it can count again, and sees by the times of the entries whether it was kept
(verifier.complaints).
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from ledger.entries.fields import Count, Hash, LotId, Name, Time
from ledger.entries.registry import Entry, register
from ledger.entries.tenders import RuleName

CaseId = Annotated[
    str,
    msgspec.Meta(pattern="^[0-9a-f]{32}$(?!\n)", description="an objection or a complaint: 16 random bytes"),
]
CaseIdOrNone = Annotated[
    str, msgspec.Meta(pattern="^([0-9a-f]{32})?$(?!\n)", description="an objection, or empty")
]
Day = Annotated[
    str, msgspec.Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)", description="a day in China, YYYY-MM-DD")
]


@dataclass(frozen=True, slots=True)
class Standstill:
    """A time that does not count: of which kind, from when, and until when at the latest."""

    kind: RuleName
    begin: Time
    end: Time


@dataclass(frozen=True, slots=True)
class CaseClock:
    """A period. `due` is the first second that is too late.

    begins:   what is counted from; of a right that ends before an event, that event.
    law_of:   the day whose version of the profile holds.
    calendar: the days it was counted by (statutes.fingerprint).
    """

    rule: RuleName
    profile: RuleName
    law_of: Day
    begins: Time
    due: Time
    stops: tuple[Standstill, ...]
    calendar: Hash


@register("objection-filed/v1")
@dataclass(frozen=True, slots=True)
class ObjectionFiled(Entry):
    """Somebody objects, in time by `right`; the tenderee has to reply by `reply`."""

    case: CaseId
    tender: LotId
    lots: tuple[LotId, ...]
    matter: RuleName
    party: Hash
    record: Hash
    at: Time
    right: CaseClock
    reply: CaseClock


@register("objection-replied/v1")
@dataclass(frozen=True, slots=True)
class ObjectionReplied(Entry):
    """The tenderee has replied to an objection, and whether it changes anything."""

    case: CaseId
    outcome: RuleName
    record: Hash
    at: Time


@register("objection-withdrawn/v1")
@dataclass(frozen=True, slots=True)
class ObjectionWithdrawn(Entry):
    """An objection is withdrawn by whoever raised it."""

    case: CaseId
    record: Hash
    at: Time


@register("complaint-filed/v1")
@dataclass(frozen=True, slots=True)
class ComplaintFiled(Entry):
    """Somebody complains to an authority, in time by `right`; whether it is accepted has to be said by `acceptance`.

    after: the objection that came first, or empty where none is needed or it was raised at the opening.
    """

    case: CaseId
    after: CaseIdOrNone
    tender: LotId
    lots: tuple[LotId, ...]
    matter: RuleName
    authority: Name
    party: Hash
    record: Hash
    at: Time
    right: CaseClock
    acceptance: CaseClock


@register("complaint-correction-asked/v1")
@dataclass(frozen=True, slots=True)
class ComplaintCorrectionAsked(Entry):
    """A complaint lacks something, and may be put right until then; meanwhile the clock of its acceptance stands."""

    case: CaseId
    record: Hash
    until: Time
    at: Time
    asking: CaseClock
    correction: CaseClock
    acceptance: CaseClock


@register("complaint-corrected/v1")
@dataclass(frozen=True, slots=True)
class ComplaintCorrected(Entry):
    """What a complaint lacked was handed in; the clock of its acceptance goes on."""

    case: CaseId
    record: Hash
    at: Time
    acceptance: CaseClock


@register("complaint-forwarded/v1")
@dataclass(frozen=True, slots=True)
class ComplaintForwarded(Entry):
    """Another authority handles the complaint from here on. Its clocks go on as they were."""

    case: CaseId
    authority: Name
    record: Hash
    at: Time


@register("complaint-accepted/v1")
@dataclass(frozen=True, slots=True)
class ComplaintAccepted(Entry):
    """A complaint is accepted, and has to be decided by `decision`."""

    case: CaseId
    record: Hash
    at: Time
    decision: CaseClock


@register("complaint-not-accepted/v1")
@dataclass(frozen=True, slots=True)
class ComplaintNotAccepted(Entry):
    """A complaint is not accepted, on that ground."""

    case: CaseId
    ground: RuleName
    record: Hash
    at: Time


@register("complaint-joined/v1")
@dataclass(frozen=True, slots=True)
class ComplaintJoined(Entry):
    """A complaint is handled and decided together with another. The clocks of both go on."""

    case: CaseId
    lead: CaseId
    record: Hash
    at: Time


@register("decision-clock-stopped/v1")
@dataclass(frozen=True, slots=True)
class DecisionClockStopped(Entry):
    """Testing, appraisal or an expert's opinion begins, until then at the latest; that time does not count."""

    case: CaseId
    number: Count
    kind: RuleName
    until: Time
    record: Hash
    at: Time
    decision: CaseClock


@register("decision-clock-resumed/v1")
@dataclass(frozen=True, slots=True)
class DecisionClockResumed(Entry):
    """What the clock stood for is done."""

    case: CaseId
    number: Count
    record: Hash
    at: Time
    decision: CaseClock


@register("case-record-added/v1")
@dataclass(frozen=True, slots=True)
class CaseRecordAdded(Entry):
    """A statement or evidence of a party, or a note of the authority, that changes no state."""

    case: CaseId
    record: Hash
    at: Time


@register("complaint-withdrawal-asked/v1")
@dataclass(frozen=True, slots=True)
class ComplaintWithdrawalAsked(Entry):
    """Whoever complained wants to withdraw; the authority says whether that is allowed."""

    case: CaseId
    record: Hash
    at: Time


@register("complaint-withdrawal-refused/v1")
@dataclass(frozen=True, slots=True)
class ComplaintWithdrawalRefused(Entry):
    """A breach has been found, and the complaint goes on."""

    case: CaseId
    record: Hash
    at: Time


@register("complaint-withdrawn/v1")
@dataclass(frozen=True, slots=True)
class ComplaintWithdrawn(Entry):
    """A complaint is withdrawn and ends without a decision."""

    case: CaseId
    record: Hash
    at: Time


@register("complaint-decided/v1")
@dataclass(frozen=True, slots=True)
class ComplaintDecided(Entry):
    """A complaint is decided, and the decision published: `decision` is the SHA-256 of what anyone can download."""

    case: CaseId
    outcome: RuleName
    decision: Hash
    at: Time


@register("clock-missed/v1")
@dataclass(frozen=True, slots=True)
class ClockMissed(Entry):
    """A period of a case is over, and what it was for is not done. The duty stays."""

    case: CaseId
    rule: RuleName
    due: Time
    at: Time
