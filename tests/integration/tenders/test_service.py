"""Tenders through their service: publication as one act, changes and what they do to the deadline, two clerks at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from secrets import token_bytes

import pytest
from sqlalchemy import func, select

from bidding import closing
from bidding.errors import DeadlineError, LotError, NoReasonError, TimetableError, WrongStateError
from bidding.intake import IntakeError
from bidding.package.sheet import LotSheet
from bidding.submission.models import IntakeRow
from bidding.tenders import changing, clarifications, documents, due, jobs, outcome, publication, reading
from bidding.tenders.changing import Ground
from bidding.tenders.errors import DraftError, TooManyQuestionsError, UnknownTenderError
from bidding.tenders.models import LotRow, QuestionRow, TenderRow
from custody.errors import PoolEmptyError
from custody.models import RunRow
from ledger.entries import (
    ClarificationAnswered,
    DeadlineMoved,
    DocumentsAmended,
    KeyBound,
    LotCancelled,
    LotFailed,
    LotPublished,
    LotResumed,
    LotSuspended,
    SuspensionBegun,
    TenderPublished,
)
from tests.integration.tenders.office import (
    DEADLINE,
    DRAFT,
    KEEPING,
    LOT,
    PUBLISHED,
    TWO_PARTS,
    Office,
    two_lots,
)
from tests.unit.bidding.examples import at


def kinds(office: Office) -> list[type]:
    return [type(entry) for entry in office.entries()]


def test_publication_is_one_act_with_its_entries_keys_intakes_and_documents(office: Office) -> None:
    tender = office.begin(two_lots(replace(DRAFT, lots=(LOT,))))
    with office.committing() as session:
        documents.store(
            *(session, office.blobs, tender, "notice.pdf", [b"%PDF"]),
            title="Notice",
            media_type="application/pdf",
            now=PUBLISHED,
        )
    with office.committing() as session:
        publication.publish(session, tender, KEEPING, now=PUBLISHED)
    assert kinds(office)[-5:] == [TenderPublished, KeyBound, LotPublished, KeyBound, LotPublished]
    published = office.entries()[-5]
    assert isinstance(published, TenderPublished)
    assert published.documents[0].name == "notice.pdf"
    with office.database.session() as session:
        assert session.execute(select(func.count()).select_from(IntakeRow)).scalar_one() == 2
        row = reading.get_published(session, tender)
        for number in ("1", "2"):
            sheet = LotSheet.parse(reading.sheet(session, row, number).to_bytes())
            assert sheet.deadline == int(DEADLINE.timestamp())
            assert sheet.ceiling == "4800000.00"
        assert documents.version(session, tender, "notice.pdf", 1).size == 4


def test_second_envelope_stands_behind_the_first_and_names_who_calls(office: Office) -> None:
    office.publish(replace(DRAFT, lots=(replace(LOT, parts=TWO_PARTS),)))
    entry = office.entries()[-1]
    assert isinstance(entry, LotPublished)
    assert [(part.name, part.caller) for part in entry.parts] == [
        ("technical", ""),
        ("price", KEEPING.caller),
    ]
    with office.database.session() as session:
        tender = office.begin(replace(DRAFT, lots=(replace(LOT, parts=TWO_PARTS),)))
        with pytest.raises(DraftError, match="SUNSEAL_OPENING_CALLER"):
            publication.publish(session, tender, replace(KEEPING, caller=""), now=PUBLISHED)


def test_what_may_not_be_published_leaves_nothing_behind(office: Office) -> None:
    late = replace(DRAFT, timetable=replace(DRAFT.timetable, deadline=at(3, 10), opening=at(3, 10)))  # type: ignore[type-var]
    foreign, dear = replace(DRAFT, currency="UAH"), replace(DRAFT, lots=(replace(LOT, bond=LOT.estimate),))
    before = len(office.entries())
    for draft, error in ((late, TimetableError), (foreign, LotError), (dear, LotError)):
        tender = office.begin(draft)
        with office.database.session() as session, pytest.raises(error) as refused:
            publication.publish(session, tender, KEEPING, now=PUBLISHED)
        assert refused.value.violations[0].found.zh
    assert len(office.entries()) == before


def test_too_few_keys_publish_nothing_at_all(office: Office) -> None:
    with office.committing() as session:
        for row in session.scalars(select(RunRow)).all()[1:]:
            session.delete(row)
    tender = office.begin(two_lots())
    with office.database.session() as session, pytest.raises(PoolEmptyError):
        publication.publish(session, tender, KEEPING, now=PUBLISHED)
    with office.database.session() as session:
        assert session.get_one(TenderRow, tender).state == "draft"
        assert session.execute(select(RunRow.state)).scalar_one() == "free"


def test_two_clerks_who_publish_at_once_publish_once(office: Office) -> None:
    tender = office.begin()

    def work(_: int) -> str:
        with office.database.session() as session:
            try:
                publication.publish(session, tender, KEEPING, now=PUBLISHED)
            except WrongStateError:
                return "refused"
            session.commit()
            return "published"

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(work, range(4))) == ["published", "refused", "refused", "refused"]
    assert kinds(office).count(TenderPublished) == 1


def test_two_clerks_who_move_the_deadline_and_cancel_never_both_win_in_a_mixed_order(office: Office) -> None:
    tender = office.publish()
    now = PUBLISHED + timedelta(days=1)

    def work(number: int) -> bool:
        with office.database.session() as session:
            try:
                if number % 2:
                    changing.cancel(session, tender, "no money", now=now)
                else:
                    changing.postpone(session, tender, DEADLINE + timedelta(days=1), "time", now=now)
            except (WrongStateError, DeadlineError):
                return False
            session.commit()
            return True

    with ThreadPoolExecutor(6) as threads:
        done = list(threads.map(work, range(6)))
    found = [kind for kind in kinds(office) if kind in (DeadlineMoved, LotCancelled)]
    assert found in ([LotCancelled], [DeadlineMoved, LotCancelled])
    assert sum(done) == len(found)


def test_amendment_moves_the_deadline_where_it_must_and_publishes_what_waits(office: Office) -> None:
    tender, now = office.publish(), at(3, 20, 12)
    with office.committing() as session:
        documents.store(
            *(session, office.blobs, tender, "drawing.pdf", [b"3"]),
            title="Drawing 3",
            media_type="application/pdf",
            now=now,
        )
        with pytest.raises(UnknownTenderError):
            documents.version(session, tender, "drawing.pdf", 1)
    with office.database.session() as session, pytest.raises(DeadlineError) as refused:
        changing.amend(session, tender, "Drawing 3", may_affect_bids=True, now=now)
    earliest = refused.value.violations[0].earliest
    assert earliest == at(4, 4)
    with office.committing() as session:
        changing.amend(session, tender, "Drawing 3", may_affect_bids=True, new_deadline=at(4, 4, 9), now=now)
    moved, amended = office.entries()[-2:]
    assert isinstance(moved, DeadlineMoved)
    assert isinstance(amended, DocumentsAmended)
    assert (moved.deadline, amended.deadline) == (int(at(4, 4, 9).timestamp()),) * 2
    assert [one.name for one in amended.documents] == ["drawing.pdf"]
    with office.database.session() as session:
        assert session.scalars(select(IntakeRow.deadline)).one() == at(4, 4, 9)
        assert due.of_lot(session, f"{tender}.1")[0].due_at == at(4, 4, 9)
        assert documents.version(session, tender, "drawing.pdf", 1).published_at == now


def test_lot_suspended_twice_goes_on_when_both_causes_are_gone(office: Office) -> None:
    tender, now = office.publish(), at(3, 10, 12)
    with office.committing() as session:
        changing.suspend(session, tender, Ground.OBJECTION, "objection-1", "drawing 3", now=now)
        changing.suspend(session, tender, Ground.ORDER, "order-1", "inspection", now=now)
    with office.committing() as session:
        changing.resume(session, tender, "objection-1", "answered", now=now + timedelta(hours=1))
    assert office.state(tender) == "suspended"
    with office.database.session() as session, pytest.raises(DeadlineError):
        changing.resume(session, tender, "order-1", "lifted", now=at(3, 26))
    with office.committing() as session:
        changing.resume(session, tender, "order-1", "lifted", new_deadline=at(4, 20, 9), now=at(3, 26))
    assert office.state(tender) == "published"
    found = kinds(office)
    assert (found.count(LotSuspended), found.count(SuspensionBegun), found.count(LotResumed)) == (1, 2, 1)


def test_one_lot_alone_is_cancelled_and_the_tender_goes_on(office: Office) -> None:
    tender = office.publish(two_lots())
    with office.committing() as session:
        changing.cancel(session, tender, "not needed", numbers=["2"], now=PUBLISHED)
    assert (office.state(tender, "1"), office.state(tender, "2")) == ("published", "cancelled")
    with office.database.session() as session:
        assert session.get_one(TenderRow, tender).state == "published"
        assert session.get_one(IntakeRow, f"{tender}.2").state == "cancelled"
        with pytest.raises(WrongStateError):
            changing.cancel(session, tender, "again", numbers=["2"], now=PUBLISHED)
        with pytest.raises(NoReasonError):
            changing.cancel(session, tender, " ", now=PUBLISHED)


def test_job_takes_the_closing_over_once_and_a_missed_tick_changes_nothing(office: Office) -> None:
    tender, after = office.publish(two_lots()), DEADLINE + timedelta(minutes=1)
    assert jobs.run(office.database, lambda: DEADLINE - timedelta(seconds=1)) == []
    assert jobs.run(office.database, lambda: after) == []  # the closing is not in the ledger yet
    assert len(closing.run(office.database, lambda _, now: None, lambda: after)) == 2
    # Who comes before the job sees the same
    with office.database.session() as session, pytest.raises(WrongStateError):
        changing.postpone(session, tender, DEADLINE + timedelta(days=9), "time", now=after)
    with ThreadPoolExecutor(4) as threads:
        handled = [
            one
            for found in threads.map(lambda _: jobs.run(office.database, lambda: after), range(4))
            for one in found
        ]
    handled += jobs.run(office.database, lambda: after)
    assert sorted(one.lot for one in handled) == [f"{tender}.1", f"{tender}.2"]
    assert (office.state(tender, "1"), office.state(tender, "2")) == ("failed", "failed")
    assert kinds(office).count(LotFailed) == 2
    assert jobs.run(office.database, lambda: after) == []
    with office.committing() as session:
        again = outcome.tender_again(session, tender, ["1"], now=after, random=token_bytes)
        assert (again.state, again.again, len(again.draft["lots"])) == ("draft", tender, 1)
    assert office.state(tender) == "tendered-again"


def test_suspension_after_the_deadline_waits_for_the_closing(office: Office) -> None:
    tender, after = office.publish(), DEADLINE + timedelta(seconds=1)
    with office.database.session() as session, pytest.raises(IntakeError):
        changing.suspend(session, tender, Ground.ORDER, "order-1", "inspection", now=after)


def test_question_is_asked_without_a_name_and_answered_to_all(office: Office) -> None:
    tender = office.publish()
    with office.committing() as session:
        asked = clarifications.ask(session, tender, "Which steel?", now=PUBLISHED, random=token_bytes)
        assert clarifications.answered(session, tender) == []
        clarifications.answer(session, tender, asked.id, "Q355.", now=PUBLISHED)
    assert office.entries()[-1] == ClarificationAnswered(tender, 1, "Which steel?", "Q355.")
    assert set(QuestionRow.__table__.columns.keys()) == {
        *("id", "tender", "question", "asked_at", "number", "answer", "answered_at")
    }


def test_flood_of_questions_is_stopped_for_an_hour(office: Office) -> None:
    tender = office.publish()
    with office.committing() as session:
        for _ in range(clarifications.MOST_AN_HOUR):
            clarifications.ask(session, tender, "Why?", now=PUBLISHED, random=token_bytes)
        with pytest.raises(TooManyQuestionsError):
            clarifications.ask(session, tender, "Why?", now=PUBLISHED, random=token_bytes)
        later = PUBLISHED + timedelta(hours=1, seconds=1)
        clarifications.ask(session, tender, "Why?", now=later, random=token_bytes)


def test_duty_that_is_late_is_noted_and_stays_a_duty(office: Office) -> None:
    tender = office.publish()
    with office.committing() as session:
        changing.suspend(session, tender, Ground.OBJECTION, "objection-1", "drawing 3", now=at(3, 10))
    assert [one.kind for one in jobs.run(office.database, lambda: at(3, 20))] == ["objection-reply"]
    assert jobs.run(office.database, lambda: at(3, 20)) == []
    with office.committing() as session:
        changing.resume(session, tender, "objection-1", "answered", new_deadline=at(4, 10, 9), now=at(3, 20))
        rows = {row.kind: row for row in due.of_lot(session, f"{tender}.1")}
        assert rows["objection-reply"].overdue_at == at(3, 20)
        lot = session.get_one(LotRow, f"{tender}.1")
        assert lot.state == "published"
