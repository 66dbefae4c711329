"""Objections and complaints connected with what they need of others: tenders, openings, persons' addresses.

oversight.complaints.ports says what is asked; bidding answers. A tender that stands still for a case is suspended and
resumed by bidding's own moves, so its rules hold whoever asks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Account
from bidding.changes import earliest_deadline
from bidding.errors import DeadlineError
from bidding.opening.models import GOOD, HallRow, OpenedBidRow, OpeningRow
from bidding.tender import ROWS, State
from bidding.tenders import changing, reading
from bidding.tenders.changing import Ground
from bidding.tenders.draft import timetable_from
from bidding.tenders.errors import UnknownTenderError
from bidding.tenders.law import statute_of
from bidding.tenders.models import AmendmentRow, LotRow, SuspensionRow, TenderRow
from bidding.tenders.standing import stops_of
from crypto.randomness import RandomBytes
from oversight.complaints.errors import StepError, violation
from oversight.complaints.ports import LotFacts, OpeningObjection, Reminder, TenderFacts
from oversight.complaints.reading import FILING_ROLES
from oversight.complaints.steps import FILER, Desk
from oversight.complaints.steps import statute_of as statute_of_case
from oversight.complaints.tables import CaseRow
from parties.models import Membership, Organisation
from statutes.said import Said

_OPENED = frozenset(
    {State.OPENED, State.EVALUATED, State.CANDIDATES_PUBLISHED, State.AWARDED, State.CONTRACTED}
)
_CASE = re.compile(r"(?:objection|complaint)-([0-9a-f]{32})")
_ENDED = frozenset({State.FAILED, State.CANCELLED, State.TENDERED_AGAIN})


def desk_of(random: RandomBytes) -> Desk:
    """What the services of cases work with."""
    return Desk(TenderFlow(), random)


def require_no_case(session: Session, cause: str) -> None:
    """StepError for a suspension that a case holds: its reply or its decision lifts it, and nothing else."""
    found = _CASE.fullmatch(cause)
    case = session.get(CaseRow, found[1]) if found else None
    if case is not None and case.resumed_at is None:
        raise StepError(
            violation(
                *(statute_of_case(case), "suspended-until-reply", "resume"),
                Said("异议未答复或者投诉未处理完毕", "the objection or the complaint is open"),
                Said(
                    "先答复异议，或者由受理投诉的部门解除",
                    "its reply, or the authority that has the complaint",
                ),
            )
        )


class TenderFlow:
    """oversight.complaints.ports.TenderPort, over bidding."""

    def facts(self, session: Session, tender: str, *, now: datetime) -> TenderFacts | None:
        """None for what is not published, or does not read as a tender's id."""
        if not tender.isascii() or not tender.isalnum():
            return None
        try:
            row = reading.get_published(session, tender)
        except UnknownTenderError:
            return None
        if row.published_at is None or row.law_of is None:
            return None
        lots = tuple(_lot(session, lot) for lot in reading.lots(session, row))
        profile = statute_of(row, now=now).profile.id
        return TenderFacts(row.id, row.organisation, profile, row.law_of, row.published_at, lots)

    def suspend(
        self,
        session: Session,
        tender: str,
        lots: Sequence[str],
        cause: str,
        reason: str,
        *,
        by_order: bool,
        now: datetime,
    ) -> None:
        ground = Ground.ORDER if by_order else Ground.OBJECTION
        if by_order:  # what has ended cannot stand still, and is no reason not to stop the others
            rows = reading.lots(session, reading.get(session, tender))
            can = {lot.number for lot in rows if lot.state in ROWS[ground.move].sources}
            lots = [number for number in lots if number in can] or lots
        changing.suspend(session, tender, ground, cause, reason, numbers=list(lots), now=now)

    def resume(
        self,
        session: Session,
        tender: str,
        cause: str,
        reason: str,
        *,
        new_deadline: datetime | None,
        at_once: bool,
        now: datetime,
    ) -> None:
        query = (
            select(LotRow.number, SuspensionRow.began_at)
            .join(SuspensionRow, SuspensionRow.lot == LotRow.id)
            .where(LotRow.tender == tender, SuspensionRow.cause == cause, SuspensionRow.ended_at.is_(None))
            .order_by(LotRow.position)
        )
        standing = session.execute(query).all()
        for number, began_at in standing:

            def go_on(deadline: datetime | None, number: str = number) -> None:
                changing.resume(
                    session, tender, cause, reason, new_deadline=deadline, numbers=[number], now=now
                )

            if not at_once:
                go_on(new_deadline)
                continue
            try:
                with session.begin_nested():
                    go_on(None)
            except DeadlineError:
                go_on(_next_deadline(session, tender, number, began_at, now))

    def is_bidder(self, session: Session, lot: str, credit_code: str) -> bool:
        query = (
            select(OpenedBidRow.bid)
            .join(
                OpeningRow,
                (OpeningRow.closing == OpenedBidRow.closing) & (OpeningRow.part == OpenedBidRow.part),
            )
            .where(OpeningRow.lot == lot, OpenedBidRow.state == GOOD, OpenedBidRow.credit_code == credit_code)
        )
        return session.execute(query.limit(1)).first() is not None

    def objection_at_opening(self, session: Session, lot: str, credit_code: str) -> OpeningObjection | None:
        query = (
            select(HallRow)
            .join(OpeningRow, (OpeningRow.closing == HallRow.closing) & (OpeningRow.part == HallRow.part))
            .where(OpeningRow.lot == lot, HallRow.credit_code == credit_code)
            .order_by(HallRow.made_at, HallRow.number)
            .limit(1)
        )
        found = session.scalars(query).one_or_none()
        if found is None:
            return None
        return OpeningObjection(found.closing, found.number, found.made_at, found.answered_at)


