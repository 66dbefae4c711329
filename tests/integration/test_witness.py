"""A witness as a real process: follows one log, through restarts, copies put back, and requests at once."""

import hashlib
import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app.cli.witness import serve
from app.witness_client import HttpWitness
from crypto.age import X25519Identity
from ledger.cosignature import verify_cosignatures
from ledger.errors import ConflictError
from ledger.note import Note, NoteKey
from ledger.witness_answers import WitnessRefusedError, WitnessUnavailableError
from ledger.witness_messages import AddCheckpoint, take_cosignatures
from tests.environment import ROOT
from tests.integration.witness_process import PATIENCE, running
from tests.unit.keyholder.witness_example import (
    FORK_AT,
    WITNESS,
    Place,
    cosigned,
    growth,
    head,
    note,
    one_face,
)
from tests.unit.ledger.example_log import LOG, NOW, ORIGIN

CHECKPOINT = f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


LIES = [
    (growth(20, 20, face=1), 422, b""),  # same size, other root
    (growth(20, 30, face=1), 422, b""),  # larger, of another log
    (AddCheckpoint(20, growth(15, 30).proof, note(30)), 422, b""),
    (AddCheckpoint(20, (), note(15)), 400, b""),  # shrunk
    (growth(15, 15), 409, b"20\n"),
    (growth(0, 15), 409, b"20\n"),
    (growth(FORK_AT, 30, face=1), 409, b"20\n"),  # forked behind the last head
    (growth(25, 30, face=1), 409, b"20\n"),
]


def test_forked_and_shrunk_log_is_refused_also_after_a_restart(place: Place) -> None:
    with running(place) as process:
        for old, new in ((0, 12), (12, 20)):
            assert process.cosigned(growth(old, new)) == [head(new)]
        before = [process.ask(lie)[0] for lie, _, _ in LIES]
        process.kill()
    with running(place) as process:
        after = [process.ask(lie) for lie, _, _ in LIES]
        assert process.cosigned(growth(20, 40)) == [head(40)]
    assert before == [status for status, _ in after] == [status for _, status, _ in LIES]
    assert [body for status, body in after if status == 409] == [body for _, _, body in LIES if body]


def test_log_talks_to_the_witness_through_its_client(place: Place) -> None:
    with running(place) as process, HttpWitness(WITNESS, process.url) as witness:
        body = witness.add_checkpoint(growth(0, 12))
        complete = take_cosignatures(note(12), body, [WITNESS])
        assert [found.timestamp for found in verify_cosignatures(complete, [WITNESS])] == [NOW]
        with pytest.raises(ConflictError) as caught:
            witness.add_checkpoint(growth(5, 20))
        assert caught.value.size == 12
        assert witness.add_checkpoint(growth(12, 20))
        with pytest.raises(WitnessRefusedError, match="422"):
            witness.add_checkpoint(growth(20, 30, face=1))
        shown = httpx.get(process.url + CHECKPOINT, trust_env=False)
        assert Note.parse(shown.content) == cosigned(20)
        assert httpx.head(process.url + CHECKPOINT, trust_env=False).content == b""
        process.kill()
        with pytest.raises(WitnessUnavailableError):
            witness.add_checkpoint(growth(20, 30))


def test_of_two_requests_at_once_one_is_cosigned(place: Place) -> None:
    with running(place) as process, ThreadPoolExecutor(16) as threads:
        last, seen = 0, []
        for size in (12, 20, 50, 90):
            # Both faces at once, from the same old size, again and again.
            shown = [growth(last, size + n // 2, face=n % 2) for n in range(16)]
            found = [one for some in threads.map(process.cosigned, shown) for one in some]
            assert len(found) == 1
            seen += found
            if found[0] == head(found[0].size, face=1):
                break  # the witness follows this face now; the other is refused for ever
            last = found[0].size
    assert one_face(seen)


def test_older_state_is_noticed_at_the_next_start(place: Place) -> None:
    with running(place) as process:
        process.ask(growth(0, FORK_AT))
        copy = place.copy()
        process.ask(growth(FORK_AT, 20))
    place.put_back(copy)
    with running(place) as process:
        assert process.cosigned(growth(FORK_AT, 30, face=1)) == []
        status, body = process.ask(growth(FORK_AT, 30, face=1))
        assert (status, b"cosigned size 20" in body) == (503, True)
        # A decision takes effect under the running witness.
        place.state().accept(ORIGIN, 20, NOW)
        assert process.ask(growth(20, 30, face=1))[0] == 422
        assert process.cosigned(growth(20, 30)) == [head(30)]


class Log(http.server.BaseHTTPRequestHandler):
    """A log that publishes `checkpoint`."""

    checkpoint = b""

    def do_GET(self) -> None:
        self.send_response(200 if self.checkpoint else 404)
        self.end_headers()
        self.wfile.write(self.checkpoint)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def publishing() -> Iterator[str]:
    Log.checkpoint = b""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Log) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/checkpoint"
        finally:
            server.shutdown()
            thread.join()


def test_whole_machine_put_back_is_noticed_by_what_the_log_publishes(place: Place) -> None:
    with publishing() as url:
        with running(place, url) as process:
            process.ask(growth(0, FORK_AT))
            copy = place.copy_all()
            assert process.cosigned(growth(FORK_AT, 20)) == [head(20)]
        Log.checkpoint = cosigned(20).to_bytes()
        place.put_back_all(copy)
        with running(place, url) as process:
            assert process.ask(growth(FORK_AT, 30, face=1))[0] == 503
        # It stays so, whatever the log publishes from now on.
        Log.checkpoint = note(30, face=1).to_bytes()
        with running(place, url) as process:
            assert process.ask(growth(FORK_AT, 30, face=1))[0] == 503
            assert "older copy" in process.said()


def test_nothing_is_cosigned_while_the_log_cannot_be_read(place: Place) -> None:
    with publishing() as url:
        pass
    with running(place, url) as process:
        status, body = process.ask(growth(0, 20))
        assert (status, b"yet to be compared" in body) == (503, True)
        assert "not compared" in process.said()


def test_command_serves_on_loopback_until_it_is_told_to_stop(tmp_path: Path) -> None:
    identity = tmp_path / "identity"
    identity.write_text(X25519Identity(b"k" * 32).reveal())
    identity.chmod(0o600)
    start = [
        sys.executable,
        "-c",
        "from app.cli.witness import witness; witness()",
        "--folder",
        str(tmp_path / "w"),
    ]
    environment = {**os.environ, "SUNSEAL_WITNESS_AGE_KEY": str(identity)}
    made = subprocess.run(
        [*start, "init", "witness.example/w", "--log", LOG.keys[0].vkey, "--unpublished"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    key = NoteKey.parse(made.stdout.strip())
    with subprocess.Popen(
        [*start, "serve", "--listen", "127.0.0.1:0"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stdout is not None
        try:
            match = re.fullmatch(
                r".*Z serving: witness.example/w at 127\.0\.0\.1 port (\d+)\n", served.stdout.readline()
            )
            assert match
            with HttpWitness(key, f"http://127.0.0.1:{match[1]}") as witness:
                take_cosignatures(note(20), witness.add_checkpoint(growth(0, 20)), [key])
        finally:
            served.terminate()
        assert served.wait(PATIENCE) == 0
        assert "cosigned: size 20" in served.stdout.read()


def test_command_listens_on_loopback_unless_told_otherwise() -> None:
    (listen,) = [parameter.default for parameter in serve.params if parameter.name == "listen"]
    assert listen == "127.0.0.1:7380"
