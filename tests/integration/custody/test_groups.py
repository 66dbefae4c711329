"""Registering keyholders, and putting a proposal into the ledger."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from crypto.signatures import SigningKey
from custody import groups, registry
from custody.errors import RegistrationError
from ledger.entries import GroupProposed
from ledger.models import EntryRow
from tests.keyholders import World
from tests.log import NOW
from tests.story import SUPERVISOR, Story


def propose(world: World, proposal: GroupProposed) -> str:
    with world.database.session() as session:
        with world.reader.reading(session) as view:
            name = groups.propose(session, view, SUPERVISOR.verify_key, proposal, now=NOW)
        session.commit()
    world.sync()
    return name


def test_a_proposal_stands_in_the_ledger_once(world: World) -> None:
    name = propose(world, world.proposal())
    assert propose(world, world.proposal()) == name
    assert world.view.groups.get(name).proposal == world.proposal()
    assert not world.view.remarks


def test_proposals_that_may_not_stand_there_are_refused(world: World) -> None:
    good = world.proposal()
    other = SigningKey(b"\x77" * 32)
    stranger = Story(seed=5).parties[0].member
    with world.database.session() as session:
        before = session.execute(select(func.count(EntryRow.id))).scalar_one()
    for wrong in (
        replace(good, supervisor=other.verify_key.raw.hex()).signed_by(other),
        good.signed_by(other),
        replace(good, origin="other.example").signed_by(SUPERVISOR),
        replace(good, threshold=4).signed_by(SUPERVISOR),
        replace(good, threshold=1).signed_by(SUPERVISOR),
        replace(good, members=(*good.members[:2], stranger)).signed_by(SUPERVISOR),
        replace(good, members=(*good.members[:2], replace(good.members[2], name="x"))).signed_by(SUPERVISOR),
    ):
        with pytest.raises(RegistrationError):
            propose(world, wrong)
    with world.database.session() as session:
        assert session.execute(select(func.count(EntryRow.id))).scalar_one() == before


def test_a_card_is_registered_once_and_its_keys_are_nobody_else_s(world: World) -> None:
    known = world.parties[0].member
    fresh = Story(seed=6).parties[0].member
    with world.database.session() as session:
        assert registry.register(session, known, now=NOW).name == known.name
        assert len(registry.keyholders(session)) == 3
        for field in ("static_key", "witness", "name"):
            with pytest.raises(RegistrationError):
                registry.register(
                    session, replace(replace(fresh, name="new"), **{field: getattr(known, field)}), now=NOW
                )
        with pytest.raises(RegistrationError):
            registry.register(session, replace(known, name="new"), now=NOW)
        for field in ("static_key", "signing_key", "witness"):
            with pytest.raises(RegistrationError):
                registry.register(session, replace(fresh, **{field: "00"}), now=NOW)
        assert len(registry.keyholders(session)) == 3
