"""A witness whose files were put back from a copy stops, and a person decides how it goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from keyholder.witness import rows, tables
from keyholder.witness.errors import DecisionError, InDoubtError, StateError
from ledger.errors import ConflictError, InconsistentError
from ledger.note import Note, NoteSignature
from ledger.witness_messages import AddCheckpoint
from tests.unit.keyholder.witness_example import (
    COSIGNER,
    FORK_AT,
    LOGS,
    WITNESS,
    Place,
    cosigned,
    growth,
    head,
    note,
)
from tests.unit.ledger.example_log import NOW, ORIGIN


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def put_back_state(place: Place, copy: tuple[bytes, bytes]) -> None:
    place.put_back(copy[0])


def lose_state(place: Place, copy: tuple[bytes, bytes]) -> None:
    place.folder.state.unlink()
    tables.create(place.folder.state, WITNESS.vkey)


@pytest.mark.parametrize("damage", [put_back_state, lose_state])
def test_older_state_is_noticed_by_the_mark_and_nothing_is_cosigned(
    place: Place, damage: Callable[[Place, tuple[bytes, bytes]], None]
) -> None:
    place.add(growth(0, FORK_AT))
    copy = place.copy_all()
    place.add(growth(FORK_AT, 20))
    damage(place, copy)
    for _ in range(2):
        for shown in (growth(FORK_AT, 30, face=1), growth(0, 30, face=1), growth(20, 30), growth(0, 0)):
            with pytest.raises(InDoubtError, match=r"cosigned size 20 .* memory ends at"):
                place.add(shown)
    (doubt,) = place.state().doubts(ORIGIN, NOW)
    assert doubt.head == head(20)


def test_state_put_back_under_a_running_witness_is_noticed(place: Place) -> None:
    state = place.state()
    state.add(growth(0, FORK_AT), LOGS, COSIGNER, NOW)
    copy = place.copy()
    state.add(growth(FORK_AT, 20), LOGS, COSIGNER, NOW)
    place.put_back(copy)
    with pytest.raises(InDoubtError):
        state.add(growth(FORK_AT, 30, face=1), LOGS, COSIGNER, NOW)


def test_whole_machine_put_back_is_noticed_by_its_own_cosignature(place: Place) -> None:
    place.add(growth(0, FORK_AT))
    copy = place.copy_all()
    place.add(growth(FORK_AT, 20))
    place.put_back_all(copy)
    place.state().compare(ORIGIN, note(20), NOW)  # of the log alone: it says nothing
    with pytest.raises(InDoubtError, match=f"memory ends at size {FORK_AT}: the memory is an older copy"):
        place.state().compare(ORIGIN, cosigned(20), NOW)
    with pytest.raises(InDoubtError):
        place.add(growth(FORK_AT, 30, face=1))
    # The mark knows it now: putting the state back once more does not help.
    place.put_back(copy[0])
    with pytest.raises(InDoubtError):
        place.add(growth(FORK_AT, 30, face=1))


def test_own_cosignature_in_a_request_is_noticed(place: Place) -> None:
    place.add(growth(0, FORK_AT))
    shown = growth(FORK_AT, 20)
    with pytest.raises(InDoubtError):
        place.add(AddCheckpoint(shown.old_size, shown.proof, cosigned(20)))
    with pytest.raises(InDoubtError):
        place.add(shown)


def test_own_cosignature_that_is_remembered_is_no_doubt(place: Place) -> None:
    place.add(growth(0, FORK_AT))
    place.add(AddCheckpoint(FORK_AT, growth(FORK_AT, 20).proof, note(20)))
    place.add(AddCheckpoint(20, (), cosigned(20)))
    for size in (FORK_AT, 20):
        place.state().compare(ORIGIN, cosigned(size), NOW)


def test_false_cosignature_in_a_request_neither_doubts_nor_disturbs(place: Place) -> None:
    line = next(line for line in cosigned(20).signatures if line.name == WITNESS.name)
    false = NoteSignature(line.name, line.key_id, line.signature[:-1] + bytes([line.signature[-1] ^ 1]))
    place.add(AddCheckpoint(0, (), note(20).signed_also([false])))
    assert place.state().doubts(ORIGIN, NOW) == ()


@pytest.mark.parametrize("shown", [cosigned(15), cosigned(20, face=1)])
def test_cosignature_behind_the_last_head_that_is_not_remembered_is_a_doubt(
    place: Place, shown: Note
) -> None:
    place.add(growth(0, 12))
    place.add(growth(12, 20))
    with pytest.raises(InDoubtError, match="elsewhere"):
        place.state().compare(ORIGIN, shown, NOW)
    with pytest.raises(InDoubtError):
        place.add(growth(20, 30))


def test_memory_is_bounded_and_does_not_doubt_what_it_forgot(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_REMEMBERED", 5)
    last = 0
    for size in range(11, 31):
        place.add(growth(last, size))
        last = size
    assert place.state().memory(ORIGIN).known_from == 26
    with tables.transaction(place.folder.state) as connection:
        assert connection.execute("SELECT count(*) FROM witness_cosigned").fetchone() == (5,)
    place.state().compare(ORIGIN, cosigned(12), NOW)
    place.state().compare(ORIGIN, cosigned(26), NOW)
    with pytest.raises(InDoubtError):
        place.state().compare(ORIGIN, cosigned(26, face=1), NOW)


# A person's decision.


def test_accepted_head_is_the_one_that_was_signed_and_the_witness_goes_on(place: Place) -> None:
    place.add(growth(0, FORK_AT))
    copy = place.copy()
    place.add(growth(FORK_AT, 20))
    place.put_back(copy)
    with pytest.raises(DecisionError, match="has size 20, not 10"):
        place.state().accept(ORIGIN, FORK_AT, NOW)
    assert place.state().accept(ORIGIN, 20, NOW) == head(20)
    for shown in (growth(20, 30, face=1), growth(FORK_AT, 30, face=1), growth(FORK_AT, 30)):
        with pytest.raises((InconsistentError, ConflictError)):
            place.add(shown)
    assert place.add(growth(20, 30)) == head(30)
    place.state().compare(ORIGIN, cosigned(15), NOW)  # between: forgotten by that decision


def test_later_evidence_decides_what_can_be_accepted(place: Place) -> None:
    place.add(growth(0, FORK_AT))
    copy = place.copy_all()
    place.add(growth(FORK_AT, 20))
    place.add(growth(20, 30))
    place.put_back_all(copy)
    for size in (20, 30):
        with pytest.raises(InDoubtError):
            place.state().compare(ORIGIN, cosigned(size), NOW)
    with pytest.raises(DecisionError, match="has size 30"):
        place.state().accept(ORIGIN, 20, NOW)
    assert place.state().accept(ORIGIN, 30, NOW) == head(30)
    assert place.state().latest(ORIGIN) == cosigned(30).to_bytes()
    assert place.mark.read() == {ORIGIN: head(30)}


def test_witness_that_cosigned_two_trees_of_one_size_is_never_accepted(place: Place) -> None:
    place.add(growth(0, 20))
    with pytest.raises(InDoubtError):
        place.state().compare(ORIGIN, cosigned(20, face=1), NOW)
    with pytest.raises(DecisionError, match="two trees of size 20"):
        place.state().accept(ORIGIN, 20, NOW)
    with pytest.raises(InDoubtError):
        place.add(growth(20, 30))


def test_forgotten_head_behind_the_last_can_be_accepted_once_it_was_looked_into(place: Place) -> None:
    place.add(growth(0, 20))
    with pytest.raises(InDoubtError):
        place.state().compare(ORIGIN, cosigned(15), NOW)
    assert place.state().accept(ORIGIN, 20, NOW) == head(20)
    place.state().compare(ORIGIN, cosigned(15), NOW)
    assert place.add(growth(20, 30)) == head(30)


def test_nothing_is_accepted_without_a_doubt(place: Place) -> None:
    place.add(growth(0, 20))
    with pytest.raises(DecisionError, match="nothing to decide"):
        place.state().accept(ORIGIN, 20, NOW)


def test_missing_mark_stops_the_witness_until_a_person_has_it_made_anew(place: Place) -> None:
    place.add(growth(0, 20))
    place.folder.default_mark.unlink()
    with pytest.raises(StateError, match=r"mark .* is missing"):
        place.add(growth(20, 30))
    place.state().accept(ORIGIN, 20, NOW)
    assert place.mark.read() == {ORIGIN: head(20)}
    assert place.add(growth(20, 30)) == head(30)


def test_decision_is_recorded(place: Place) -> None:
    place.add(growth(0, 20))
    with pytest.raises(InDoubtError):
        place.state().compare(ORIGIN, cosigned(15), NOW)
    place.state().accept(ORIGIN, 20, NOW + 1)
    with tables.transaction(place.folder.state) as connection:
        (row,) = connection.execute("SELECT origin, size, reasons, decided FROM witness_decision")
    assert row[:2] == (ORIGIN, 20)
    assert "size 15" in row[2]
    assert row[3] == NOW + 1
