"""Who may file what, when, after which objection. Pure.

Tendering (条22, 条44, 条54, 条60):

    1. Potential bidders and other interested parties object to the documents while there is time before the deadline.
    2. Bidders and other interested parties object to the result while the candidates are published.
    3. Bidders object to the opening on the spot: in the hall, which is bidding.opening's.
    4. On 1. to 3. a complaint comes after the same party's objection; on the course of the tender it needs none.
    5. It comes within 10 days of knowing; the time to reply does not count. Who objected knew when it objected.

Government procurement (采52, 采55): suppliers alone; a challenge on documents, course or result within 7 working days
of knowing; a complaint always after a challenge, until 15 working days after the time to reply is over. Who was
answered before that may complain at once: the law counts from the end of that time for all.

Before a lot is opened nobody files as its bidder, for that would say that it bids.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from oversight.complaints.clocks import Clock, Stopped, run, until, until_event
from oversight.complaints.errors import EarlyError, FilingError, StepError, violation
from oversight.complaints.ports import LotFacts, TenderFacts
from oversight.complaints.words import CAPACITIES, MATTERS, REPLY_TIME, Capacity, Matter
from statutes.errors import OutOfTimeError
from statutes.instants import said_instant, said_start
from statutes.said import Said
from statutes.statute import Limit, Statute, violation_of_end

_POTENTIAL, _BIDDER, _INTERESTED = Capacity
TENDERING = {
    Matter.PREQUALIFICATION: frozenset({_POTENTIAL, _INTERESTED}),
    Matter.DOCUMENTS: frozenset({_POTENTIAL, _INTERESTED}),
    Matter.OPENING: frozenset({_BIDDER}),
    Matter.PROCESS: frozenset({_POTENTIAL, _BIDDER, _INTERESTED}),
    Matter.RESULT: frozenset({_BIDDER, _INTERESTED}),
}
PROCUREMENT = {
    Matter.DOCUMENTS: frozenset({_POTENTIAL, _BIDDER}),
    Matter.PROCESS: frozenset({_POTENTIAL, _BIDDER}),
    Matter.RESULT: frozenset({_BIDDER}),
}
OBJECTED_IN_THE_HALL = Matter.OPENING
NEEDS_NONE = Matter.PROCESS
_STATES = {
    Matter.PREQUALIFICATION: frozenset({"published"}),
    Matter.DOCUMENTS: frozenset({"published"}),
    Matter.RESULT: frozenset({"candidates-published"}),
}
_RESULT_OF_PROCUREMENT = frozenset({"awarded", "contracted"})
_INSTANT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Before:
    """The objection that came before a complaint. `case` is empty for one at the opening."""

    case: str
    matter: Matter
    lots: frozenset[str]
    filed_at: datetime
    reply_due: datetime
    replied_at: datetime | None
    withdrawn: bool = False


def capacities(statute: Statute, matter: Matter, lots: Sequence[LotFacts]) -> frozenset[Capacity]:
    """As what one may file on these lots. Nobody as their bidder before they are opened: it would say that it bids."""
    allowed = (PROCUREMENT if is_procurement(statute) else TENDERING).get(matter, frozenset())
    return allowed if all(lot.opened for lot in lots) else allowed - {Capacity.BIDDER}


def is_procurement(statute: Statute) -> bool:
    """Whether objections are challenges (采52)."""
    return statute.profile.has("challenge")


def objection(
    statute: Statute,
    tender: TenderFacts,
    lots: Collection[str] | None,
    matter: Matter,
    capacity: Capacity,
    *,
    bids_in: Collection[str],
    knowing: datetime,
    now: datetime,
) -> tuple[list[LotFacts], Clock]:
    """The lots that an objection concerns, and the right that it is filed by. `bids_in`: opened lots of this bidder.

    FilingError, StepError, EarlyError, OutOfTimeError; UnknownYearError.
    """
    if matter is OBJECTED_IN_THE_HALL:
        raise FilingError(
            violation(
                statute,
                "objection-at-opening",
                "matter",
                MATTERS[matter],
                Said("在开标大厅当场提出", "in the hall, while the opening lasts"),
            )
        )
    if matter is NEEDS_NONE and not is_procurement(statute):
        raise FilingError(
            violation(
                *(statute, "objection-first", "matter", MATTERS[matter]),
                Said("此类事项无需异议，可以直接投诉", "a complaint, which needs no objection on this"),
            )
        )
    chosen = _lots(statute, tender, lots, _states(statute, matter), matter)
    _require_capacity(statute, matter, capacity, chosen, bids_in)
    knowing = _known(statute, tender, knowing, now)
    clocks = [_right_to_object(statute, lot, matter, knowing, now) for lot in chosen]
    if lots is None:
        chosen = [lot for lot, clock in zip(chosen, clocks, strict=True) if now < clock.due] or chosen
        clocks = [clock for clock in clocks if now < clock.due] or clocks
    right = min(clocks, key=lambda clock: clock.due)
    _require_in_time(statute, right, "objection", now)
    return chosen, right


def complaint(
    statute: Statute,
    tender: TenderFacts,
    lots: Collection[str] | None,
    matter: Matter,
    capacity: Capacity,
    *,
    before: Before | None,
    bids_in: Collection[str],
    knowing: datetime,
    now: datetime,
) -> tuple[list[LotFacts], Clock]:
    """The lots that a complaint concerns, and the right that it is filed by. Errors as of `objection`."""
    of_objection = None if before is None else before.lots
    chosen = _lots(statute, tender, lots or of_objection, None, matter)
    _require_capacity(statute, matter, capacity, chosen, bids_in)
    needed = is_procurement(statute) or matter is not NEEDS_NONE
    if needed and not _is_before(before, matter, chosen):
        raise FilingError(
            violation(
                *(
                    statute,
                    "objection-first",
                    "after",
                    Said("没有同一事项的异议", "no objection on the same"),
                ),
                Said("先就同一事项、同一标段提出异议", "an objection on this matter and these lots first"),
            )
        )
    knowing = _known(statute, tender, knowing, now)
    if before is None or not needed:
        right = run(statute, "complaint", knowing)
    else:
        if before.replied_at is None and now < before.reply_due:
            raise EarlyError(
                violation(
                    statute,
                    "objection-first",
                    "complaint",
                    said_instant(now),
                    said_start(before.reply_due),
                    earliest=before.reply_due,
                )
            )
        last = before.reply_due - _INSTANT
        if is_procurement(statute):
            right = run(statute, "complaint", last)
        else:
            end = max(before.filed_at, min(before.replied_at or last, last))
            start = min(knowing, before.filed_at)
            right = run(statute, "complaint", start, [Stopped(REPLY_TIME, before.filed_at, end)])
    _require_in_time(statute, right, "complaint", now)
    return chosen, right


def _right_to_object(
    statute: Statute, lot: LotFacts, matter: Matter, knowing: datetime, now: datetime
) -> Clock:
    if is_procurement(statute):
        if matter is Matter.DOCUMENTS:
            knowing = min(knowing, lot.documents_to)  # 采条53: at the latest when they are on offer no more
        return run(statute, "challenge", knowing)
    if matter is Matter.PREQUALIFICATION:
        deadline = lot.prequalification_deadline
        if deadline is None:
            raise FilingError(
                violation(
                    *(statute, "prequalification-objection", "matter", MATTERS[matter]),
                    Said("本项目无资格预审", "a tender with a prequalification"),
                )
            )
        return until(statute, "prequalification-objection", deadline)
    if matter is Matter.DOCUMENTS:
        return until(statute, "objection-to-documents", lot.deadline)
    begin, end = lot.candidates_from, lot.candidates_until
    if begin is None or end is None or now < begin:
        raise EarlyError(
            violation(
                *(statute, "candidates-objection", "objection", said_instant(now)),
                Said("中标候选人公示期间", "while the candidates are published"),
                earliest=begin,
            )
        )
    return until_event(statute, "candidates-objection", end)


def _states(statute: Statute, matter: Matter) -> frozenset[str] | None:
    if is_procurement(statute):
        return _RESULT_OF_PROCUREMENT if matter is Matter.RESULT else None
    return _STATES[matter]


def _lots(
    statute: Statute,
    tender: TenderFacts,
    numbers: Collection[str] | None,
    states: frozenset[str] | None,
    matter: Matter,
) -> list[LotFacts]:
    """Those of the numbers, all of which must do; without numbers, all that do."""

    def does(lot: LotFacts) -> bool:
        return states is None or lot.state in states

    known = {lot.number for lot in tender.lots}
    if numbers is not None and (not numbers or not set(numbers) <= known):
        raise FilingError(
            violation(
                *(statute, "order-of-events", "lots", Said("没有此标段", "no such lot")),
                Said("、".join(sorted(known)), ", ".join(sorted(known))),
            )
        )
    wanted = [lot for lot in tender.lots if numbers is None or lot.number in numbers]
    chosen = [lot for lot in wanted if does(lot)]
    if not chosen or (numbers is not None and len(chosen) < len(wanted)):
        raise StepError(
            violation(
                *(
                    statute,
                    "order-of-events",
                    "lots",
                    Said("标段不在可以提出的阶段", "the lot is at another stage"),
                ),
                Said(f"可以就{MATTERS[matter].zh}提出的阶段", f"the stage of {MATTERS[matter].en}"),
            )
        )
    return chosen


def _require_capacity(
    statute: Statute,
    matter: Matter,
    capacity: Capacity,
    lots: Sequence[LotFacts],
    bids_in: Collection[str],
) -> None:
    allowed = capacities(statute, matter, lots)
    if (
        all(lot.opened for lot in lots)
        and capacity is Capacity.BIDDER
        and not all(lot.id in bids_in for lot in lots)
    ):
        raise FilingError(
            violation(
                *(statute, "complaint", "capacity"),
                Said("开标记录中没有贵单位的投标", "the opening record has no bid of yours"),
                CAPACITIES[Capacity.INTERESTED],
            )
        )
    if capacity not in allowed:
        names = [CAPACITIES[one] for one in Capacity if one in allowed]
        none = Said("此阶段无人可以提出", "nobody at this stage")
        raise FilingError(
            violation(
                *(statute, "challenge" if is_procurement(statute) else "complaint", "capacity"),
                CAPACITIES[capacity],
                Said("、".join(one.zh for one in names), ", ".join(one.en for one in names))
                if names
                else none,
            )
        )


def _known(statute: Statute, tender: TenderFacts, knowing: datetime, now: datetime) -> datetime:
    if tender.published_at - _INSTANT <= knowing <= now:
        return knowing
    raise FilingError(
        violation(
            *(statute, "complaint", "knowing", said_instant(knowing)),
            Said("公告发布之后、提出之前", "after the notice was published, and not after the filing"),
        )
    )


def _is_before(before: Before | None, matter: Matter, lots: Sequence[LotFacts]) -> bool:
    return (
        before is not None
        and before.matter is matter
        and not before.withdrawn
        and {lot.number for lot in lots} <= before.lots
    )


def _require_in_time(statute: Statute, right: Clock, subject: str, now: datetime) -> None:
    if now >= right.due:
        raise OutOfTimeError(violation_of_end(Limit(statute.rule(right.rule), right.due), subject, now))
