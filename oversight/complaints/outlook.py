"""What can be filed on a tender now, by whom and until when: the answer to who asks before filing. Pure.

It asks oversight.complaints.rights, as a filing will, and takes everybody for a bidder of each lot that is opened: who
was one, the opening record says. In procurement the time to challenge is counted from `knowing`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from oversight.complaints import rights
from oversight.complaints.clocks import Clock, whole
from oversight.complaints.ports import LotFacts, TenderFacts
from oversight.complaints.words import Capacity, Kind, Matter
from statutes.errors import RefusedError, Violation
from statutes.rule import Rule
from statutes.statute import Statute


@dataclass(frozen=True, slots=True)
class Prospect:
    """One kind of filing on one matter of one lot.

    rule:    what gives the right, or forbids it.
    until:   the first instant that is too late; None if it cannot be filed now.
    refusal: why it cannot be filed now; None if it can.
    """

    kind: Kind
    matter: Matter
    lot: str
    capacities: tuple[Capacity, ...]
    rule: Rule
    until: datetime | None
    refusal: Violation | None


def outlook(statute: Statute, tender: TenderFacts, *, knowing: datetime, now: datetime) -> list[Prospect]:
    """By matter, in the order of a tender, then by lot. UnknownYearError."""
    knowing, now = max(whole(knowing), tender.published_at), whole(now)
    return [
        found
        for matter in Matter
        for lot in tender.lots
        for found in _of(statute, tender, lot, matter, knowing, now)
    ]


def _of(
    statute: Statute, tender: TenderFacts, lot: LotFacts, matter: Matter, knowing: datetime, now: datetime
) -> Iterator[Prospect]:
    kinds = [Kind.OBJECTION]
    if matter is rights.NEEDS_NONE and not rights.is_procurement(statute):
        kinds = [Kind.COMPLAINT]
    if matter is Matter.PREQUALIFICATION and lot.prequalification_deadline is None:
        return
    if rights.is_procurement(statute) and matter not in rights.PROCUREMENT:
        return
    who = tuple(one for one in Capacity if one in rights.capacities(statute, matter, [lot]))
    for kind in kinds:
        try:
            right = _right(statute, tender, lot, matter, kind, who, knowing, now)
        except RefusedError as error:
            (refusal, *_) = error.violations
            yield Prospect(kind, matter, lot.number, who, statute.rule(refusal.rule), None, refusal)
        else:
            yield Prospect(kind, matter, lot.number, who, statute.rule(right.rule), right.due, None)


def _right(
    statute: Statute,
    tender: TenderFacts,
    lot: LotFacts,
    matter: Matter,
    kind: Kind,
    who: tuple[Capacity, ...],
    knowing: datetime,
    now: datetime,
) -> Clock:
    filed = (statute, tender, [lot.number], matter, who[0] if who else Capacity.INTERESTED)
    if kind is Kind.COMPLAINT:
        return rights.complaint(*filed, before=None, bids_in=[lot.id], knowing=knowing, now=now)[1]
    return rights.objection(*filed, bids_in=[lot.id], knowing=knowing, now=now)[1]
