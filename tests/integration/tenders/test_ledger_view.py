"""What a tender's course says to keyholders: their own reading of the ledger follows it, with keys they really made."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from secrets import token_bytes

import pytest

from bidding.tenders import changing, drafting, publication
from bidding.tenders.changing import Ground
from custody import loop
from parties import members, organisations
from parties.roles import Role
from storage.database import Database
from tests.integration.tenders.office import DEADLINE, DRAFT, KEEPING, LOT, PUBLISHED, TWO_PARTS
from tests.keyholders import World
from tests.log import NOW


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    world = World(database, tmp_path / "public")
    world.found()
    loop.tick(loop.Setting(database, world.reader, lambda: NOW, Random(1).randbytes, 2))
    world.converse()
    loop.tick(loop.Setting(database, world.reader, lambda: NOW, Random(2).randbytes, 2))
    world.sync()
    yield world
    world.close_world()


def test_keyholders_see_the_lot_its_keys_and_every_change_of_it(world: World) -> None:
    with world.database.session() as session:
        person = members.add_person(session, "Li Si", now=NOW, random=token_bytes)
        tenderee = organisations.establish(
            *(session, "91310000132260250X", "某招标人", Role.TENDEREE, person), now=NOW, random=token_bytes
        )
        made = drafting.begin(
            *(session, tenderee.id, replace(DRAFT, lots=(replace(LOT, parts=TWO_PARTS),))),
            now=NOW,
            random=token_bytes,
        )
        caller = replace(KEEPING, caller=world.parties[0].signing.verify_key.raw.hex())
        publication.publish(session, made.id, caller, now=PUBLISHED)
        session.commit()
    view = world.sync()
    lot = view.lots.get(f"{made.id}.1")
    assert [part.name for part in lot.entry.parts] == ["technical", "price"]
    assert {run.use.part for run in view.keys if run.use is not None} == {"technical", "price"}  # type: ignore[union-attr]
    later = DEADLINE + timedelta(days=20)
    with world.database.session() as session:
        changing.postpone(session, made.id, later, "more time", now=PUBLISHED + timedelta(days=1))
        changing.suspend(
            session, made.id, Ground.ORDER, "order-1", "inspection", now=PUBLISHED + timedelta(days=2)
        )
        session.commit()
    world.sync()
    assert (lot.deadline, lot.suspended) == (int(later.timestamp()), True)
    with world.database.session() as session:
        changing.resume(session, made.id, "order-1", "done", now=PUBLISHED + timedelta(days=3))
        changing.cancel(session, made.id, "no money", now=PUBLISHED + timedelta(days=4))
        session.commit()
    world.sync()
    assert (lot.suspended, lot.cancelled) == (False, True)
