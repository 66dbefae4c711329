"""What a witness remembers, what it stores before it answers, and when it stops to ask a person."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from keyholder.witness import rows, tables
from keyholder.witness.errors import StateError
from keyholder.witness.mark import Mark
from keyholder.witness.state import WitnessState
from ledger.errors import ConflictError, InconsistentError, LedgerError
from ledger.witness_messages import NEVER_SEEN, AddCheckpoint, TreeHead
from tests.unit.keyholder.witness_example import (
    COSIGNER,
    FORK_AT,
    LOGS,
    WITNESS,
    Place,
    growth,
    head,
    note,
    one_face,
)
from tests.unit.ledger.example_log import COSIGNERS, NOW, ORIGIN


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_growth_is_cosigned_and_remembered_by_state_and_mark(place: Place) -> None:
    for old, new in ((0, 3), (3, 3), (3, 8), (8, 50)):
        assert place.add(growth(old, new)) == head(new)
        assert place.state().memory(ORIGIN).head == head(new)
        assert place.mark.read() == {ORIGIN: head(new)}


def test_nothing_leaves_before_state_and_mark_hold_it(place: Place) -> None:
    steps: list[str] = []
    seen: dict[str, tuple[TreeHead, TreeHead | None]] = {}

    def probe(step: str) -> None:
        steps.append(step)
        if step in ("committed", "mark written", "marked"):
            seen[step] = place.state().memory(ORIGIN).head, place.mark.read().get(ORIGIN)

    place.state(probe).add(growth(0, 5), LOGS, COSIGNER, NOW)
    assert steps == ["locked", "decided", "written", "committed", "mark written", "marked"]
    assert seen == {
        "committed": (head(5), None),
        "mark written": (head(5), None),
        "marked": (head(5), head(5)),
    }


@pytest.mark.parametrize(
    ("shown", "refusal"),
    [
        (growth(20, 20, face=1), InconsistentError),  # same size, other root
        (growth(20, 30, face=1), InconsistentError),  # larger, of another log
        (AddCheckpoint(20, growth(15, 30).proof, note(30)), InconsistentError),
        (growth(0, 15), ConflictError),  # shrunk
        (growth(15, 15), ConflictError),
        (growth(FORK_AT, 30, face=1), ConflictError),  # forked behind the last head
    ],
)
def test_forked_or_shrunk_log_is_refused_and_the_memory_stays(
    place: Place, shown: AddCheckpoint, refusal: type[LedgerError]
) -> None:
    place.add(growth(0, 20))
    before = place.copy_all()
    for _ in range(2):
        with pytest.raises(refusal):
            place.add(shown)
    assert place.state().memory(ORIGIN).head == head(20)
    assert place.copy_all()[1] == before[1]
    assert place.add(growth(20, 40)) == head(40)


def test_log_that_signed_two_trees_of_one_size_is_kept_as_proof(place: Place) -> None:
    for old, new in ((0, 15), (15, 20)):
        place.add(growth(old, new))
    for shown in (growth(0, 15, face=1), growth(20, 20, face=1), growth(20, 30, face=1), growth(0, 15)):
        with pytest.raises((ConflictError, InconsistentError)):
            place.add(shown)
    kept = place.state().refused(ORIGIN)
    assert [(refused.note, refused.is_fork) for refused in kept] == [
        (note(15, face=1).to_bytes(), True),
        (note(20, face=1).to_bytes(), True),
        (note(30, face=1).to_bytes(), False),
    ]


def test_wrong_proofs_do_not_crowd_out_proofs_of_a_fork(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_REFUSED", 3)
    place.add(growth(0, 20))
    for size in range(30, 40):
        with pytest.raises(InconsistentError):
            place.add(AddCheckpoint(20, (), note(size)))
    with pytest.raises(InconsistentError):
        place.add(growth(20, 20, face=1))
    assert [refused.is_fork for refused in place.state().refused(ORIGIN)] == [False] * 3 + [True]


def test_concurrent_requests_are_one_after_another(place: Place) -> None:
    state = place.state()

    def ask(request: AddCheckpoint) -> TreeHead | None:
        with suppress(ConflictError, InconsistentError):
            return state.add(request, LOGS, COSIGNER, NOW).head
        return None

    place.add(growth(0, 12))
    requests = [growth(12, 13 + n // 2, face=n % 2) for n in range(40)]
    with ThreadPoolExecutor(16) as threads:
        heads = [found for found in threads.map(ask, requests) if found]
    # Face 1 differs already at 12: only the first of face 0 can win.
    assert len(heads) == 1
    assert heads == [place.state().memory(ORIGIN).head]


def test_two_programs_on_one_state_exclude_each_other(place: Place) -> None:
    inner: list[type[BaseException]] = []

    def other_program(step: str) -> None:
        if step == "decided":
            with pytest.raises(StateError, match="locked") as caught:
                place.add(growth(0, 30, face=1))
            inner.append(caught.type)

    original = tables.BUSY_SECONDS
    tables.BUSY_SECONDS = 0.1
    try:
        place.state(other_program).add(growth(0, 20), LOGS, COSIGNER, NOW)
    finally:
        tables.BUSY_SECONDS = original
    assert inner == [StateError]
    assert place.state().memory(ORIGIN).head == head(20)


def test_second_program_waits_for_its_turn(place: Place) -> None:
    second_began, results = Event(), []

    def slow(step: str) -> None:
        if step == "decided":
            thread.start()
            second_began.wait(5)
            time.sleep(0.2)

    def ask_meanwhile() -> None:
        second_began.set()
        with pytest.raises(ConflictError) as caught:
            place.add(growth(0, 30, face=1))
        results.append(caught.value.size)

    thread = Thread(target=ask_meanwhile)
    place.state(slow).add(growth(0, 20), LOGS, COSIGNER, NOW)
    thread.join()
    assert results == [20]


def test_mark_that_cannot_be_written_keeps_the_cosignature_back(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.add(growth(0, 5))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("keyholder.witness.mark.Mark._replace", full)
        with pytest.raises(StateError, match="No space left"):
            place.add(growth(5, 8))
    # The state went ahead, which is safe; the log asks again for the same head.
    with pytest.raises(ConflictError) as caught:
        place.add(growth(5, 8))
    assert caught.value.size == 8
    assert place.add(growth(8, 8)) == head(8)


def test_commits_reach_the_disk_and_leave_one_file(place: Place) -> None:
    place.add(growth(0, 5))
    with tables.transaction(place.folder.state) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert [path.name for path in place.folder.path.iterdir()] == ["state.sqlite"]


# Files that are not what they should be.


def test_state_of_another_witness_or_none_is_refused(place: Place, tmp_path: Path) -> None:
    with pytest.raises(StateError, match="another witness"):
        WitnessState(place.folder.state, place.mark, COSIGNERS[1].witness)
    with pytest.raises(StateError, match="missing or damaged"):
        WitnessState(tmp_path / "nothing", place.mark, WITNESS)
    assert not (tmp_path / "nothing").exists()
    with pytest.raises(StateError, match="already exists"):
        tables.create(place.folder.state, WITNESS.vkey)


def test_damaged_state_is_refused(place: Place) -> None:
    place.add(growth(0, 20))
    whole = place.copy()
    last_page = len(whole) - 4096
    for damaged in (whole[:last_page], whole[:last_page] + bytes(4096), b"", b"x" * len(whole)):
        place.put_back(damaged)
        with pytest.raises(StateError, match="damaged"):
            place.state()


@pytest.mark.parametrize("content", [b"", b"{}", b'{"heads":{},"version":1}', b'{"heads": {},"version":1}'])
def test_damaged_mark_stops_the_witness(place: Place, content: bytes) -> None:
    place.folder.default_mark.write_bytes(content)
    with pytest.raises(StateError, match="is damaged"):
        place.add(growth(0, 20))


def test_mark_of_another_witness_stops_the_witness(place: Place, tmp_path: Path) -> None:
    other = Mark(tmp_path / "other.mark", COSIGNERS[1].witness)
    other.create()
    place.folder.default_mark.write_bytes((tmp_path / "other.mark").read_bytes())
    with pytest.raises(StateError, match="another witness"):
        place.add(growth(0, 20))


def test_mark_only_rises(place: Place) -> None:
    place.mark.raise_to(ORIGIN, head(20))
    place.mark.raise_to(ORIGIN, head(15))
    place.mark.raise_to("log.example/other", head(5))
    assert place.mark.read() == {ORIGIN: head(20), "log.example/other": head(5)}
    with pytest.raises(StateError, match="already"):
        place.mark.create()


def test_marks_of_two_logs_set_at_once_are_both_kept(place: Place) -> None:
    origins = ["log.example/a", "log.example/b"]

    def rise(origin: str) -> None:
        for size in range(1, 40):
            Mark(place.folder.default_mark, WITNESS).raise_to(origin, head(size))

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(rise, origins))
    assert place.mark.read() == dict.fromkeys(origins, head(39))


def test_logs_are_remembered_apart(place: Place) -> None:
    place.add(growth(0, 20))
    assert place.state().memory("log.example/other").head == NEVER_SEEN
    assert place.state().latest("log.example/other") is None


def test_example_faces_differ() -> None:
    assert one_face([head(5), head(20)])
    assert not one_face([head(20), head(20, face=1)])
    assert one_face([head(FORK_AT), head(20, face=1)])