@dataclass(frozen=True, slots=True)
class Addresses:
    """oversight.complaints.ports.AddressPort, over accounts. `escalation`: told of what nobody does."""

    escalation: tuple[str, ...] = ()

    def of(self, session: Session, reminder: Reminder) -> Sequence[str]:
        query = (
            select(Account.email)
            .join(Membership, Membership.person_id == Account.id)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(
                Account.active,
                Account.confirmed_at.is_not(None),
                Membership.ended_at.is_(None),
                Membership.suspended_at.is_(None),
                Organisation.suspended_at.is_(None),
            )
            .order_by(Account.email)
        )
        if reminder.organisation is None:
            if not reminder.role:
                return self.escalation
            query = query.where(Membership.role == reminder.role)
            return [*session.scalars(query).unique(), *self.escalation]
        query = query.where(Membership.organisation_id == reminder.organisation)
        roles = FILING_ROLES if reminder.target == FILER else frozenset({reminder.role})
        return list(session.scalars(query.where(Membership.role.in_(roles))).unique())


def _lot(session: Session, lot: LotRow) -> LotFacts:
    timetable = timetable_from(lot.timetable)
    state = State(lot.resumes or lot.state)
    return LotFacts(
        *(lot.id, lot.number, state.value, timetable.deadline, timetable.documents_to),
        opened=state in _OPENED or (state in _ENDED and _was_read_out(session, lot)),
        alive=state not in _ENDED,
        prequalification_deadline=timetable.prequalification_deadline,
        candidates_from=timetable.candidates_from,
        candidates_until=lot.candidates_until,
    )


def _was_read_out(session: Session, lot: LotRow) -> bool:
    query = select(OpeningRow.part).where(
        OpeningRow.lot == lot.id, OpeningRow.public, OpeningRow.opened_at.is_not(None)
    )
    return session.execute(query.limit(1)).first() is not None


def _next_deadline(session: Session, tender: str, number: str, began_at: datetime, now: datetime) -> datetime:
    """The earliest that the law allows, and no less time than was left when the lot was stopped."""
    row = session.get_one(TenderRow, tender)
    lot, _ = reading.lot(session, row, number)
    timetable = timetable_from(lot.timetable)
    amendments = select(AmendmentRow).where(AmendmentRow.tender == tender, AmendmentRow.may_affect_bids)
    limit = earliest_deadline(
        statute_of(row, now=now),
        timetable.documents_from,
        [one.at for one in session.scalars(amendments) if lot.id in one.lots],
        stops_of(session, lot, now=now),
    )
    left = now + max(timetable.deadline - began_at, timedelta())
    return max(limit.at, left.replace(microsecond=0), timetable.deadline + timedelta(seconds=1))
