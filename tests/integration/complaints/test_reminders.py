"""Clocks that are nearly over or over: told by mail through a real server, escalated, written down; never silenced."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from secrets import token_bytes

import pytest
from sqlalchemy import select, update

from app.complaint_flows import Addresses
from app.mail import Post
from app.models import Account
from ledger.entries import ClockMissed
from oversight.complaints import examining, jobs, objections, steps, suspending
from oversight.complaints.clocks import Status
from oversight.complaints.complaints import of_authority
from oversight.complaints.tables import CaseRow, MailRow
from oversight.complaints.words import Capacity, Matter, Reply
from statutes.errors import UnknownYearError
from statutes.statute import Statute
from tests.integration.complaints.hall import Hall
from tests.integration.complaints.post_office import SENDER, PostOffice, post_office
from tests.unit.bidding.examples import at

TENDEREE, AUTHORITY, FILER, BOSS = (
    f"{who}@example.com" for who in ("tenderee", "authority", "filer", "boss")
)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as made:
        yield made


@pytest.fixture
def mailing(hall: Hall) -> Hall:
    """With an account for one person of each party."""
    for name, address in (("招标人", TENDEREE), ("某发展改革委", AUTHORITY), ("甲公司", FILER)):
        with hall.committing() as session:
            session.add(
                Account(
                    id=hall.parties[name].person,
                    email=address,
                    password=None,
                    active=True,
                    confirmed_at=at(3, 1),
                    fs_uniquifier=token_bytes(16).hex(),
                    fs_webauthn_user_handle=None,
                    tf_primary_method=None,
                    tf_totp_secret=None,
                    totp_counter=None,
                    mf_recovery_codes=None,
                )
            )
    return hall


def tick(hall: Hall, office: PostOffice | None, now: datetime) -> None:
    port = None if office is None else Post(office.server)
    jobs.tick(
        jobs.Setting(
            *(hall.database, hall.desk, Addresses((BOSS,)), port, SENDER, "https://tenders.example"),
            clock=lambda: now,
        )
    )


def test_a_clock_that_cannot_go_on_silences_no_other(
    mailing: Hall, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, other = (mailing.object(mailing.publish()) for _ in range(2))

    def statute_of(case: CaseRow) -> Statute:
        if case.id == broken:
            raise UnknownYearError(2031)
        return steps.statute_of(case)

    monkeypatch.setattr(jobs, "statute_of", statute_of)
    with mailing.committing() as session:
        session.execute(update(MailRow).values(sent_at=at(3, 3)))
    with pytest.raises(UnknownYearError):
        tick(mailing, office, at(3, 7))
    assert {one.case for one in mailing.entries(ClockMissed) if isinstance(one, ClockMissed)} == {other}
    assert "is overdue" in office.to(TENDEREE)[-1]


def test_the_tenderee_is_reminded_then_the_supervisors_are_told_and_the_ledger(
    mailing: Hall, office: PostOffice
) -> None:
    tender = mailing.publish()
    case = mailing.object(tender)
    tick(mailing, office, at(3, 3, 11))
    assert len(office.to(TENDEREE)) == 1
    assert "has been received" in office.to(TENDEREE)[0]
    tick(mailing, office, at(3, 5, 0))
    tick(mailing, office, at(3, 6, 0))
    assert [one.rpartition(" is ")[2] for one in office.to(TENDEREE)[1:]] == ["nearly due", "due today"]
    tick(mailing, office, at(3, 7))
    assert "is overdue" in office.to(TENDEREE)[-1]
    assert "is overdue" in office.to(AUTHORITY)[-1], "the supervisors are told of an objection nobody answers"
    assert "is overdue" in office.to(BOSS)[-1]
    assert "is overdue" in office.to(FILER)[-1]
    (missed,) = mailing.entries(ClockMissed)
    assert isinstance(missed, ClockMissed)
    assert (missed.case, missed.due) == (case, int(at(3, 7).timestamp()))
    sent = len(office.mails)
    tick(mailing, office, at(3, 7, 1))
    assert len(office.mails) == sent, "a tick told the same twice"
    tick(mailing, office, at(3, 10))
    assert len(office.to(BOSS)) == 2
    assert len(mailing.entries(ClockMissed)) == 1


def test_no_mail_says_who_objects_or_what_was_said(mailing: Hall, office: PostOffice) -> None:
    mailing.object(mailing.publish())
    tick(mailing, office, at(3, 20))
    for mail in office.mails:
        text = f"{mail['Subject']} {mail.get_content()}"
        assert "甲公司" not in text
        assert "品牌" not in text
    (found,) = [mail for mail in office.mails if mail["To"] == TENDEREE and "overdue" in str(mail["Subject"])]
    assert (
        "应当自收到异议之日起3日内作出答复（条22、条54）。时限：2026年3月6日24:00之前" in found.get_content()
    )
    assert "https://tenders.example/complaints/" in found.get_content()
    assert found["Auto-Submitted"] == "auto-generated"


def test_missed_ticks_cost_nothing_but_the_mails_that_are_stale_by_then(
    mailing: Hall, office: PostOffice
) -> None:
    mailing.object(mailing.publish())
    tick(mailing, office, at(3, 20))
    words = [one.rpartition(" is ")[2] for one in office.to(TENDEREE) if " is " in one]
    assert words == ["overdue"]
    assert len(mailing.entries(ClockMissed)) == 1


def test_after_the_reply_nobody_is_reminded_and_what_was_missed_stays_so(
    mailing: Hall, office: PostOffice
) -> None:
    tender = mailing.publish()
    case = mailing.object(tender)
    tick(mailing, office, at(3, 7, 9))
    with mailing.committing() as session:
        said = (session, mailing.desk, mailing.parties["招标人"], case, Reply.REJECTED, "迟复")
        objections.reply(*said, new_deadline=at(4, 10, 9), now=at(3, 9, 9))
    tick(mailing, office, at(3, 9, 10))
    sent = len(office.mails)
    tick(mailing, office, at(6, 1))
    assert len(office.mails) == sent
    assert mailing.clocks(case, at(6, 1))["objection-reply"].status is Status.MISSED


def test_mail_waits_for_a_server_and_goes_out_when_there_is_one(mailing: Hall, office: PostOffice) -> None:
    mailing.object(mailing.publish())
    tick(mailing, None, at(3, 3, 11))
    closed = PostOffice(port=1)  # nobody listens there
    tick(mailing, closed, at(3, 3, 11))
    assert not office.mails
    tick(mailing, office, at(3, 3, 11, 1))
    assert len(office.mails) == 2


def test_an_address_that_is_refused_for_good_does_not_keep_mail_from_others(
    mailing: Hall, office: PostOffice
) -> None:
    mailing.object(mailing.publish())
    office.refuses = {AUTHORITY: "550 no such person", TENDEREE: "451 try later"}
    for hour in range(12):
        tick(mailing, office, at(3, 7, hour))
    assert len([one for one in office.to(BOSS) if "overdue" in one]) == 1, "told again with every attempt"
    assert not office.to(AUTHORITY)
    office.refuses = {}
    tick(mailing, office, at(3, 8, 0))
    assert any("overdue" in one for one in office.to(TENDEREE))
    assert not office.to(AUTHORITY)


def test_a_mail_that_goes_out_twice_has_one_message_id(mailing: Hall, office: PostOffice) -> None:
    mailing.object(mailing.publish())
    tick(mailing, office, at(3, 3, 11))
    with mailing.committing() as session:  # killed between the server's 250 and the commit
        for row in session.scalars(select(MailRow)):
            row.sent_at, row.done_with = None, []
    tick(mailing, office, at(3, 3, 12))
    identifiers = [str(mail["Message-ID"]) for mail in office.mails]
    assert len(identifiers) == 4
    assert len(set(identifiers)) == 2


def test_in_procurement_an_order_lapses_after_thirty_days_and_bidding_goes_on(
    mailing: Hall, office: PostOffice
) -> None:
    tender = mailing.publish("cn-procurement", at(3, 2, 9))
    case = mailing.complain(tender, mailing.object(tender), now=at(3, 13, 9))
    authority = mailing.parties["某发展改革委"]
    with mailing.committing() as session:
        examining.accept(session, mailing.desk, authority, case, "受理", now=at(3, 16, 9))
    with mailing.committing() as session:
        row, _ = of_authority(session, authority, case)
        suspending.order(session, mailing.desk, authority, row, "暂停采购活动", now=at(3, 16, 10))
    tick(mailing, office, at(4, 15, 23))
    assert mailing.office.state(tender) == "suspended"
    tick(mailing, office, at(4, 16))
    assert mailing.office.state(tender) == "published"
    with mailing.database.session() as session:
        facts = mailing.desk.tenders.facts(session, tender, now=at(4, 16))
    assert facts is not None
    assert facts.lots[0].deadline >= at(4, 16) + (at(3, 25, 9, 30) - at(3, 16, 10)) - timedelta(seconds=1)
    tick(mailing, office, at(4, 17))
    assert mailing.office.state(tender) == "published"


def test_the_authority_is_told_of_a_complaint_that_it_does_not_look_at(
    mailing: Hall, office: PostOffice
) -> None:
    tender = mailing.publish()
    mailing.complain(
        tender, matter=Matter.PROCESS, capacity=Capacity.INTERESTED, now=at(3, 6, 17), knowing=at(3, 3, 9)
    )
    tick(mailing, office, at(3, 12))
    assert "is overdue" in office.to(AUTHORITY)[-1]
    assert not office.to(TENDEREE), "it reads a complaint once that is accepted"


def test_four_workers_at_once_tell_everybody_once(mailing: Hall, office: PostOffice) -> None:
    tender = mailing.publish()
    for _ in range(3):
        mailing.object(tender)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(tick, mailing, office, at(3, 7)) for _ in range(4)]:
            done.result()
    tick(mailing, office, at(3, 7, 0))
    assert len(mailing.entries(ClockMissed)) == 3
    identifiers = [str(mail["Message-ID"]) for mail in office.mails]
    assert len(identifiers) == len(set(identifiers)) == 3 * (2 + 4)
