"""Tenders at the desk: drafted, refused with the article, published, changed, awarded; forms lose nothing."""

from dataclasses import replace
from datetime import timedelta

from bidding.tender import State
from bidding.tenders.draft import parse_draft
from bidding.tenders.models import LotRow, TenderRow
from parties.roles import Role
from tests.integration.app.world import World
from tests.integration.pages.reader import Reader, acting_as
from tests.integration.tenders.office import (
    DRAFT,
    LOT,
    PUBLISHED,
    TIMETABLE,
    TWO_PARTS,
    Office,
    force,
    two_lots,
)


def tenderee(world: World) -> Reader:
    """Somebody of the office's own tenderee."""
    person = world.person()
    world.organisation(person, [Role.TENDEREE], code="91310000132260250X")
    return Reader(world).log_in(person)


def at_publication(world: World) -> None:
    world.clock.ahead = PUBLISHED - world.clock()


def test_draft_is_begun_grows_by_its_buttons_and_is_saved(world: World, office: Office) -> None:
    reader = tenderee(world)
    reader.get("/desk/tenders/new")
    reader.send("title", title="Lighting", change="lot+")
    assert 'value="Lighting"' in reader.text
    reader.send("title", change="part+1")
    given = {
        "title": "Lighting", "lots-0-title": "North", "lots-0-estimate": "1,000,000", "lots-1-title": "South",
        "lots-1-estimate": "2000000.50", "lots-1-parts-0-after": "technical",
    }  # fmt: skip
    reader.send("title", **given)
    assert "The draft is saved." in reader.text
    assert "A publication needs a timetable" in reader.text
    with world.database.session() as session:
        row = session.get_one(TenderRow, reader.path.rpartition("/")[2])
        draft = parse_draft(row.draft)
    assert [lot.estimate for lot in draft.lots] == [100_000_000, 200_000_050]
    assert [part.name for part in draft.lots[1].parts] == ["price", "technical"]


def test_editing_a_draft_and_changing_nothing_changes_nothing(world: World, office: Office) -> None:
    whole = replace(
        two_lots(), lots=(replace(LOT, parts=TWO_PARTS), replace(LOT, number="2")), source="ocds-1"
    )
    tender = office.begin(whole)
    reader = tenderee(world)
    reader.get(f"/desk/tenders/{tender}/draft")
    reader.send("title")
    assert "The draft is saved." in reader.text
    with world.database.session() as session:
        assert parse_draft(session.get_one(TenderRow, tender).draft) == whole


def test_refused_draft_keeps_every_value_and_names_the_field(world: World, office: Office) -> None:
    reader = tenderee(world)
    reader.get("/desk/tenders/new")
    answer = reader.send(
        "title",
        title="Lighting",
        **{"lots-0-title": "North", "lots-0-estimate": "a lot", "deadline": "2026-03-25T09:30"},
    )
    assert answer.status_code == 422
    for kept in ('value="Lighting"', 'value="North"', 'value="a lot"', 'value="2026-03-25T09:30"'):
        assert kept in reader.text
    assert "Write an amount in yuan" in reader.text
    assert reader.text.count("This has to be filled in.") >= 4


def test_publication_is_refused_with_the_article_and_then_accepted(world: World, office: Office) -> None:
    world.clock.ahead = PUBLISHED - timedelta(hours=1) - world.clock()
    early = office.begin(
        replace(
            DRAFT,
            timetable=replace(TIMETABLE, deadline=PUBLISHED.replace(day=9), opening=PUBLISHED.replace(day=9)),
        )
    )
    reader = tenderee(world)
    reader.get(f"/desk/tenders/{early}")
    assert "As it stands, the rules would refuse this draft" in reader.text
    answer = reader.send(at="/publication")
    assert answer.status_code == 409
    assert "法24" in reader.text
    good = office.begin()
    reader.get(f"/desk/tenders/{good}")
    assert "keep every rule" in reader.text
    reader.send(at="/publication")
    assert "The tender is published" in reader.text


