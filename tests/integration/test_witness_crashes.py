"""Whenever a witness is killed, the cosignatures that it gave before and after are of one log.

The log shows two faces. Whatever was received from the witness is collected; a cosignature that was made but not
received (the process died first) does not count, and after the restart the witness may follow the other face.
"""

import random
import re
import signal
import time
from pathlib import Path
from threading import Thread

import pytest

from ledger.witness_messages import TreeHead, parse_size_body
from tests.environment import program
from tests.integration.witness_process import Process, running
from tests.unit.keyholder.witness_example import FORK_AT, LARGEST, Place, growth, head, one_face
from tests.unit.ledger.example_log import ORIGIN

_NAME_END = '[>"]'
STEPS = [
    # step, what the state remembers after the restart, whether the cosignature was received
    ("locked", FORK_AT, False),
    ("decided", FORK_AT, False),
    ("written", FORK_AT, False),
    ("committed", 20, False),
    ("mark written", 20, False),
    ("marked", 20, False),
    ("answering", 20, False),
    ("answered", 20, True),
]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A witness that cosigned the last head that both faces share."""
    made = Place(tmp_path)
    made.add(growth(0, FORK_AT))
    return made


@pytest.mark.parametrize(("step", "remembered", "received"), STEPS)
def test_kill_at_a_step_never_leads_to_two_logs(
    place: Place, step: str, remembered: int, received: bool
) -> None:
    with running(place, die_at=step) as process:
        seen = process.cosigned(growth(FORK_AT, 20))
        assert process.process.wait(10) == -9
    assert seen == ([head(20)] if received else [])
    with running(place) as process:
        assert place.state().memory(ORIGIN).head.size == remembered
        seen += both_faces(process)
        assert goes_on(place, process)
    assert one_face(seen)
    assert len(seen) == (1 if remembered == FORK_AT else int(received))


def both_faces(process: Process) -> list[TreeHead]:
    """What the witness cosigns of face 1, whether it stands at the fork or where face 0 had led it."""
    shown = (growth(FORK_AT, 30, face=1), growth(20, 30, face=1), growth(20, 20, face=1))
    return [found for request in shown for found in process.cosigned(request)]


def goes_on(place: Place, process: Process) -> bool:
    """Whether the log that the witness follows gets its next cosignature."""
    last = place.state().memory(ORIGIN).head
    return bool(process.cosigned(growth(last.size, 60, face=int(last != head(last.size)))))


def test_everything_is_on_the_disk_before_the_answer_is_sent(place: Place, tmp_path: Path) -> None:
    """The order of the calls to the kernel, after which a power cut loses nothing that was answered."""
    trace = tmp_path / "trace"
    under = [
        program("strace"),
        "-f",
        "-y",
        "-o",
        str(trace),
        "-e",
        "trace=fdatasync,fsync,unlink,rename,sendto",
    ]
    with running(place, under=under) as process:
        assert process.cosigned(growth(FORK_AT, 20))
    calls = []
    for call, arguments in re.findall(r"^\d+ +(\w+)\((.*)\)", trace.read_text(), re.MULTILINE):
        _, found, name = arguments.rpartition(str(tmp_path))
        if found or "HTTP/1.1 200" in arguments:
            calls.append(f"{call} {re.split(_NAME_END, name)[0] if found else 'the answer'}")
    assert [re.sub(r"mark\.\w+\.part", "mark.part", call) for call in calls] == [
        "fdatasync /witness/state.sqlite-journal",
        "fdatasync /witness",
        "fdatasync /witness/state.sqlite-journal",
        "fdatasync /witness/state.sqlite",
        "unlink /witness/state.sqlite-journal",
        "fdatasync /witness",
        "fsync /.witness.mark.part",
        "rename /witness.mark",
        "fsync ",
        "sendto the answer",
    ]


@pytest.mark.long
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "fsync", "unlink", "rename", "sendto"])
def test_kill_at_any_call_to_the_disk_or_the_network_never_leads_to_two_logs(
    tmp_path: Path, call: str
) -> None:
    """SQLite's own steps too: the kernel kills the process as it enters the n-th call, for n = 1, 2, ..."""
    deaths = 0
    for number in range(1, 60):
        made = Place(tmp_path / str(number))
        made.add(growth(0, FORK_AT))
        inject = ("-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}")
        with running(made, under=[program("strace"), "-f", "-o", "/dev/null", *inject]) as process:
            seen = process.cosigned(growth(FORK_AT, 20))
            died = not seen
        with running(made) as process:
            seen += both_faces(process)
            assert goes_on(made, process)
        assert one_face(seen)
        if not died:
            break
        deaths += 1
    assert deaths, f"no call of {call} was met: this test proves nothing"


@pytest.mark.long
def test_kills_at_random_times_never_lead_to_two_logs(place: Place) -> None:
    """Both faces ask at once, without a pause, while the process is killed again and again."""
    chance = random.Random(20260301)
    seen: list[TreeHead] = []
    kills = 0
    # On a busy machine it takes more kills, and later ones, until enough was cosigned between them to prove anything.
    while kills < 40 or len(set(seen)) <= 20:
        assert kills < 400
        with running(place) as process:
            threads = [Thread(target=press, args=(process, face, seen)) for face in (0, 1)]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0, 0.15 + kills / 100))
            process.kill()
            for thread in threads:
                thread.join()
            kills += 1
        assert one_face(seen)
        sizes = [found.size for found in seen]
        assert sizes == sorted(sizes)
    assert place.state().doubts(ORIGIN, 0) == ()


def press(process: Process, face: int, seen: list[TreeHead]) -> None:
    """Ask for one face to grow by one from wherever the witness says it is, until it is dead or at the end."""
    old = FORK_AT
    while old < LARGEST:
        request = growth(old, old + 1, face)
        status, body = process.ask(request)
        if status == 200:
            seen.append(head(old + 1, face))
            old += 1
        elif status == 409:
            old = parse_size_body(body)
        else:
            return  # dead, or on the other face for ever


@pytest.mark.long
def test_process_ends_when_it_is_told_to_in_the_middle_of_answering(place: Place) -> None:
    for _ in range(20):
        with running(place) as process:
            process.ask(growth(0, 20))
            process.end(signal.SIGTERM)
        assert process.process.returncode == 0
        assert "error" not in process.said()
