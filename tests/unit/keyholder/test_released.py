"""What was given for a thing is given again, and a point is never given for two; the mark shows an older copy."""

from pathlib import Path

import pytest

from keyholder import tables
from keyholder.identity import Identity
from keyholder.released import Given, Released
from keyholder.witness.errors import InDoubtError
from keyholder.witness.mark import Mark
from ledger.view import ReleaseRefusedError

WITNESS = Identity("k", b"k" * 32).cosigner.witness
FIRST = Given("closing/price", b"entry", b"sealed")
POINTS = [b"1" * 32, b"2" * 32]


@pytest.fixture
def released(tmp_path: Path) -> Released:
    tables.create(tmp_path / "state.sqlite", WITNESS.vkey)
    mark = Mark(tmp_path / "mark", WITNESS)
    mark.create()
    return Released(tmp_path / "state.sqlite", mark, "origin")


def test_what_was_recorded_first_is_what_is_given(released: Released) -> None:
    assert released.record(FIRST, POINTS, 1) == FIRST
    assert released.record(Given(FIRST.what, b"other", b"other"), [b"9" * 32], 2) == FIRST
    assert released.get(FIRST.what) == FIRST
    assert released.given([*POINTS, b"9" * 32]) == dict.fromkeys(POINTS, FIRST.what)


def test_point_is_not_given_for_another_thing_and_nothing_of_it_stays(released: Released) -> None:
    released.record(FIRST, POINTS, 1)
    with pytest.raises(ReleaseRefusedError) as caught:
        released.record(Given("other/price", b"e", b"s"), [b"3" * 32, POINTS[1]], 2)
    assert caught.value.rule == "share-given"
    assert released.given([b"3" * 32]) == {}
    assert released.names() == (FIRST.what,)
    with pytest.raises(KeyError):
        released.get("other/price")


def test_older_copy_is_noticed_also_when_it_has_grown_to_the_same_length(
    tmp_path: Path, released: Released
) -> None:
    state = tmp_path / "state.sqlite"
    copy = state.read_bytes()
    released.record(FIRST, POINTS, 1)
    newer = state.read_bytes()
    state.write_bytes(copy)
    with pytest.raises(InDoubtError, match="older copy"):
        released.require_whole()
    with pytest.raises(InDoubtError):
        released.record(Given("other/price", b"e", b"s"), [b"3" * 32], 2)
    state.write_bytes(newer)
    released.require_whole()


def test_person_may_go_on_with_an_older_copy_or_without_a_mark(tmp_path: Path, released: Released) -> None:
    state = tmp_path / "state.sqlite"
    copy = state.read_bytes()
    released.record(FIRST, POINTS, 1)
    state.write_bytes(copy)
    released.accept_older()
    second = Given("other/price", b"e", b"s")
    assert released.record(second, [b"3" * 32], 2) == second
    (tmp_path / "mark").unlink()
    with pytest.raises(InDoubtError):
        released.require_whole()
    released.accept_older()
    released.require_whole()
    assert released.names() == ("other/price",)


def test_mark_that_was_not_raised_before_a_crash_is_no_doubt(tmp_path: Path, released: Released) -> None:
    mark = (tmp_path / "mark").read_bytes()
    released.record(FIRST, POINTS, 1)
    (tmp_path / "mark").write_bytes(mark)
    released.require_whole()
    assert released.get(FIRST.what) == FIRST
