"""The pool: filled to its target and never beyond, stalled runs ended with the missing named, each key taken once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import delete, func, select

from custody import keys, loop, pool
from custody.errors import PoolEmptyError
from custody.models import RunRow
from custody.reader import Reader
from ledger.entries import KeyDealt
from ledger.view import DRAWS, PartUse
from tests.keyholders import World
from tests.log import NOW
from tests.story import SUPERVISOR


def setting(world: World, target: int = 3, now: timedelta = timedelta(0)) -> loop.Setting:
    random = Random()
    return loop.Setting(world.database, world.reader, lambda: NOW + now, random.randbytes, target)


def tick(world: World, target: int = 3, now: timedelta = timedelta(0)) -> None:
    loop.tick(setting(world, target, now))
    world.sync()


def counts(world: World) -> dict[str, int]:
    with world.database.session() as session:
        return pool.counts(session, world.group)


def test_a_group_that_is_not_complete_gets_no_runs(world: World) -> None:
    world.say(world.proposal())
    tick(world)
    assert list(world.view.keys) == []


def test_the_pool_is_filled_to_its_target_and_kept_there(world: World, group: str) -> None:
    tick(world)
    assert counts(world) == {"open": 3, "free": 0, "bound": 0, "failed": 0}
    tick(world)
    world.converse()
    tick(world)
    assert counts(world) == {"open": 0, "free": 3, "bound": 0, "failed": 0}
    tick(world)
    assert len(list(world.view.keys)) == 3
    with world.database.session() as session:
        keys.take_key(session, group, "lot-1", "price", now=NOW)
        session.commit()
    tick(world)
    assert counts(world) == {"open": 1, "free": 2, "bound": 1, "failed": 0}


def test_eight_that_fill_at_once_never_open_more_than_the_target(world: World, group: str) -> None:
    def work(number: int) -> None:
        own = loop.Setting(
            world.database, Reader(SUPERVISOR.verify_key), lambda: NOW, Random(number).randbytes, 5
        )
        for _ in range(5):
            loop.tick(own)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    world.sync()
    assert len(list(world.view.keys)) == 5
    assert counts(world)["open"] == 5


def test_a_run_that_stalls_is_ended_once_and_names_who_is_missing(world: World, group: str) -> None:
    tick(world, target=1)
    world.converse(without=[2])
    tick(world, target=1, now=timedelta(minutes=9))
    assert counts(world)["open"] == 1
    for _ in range(3):
        loop.tick(setting(world, 1, timedelta(minutes=11)))
    world.sync()
    tick(world, target=1, now=timedelta(minutes=11))
    (run,) = world.view.keys
    assert run.culprits == (2,)
    assert "keyholder 2" in run.failed
    with world.database.session() as session:
        row = session.execute(select(RunRow)).scalar_one()
    assert (row.state, row.culprits, row.reason) == ("failed", [2], run.failed)
    assert not world.remark()


def test_a_run_that_is_completed_as_it_is_ended_is_a_key_all_the_same(world: World, group: str) -> None:
    tick(world, target=1)
    world.converse(without=[3])
    world.converse(without=[3])
    with world.database.session() as session, world.reader.reading(session) as view:
        late = world.keyholders[2]
        world.take(
            late, late.message(entries=late.answers_to(world.view))
        )  # before the end, and in no view yet
        assert pool.end_overdue(session, view, now=NOW + timedelta(hours=1)) == 1
        session.commit()
    world.sync()
    world.converse()
    tick(world, target=1)
    (run,) = world.view.keys
    assert counts(world)["failed" if run.failed else "free"] == 1


def test_after_a_failure_one_run_is_tried_at_a_time_and_not_at_once(world: World, group: str) -> None:
    tick(world, target=3)
    world.converse(without=[1])
    tick(world, target=3, now=timedelta(minutes=11))
    tick(world, target=3, now=timedelta(minutes=11, seconds=1))
    assert counts(world) == {"open": 0, "free": 0, "bound": 0, "failed": 3}
    tick(world, target=3, now=timedelta(minutes=13))
    assert counts(world)["open"] == 1
    world.converse()
    tick(world, target=3, now=timedelta(minutes=14))
    assert counts(world) == {"open": 2, "free": 1, "bound": 0, "failed": 3}


def test_who_cheats_in_a_run_is_named_in_its_row(world: World, group: str) -> None:
    tick(world, target=1)
    (run,) = world.view.keys
    first = world.keyholders[0]
    good = world.dealing(run.id, first.party)
    bad = KeyDealt(good.origin, good.run, 1, "00" * 200, good.signature).signed_by(first.party.signing)
    world.take(first, first.message(entries=[bad]))
    world.sync()
    tick(world, target=1)
    with world.database.session() as session:
        row = session.execute(select(RunRow)).scalar_one()
    assert (row.state, row.culprits) == ("failed", [1])


@pytest.fixture
def filled(world: World, group: str) -> World:
    tick(world)
    world.converse()
    tick(world)
    return world


def test_a_key_is_bound_to_its_part_in_the_caller_s_transaction(filled: World) -> None:
    with filled.database.session() as session:
        keys.take_key(session, filled.group, "lot-1", "price", now=NOW)  # rolled back
    with filled.database.session() as session:
        taken = keys.take_key(session, filled.group, "lot-1", "price", now=NOW)
        assert keys.take_key(session, filled.group, "lot-1", "price", now=NOW) == taken
        session.commit()
    filled.sync()
    run = filled.view.keys.of_part(PartUse("lot-1", "price"))
    assert run.id == taken.id
    with filled.database.session() as session:
        assert keys.take_key(session, filled.group, "lot-1", "price", now=NOW) == taken
        assert taken.recipient.startswith("age1")
        session.commit()
    filled.sync()
    assert sum(b"key-bound/v1" in leaf for leaf in filled.leaves) == 1


def test_a_key_that_another_is_taking_is_passed_over_without_waiting(filled: World) -> None:
    with filled.database.session() as one, filled.database.session() as other:
        first = keys.take_key(one, filled.group, "lot-1", "price", now=NOW)
        second = keys.take_key(other, filled.group, "lot-2", "price", now=NOW)
        assert first != second
        one.commit()
        other.commit()


def test_keys_are_there_to_be_taken_while_the_rows_follow_the_ledger(filled: World) -> None:
    with filled.database.session() as following, filled.database.session() as publishing:
        assert pool.follow(following, filled.view, now=NOW) == 0
        for part in ("price", "quality", "rest"):
            keys.take_key(publishing, filled.group, "lot-1", part, now=NOW)


def test_takers_at_once_get_different_keys_and_the_last_ones_a_sentence(filled: World) -> None:
    def take(number: int) -> str:
        with filled.database.session() as session:
            try:
                taken = keys.take_key(session, filled.group, f"lot-{number}", "price", now=NOW)
            except PoolEmptyError:
                return ""
            session.commit()
            return taken.id

    with ThreadPoolExecutor(5) as threads:
        taken = list(threads.map(take, range(5)))
    while "" in taken and len(set(taken) - {""}) < 3:  # one that was held for a moment is free again
        taken = [name or take(number) for number, name in enumerate(taken)]
    assert len({name for name in taken if name}) == sum(bool(name) for name in taken) == 3


def test_draws_have_one_key_of_the_group_and_no_lot_ever_gets_it(filled: World) -> None:
    with filled.database.session() as session:
        first = keys.bind_draw_key(session, filled.group, now=NOW)
        assert keys.bind_draw_key(session, filled.group, now=NOW) == first
        session.commit()
    filled.sync()
    assert filled.view.keys.get(first.id).use == DRAWS
    with filled.database.session() as session:
        others = [keys.take_key(session, filled.group, f"lot-{n}", "price", now=NOW).id for n in (1, 2)]
        assert first.id not in others
        with pytest.raises(PoolEmptyError, match="sunseal custody pool"):
            keys.take_key(session, filled.group, "lot-3", "price", now=NOW)


def test_rows_that_were_lost_come_back_from_the_ledger(filled: World) -> None:
    with filled.database.session() as session:
        keys.take_key(session, filled.group, "lot-1", "price", now=NOW)
        session.commit()
    filled.sync()
    before = counts(filled)
    with filled.database.session() as session:
        session.execute(delete(RunRow))
        session.commit()
    tick(filled)
    after = counts(filled)
    assert (after["bound"], after["free"]) == (before["bound"], before["free"])
    with filled.database.session() as session:
        assert session.execute(select(func.count()).where(RunRow.lot == "lot-1")).scalar_one() == 1