def test_tenderee_sees_its_own_tenders_alone(world: World, office: Office) -> None:
    tender = office.publish()
    other = acting_as(world, Role.TENDEREE)
    assert "Bridge over the Nandu" not in other.get("/desk/tenders").text
    assert other.get(f"/desk/tenders/{tender}").status_code == 404
    assert "Bridge over the Nandu" in tenderee(world).get("/desk/tenders").text


def test_question_waits_at_the_desk_and_its_answer_is_public(world: World, office: Office) -> None:
    tender = office.publish()
    at_publication(world)
    stranger = Reader(world)
    stranger.get(f"/notices/{tender}")
    stranger.send("question", question="Which steel?")
    reader = tenderee(world)
    reader.get("/desk")
    assert "1 question waits for an answer" in reader.text
    reader.get(f"/desk/tenders/{tender}")
    reader.send("answer", answer="Q355.")
    assert "Q355." in stranger.get(f"/notices/{tender}").text


def test_deadline_moves_later_and_an_earlier_one_is_refused_with_what_was_entered(
    world: World, office: Office
) -> None:
    tender = office.publish()
    at_publication(world)
    reader = tenderee(world)
    reader.get(f"/desk/tenders/{tender}/move/postpone")
    answer = reader.send("deadline", deadline="2026-03-20T09:30", reason="more time")
    assert answer.status_code == 422
    assert 'value="2026-03-20T09:30"' in reader.text
    assert "more time" in reader.text
    reader.send("deadline", deadline="2026-04-10T09:30")
    assert reader.path == f"/desk/tenders/{tender}"
    assert "10 Apr 2026, 09:30" in reader.text


def test_lot_goes_from_the_report_to_the_contract(world: World, office: Office) -> None:
    tender = office.publish()
    with office.committing() as session:
        row = session.get_one(TenderRow, tender)
        force(session, row, session.get_one(LotRow, f"{tender}.1"), State.OPENED)
    reader = tenderee(world)
    lot = f"/desk/tenders/{tender}/lots/1/step"
    reader.get(f"{lot}/evaluate")
    assert reader.send("sha256", sha256="no hash").status_code == 422
    reader.send("sha256", sha256="ab" * 32)
    reader.get(f"{lot}/candidates")
    reader.send("candidates-0-bid", **{
        "candidates-0-bid": "6", "candidates-0-price": "4,000,000", "candidates-1-bid": "5", "candidates-1-price": "4100000",
    })  # fmt: skip
    assert office.state(tender) == State.CANDIDATES_PUBLISHED, reader.text
    reader.get(f"/notices/{tender}")
    assert "CNY 4,000,000.00" in reader.text
    with office.committing() as session:
        session.get_one(LotRow, f"{tender}.1").candidates_until = world.clock()
    reader.get("/desk")
    assert "the publication is over; award" in reader.text
    reader.get(f"{lot}/award")
    reader.post(f"{lot}/award", dict(reader.forms()[-1][1]))
    reader.get(f"{lot}/contract")
    assert reader.send("price", price="3000000", sha256="cd" * 32).status_code == 422
    reader.send("price", price="4000000", sha256="cd" * 32)
    assert office.state(tender) == State.CONTRACTED


def test_supervisor_halts_by_order_and_resumes(world: World, office: Office) -> None:
    tender = office.publish()
    at_publication(world)
    reader = acting_as(world, Role.SUPERVISOR)
    reader.get(f"/desk/tenders/{tender}/halt/suspend")
    reader.send("cause", cause="order-1", reason="an inspection")
    assert office.state(tender) == State.SUSPENDED
    reader.get("/desk")
    assert "stands still until its cause is gone" in reader.text
    reader.get(f"/desk/tenders/{tender}/halt/resume")
    reader.send("cause", reason="done", new_deadline="2026-04-20T09:30")
    assert office.state(tender) == State.PUBLISHED
