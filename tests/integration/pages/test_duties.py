"""Duties that no step of a tender shows to be done: they wait at the desk until somebody says on the page that they are."""

from sqlalchemy import select

from bidding.tenders import changing
from bidding.tenders.models import DueRow
from parties.roles import Role
from tests.integration.app.world import World
from tests.integration.pages.reader import Reader, acting_as
from tests.integration.tenders.office import Office
from tests.unit.bidding.examples import at

RULE = "cancellation-refund"


def test_a_duty_waits_at_the_desk_until_it_is_noted_on_its_page(world: World, office: Office) -> None:
    tender = office.publish()
    with office.committing() as session:
        changing.cancel(session, tender, "no money", now=at(3, 10, 9))
    path = f"/desk/tenders/{tender}/lots/1/duties/{RULE}"
    clerk = acting_as(world, Role.CENTER)
    clerk.get("/desk")
    assert path in clerk.text
    clerk.get(f"/desk/tenders/{tender}")
    assert "Note that it was done" in clerk.text
    assert clerk.get(path).status_code == 200
    assert clerk.send("sha256", sha256="ab").status_code == 422
    assert "A SHA-256 has 64 characters" in clerk.text
    clerk.get(path)
    clerk.send("sha256", sha256="AB" * 32)
    assert "Done." in clerk.text
    with world.database.session() as session:
        row = session.scalars(select(DueRow).where(DueRow.kind == RULE)).one()
        assert (row.evidence, row.done_by is not None) == ("ab" * 32, True)
    clerk.get("/desk")
    assert path not in clerk.text
    clerk.get(path)
    assert "Noted as done on" in clerk.text
    assert "sha256" not in {name for _, fields in clerk.forms() for name in fields}


def test_nobody_else_notes_it_and_other_duties_have_no_such_page(world: World, office: Office) -> None:
    tender = office.publish()
    with office.committing() as session:
        changing.cancel(session, tender, "no money", now=at(3, 10, 9))
    path = f"/desk/tenders/{tender}/lots/1/duties"
    assert Reader(world).get(f"{path}/{RULE}").request.path == "/login"
    for role in (Role.SUPERVISOR, Role.BIDDER):
        assert acting_as(world, role).get(f"{path}/{RULE}").status_code == 403
    clerk = acting_as(world, Role.CENTER)
    assert clerk.get(f"{path}/close").status_code == 404
    assert clerk.get(f"{path}/bond-refund").status_code == 404
