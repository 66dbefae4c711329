"""What is due, row by row: clocks to be told of, orders that lapse, mails to be sent. The rows are the queue.

Any number of processes may run this. Each row is taken with SKIP LOCKED, in a transaction of its own, and dealt with
once; a tick that was missed is made good by the next one, which tells of how a clock stands then.

    clocks  near, last-day, overdue and each escalation are told once; that a clock was missed stands in the ledger once
    orders  a suspension that has lasted as long as the law lets it ends
    mails   at least once: whoever is killed between the server's 250 and the commit sends it again, with the same
            Message-ID. One that cannot be sent is tried again, later each time, for ever
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger import log
from ledger.entries import ClockMissed
from oversight.complaints import clocks, suspending
from oversight.complaints.clocks import seconds, whole
from oversight.complaints.ports import AddressPort, MailPort, Reminder, UndeliverableError
from oversight.complaints.reminders import About, mail
from oversight.complaints.steps import (
    AUTHORITY,
    ESCALATION,
    FILER,
    TENDEREE,
    Desk,
    clock_of,
    notify,
    statute_of,
)
from oversight.complaints.tables import CaseRow, ClockRow, MailRow
from oversight.complaints.words import Kind, Matter
from parties.roles import Role
from statutes.errors import RuleError
from statutes.said import Said
from storage.database import Database

LONGEST_WAIT = timedelta(hours=6)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the jobs work with. Without `mail` reminders wait in their rows."""

    database: Database
    desk: Desk
    addresses: AddressPort
    mail: MailPort | None
    sender: str
    url: str
    clock: Callable[[], datetime]


def tick(setting: Setting) -> bool:
    """Everything that is due now, once; whether there was anything to do.

    A clock that cannot go on, such as into a year without a calendar, silences no other: the first such failure is
    raised when all else is done.
    """
    worked, failure = False, None
    with setting.database.session() as session:
        due, orders = (
            due_clocks(session, now=setting.clock()),
            suspending.lapsed(session, now=setting.clock()),
        )
    for case, rule in due:
        try:
            with setting.database.session() as session:
                worked |= tell(session, case, rule, now=setting.clock())
                session.commit()
        except RuleError as error:
            _log.warning("clock %s of case %s cannot go on: %s", rule, case, type(error).__name__)
            failure = failure or error
    for case in orders:
        worked |= _lapse(setting, case)
    while setting.mail is not None and _send_one(setting, setting.mail):
        worked = True
    if failure is not None:
        raise failure
    return worked


def due_clocks(session: Session, *, now: datetime) -> list[tuple[str, str]]:
    """The clocks that somebody is to be told of, the earliest first."""
    query = select(ClockRow.case_id, ClockRow.rule).where(ClockRow.done_at.is_(None), ClockRow.next_at <= now)
    return [
        (case, rule) for case, rule in session.execute(query.order_by(ClockRow.next_at, ClockRow.case_id))
    ]


def tell(session: Session, case_id: str, rule: str, *, now: datetime) -> bool:
    """Writes down who is to be told of a clock; the caller commits. False: another has it, or it was done meanwhile."""
    now = whole(now)
    case = _taken(session, case_id)
    row = None if case is None else session.get(ClockRow, (case_id, rule), populate_existing=True)
    if case is None or row is None or row.done_at is not None or row.next_at > now:
        return False
    statute, clock = statute_of(case), clock_of(row)
    rung = clocks.rung_at(statute, clock, now)
    row.next_at = clocks.next_rung(statute, clock, now)
    if rung is None:
        return True
    responsible = AUTHORITY if case.kind == Kind.COMPLAINT else TENDEREE
    targets = [responsible]
    if rung.is_overdue:
        targets += [ESCALATION] if "-" in rung.level else [ESCALATION, FILER]
        if row.missed_at is None:
            row.missed_at = now
            log.append(session, ClockMissed(case.id, rule, seconds(clock.due), seconds(now)), now=now)
    notify(session, case, rung.level, *targets, about=rule, at=clock.due, now=now)
    session.flush()
    return True


def _lapse(setting: Setting, case_id: str) -> bool:
    with setting.database.session() as session:
        case = _taken(session, case_id)
        if case is None or case.resumed_at is not None:
            return False
        reason = "暂停期限届满 / the longest time of a suspension is over"
        try:
            suspending.lift(session, setting.desk, case, reason, now=setting.clock())
        except RuleError as error:
            _log.warning("a suspension that is over cannot end: %s", type(error).__name__)
            return False
        session.commit()
    return True


def _send_one(setting: Setting, port: MailPort) -> bool:
    now = setting.clock()
    with setting.database.session() as session:
        query = (
            select(MailRow)
            .where(MailRow.sent_at.is_(None), MailRow.retry_at <= now)
            .order_by(MailRow.retry_at, MailRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        if row is None:
            return False
        case = session.get_one(CaseRow, row.case_id)
        about, left = about_of(case, row), 0
        for address in dict.fromkeys(setting.addresses.of(session, reminder_of(case, row.target))):
            if address in row.done_with:
                continue
            try:
                port.send(mail(about, address, setting.sender, setting.url, now=now))
            except UndeliverableError:
                _log.warning("an address of the complaints takes no mail, for good")
            except OSError as error:
                _log.warning("a mail of the complaints could not be handed in: %s", type(error).__name__)
                left += 1
                continue
            row.done_with = [*row.done_with, address]
        if left:
            row.attempts += 1
            row.retry_at = now + min(timedelta(minutes=2 ** min(row.attempts, 12) // 2), LONGEST_WAIT)
        else:
            row.sent_at = now
        session.commit()
    return True


def about_of(case: CaseRow, row: MailRow) -> About:
    """What a row's mail says."""
    statute = statute_of(case)
    is_clock = statute.profile.has(row.about)
    training = Said(
        "本项目为培训项目，无法律效力。", "This tender is a training; nothing here has legal effect."
    )
    return About(
        *(case.id, Kind(case.kind), case.tender, Matter(case.matter), row.word, row.about, row.at),
        rule=statute.rule(row.about) if is_clock else None,
        due_at=row.at if is_clock else None,
        mark=training if statute.profile.is_training else None,
    )


def reminder_of(case: CaseRow, target: str) -> Reminder:
    """Whose addresses a target means. Of an objection the supervisors are told when nobody acts."""
    found: dict[str, tuple[UUID | None, str]] = {
        FILER: (case.organisation, ""),
        TENDEREE: (case.tenderee, Role.TENDEREE),
        AUTHORITY: (case.authority, Role.SUPERVISOR),
        ESCALATION: (None, Role.SUPERVISOR if case.kind == Kind.OBJECTION else ""),
    }
    organisation, role = found[target]
    return Reminder(case.id, target, organisation, role)


def _taken(session: Session, case_id: str) -> CaseRow | None:
    query = select(CaseRow).where(CaseRow.id == case_id).with_for_update(skip_locked=True)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()
