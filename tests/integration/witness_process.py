"""A witness as a process of its own, on a free port of the loopback interface."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from ledger.checkpoint import Checkpoint
from ledger.note import Note
from ledger.witness_messages import AddCheckpoint, TreeHead, take_cosignatures
from tests.environment import ROOT
from tests.unit.keyholder.witness_example import WITNESS, Place

PATIENCE = 30.0
"""Seconds for a process to start on a busy machine."""

# The program, as `sunseal witness serve` puts it together, but with the example's key and clock; it kills itself at
# the step that DIE_AT names, which no program but this one reads.
CHILD = """
import os, signal, sys
from pathlib import Path
from keyholder.witness import run
from keyholder.witness.config import Config
from keyholder.folder import Folder
from keyholder.witness.journal import Journal
from keyholder.witness.server import Limits
from tests.unit.keyholder.witness_example import COSIGNER, NOW

def probe(step):
    if step == os.environ.get("DIE_AT"):
        os.kill(os.getpid(), signal.SIGKILL)

folder = Folder(Path(sys.argv[1]))
arrive, idle, connections = sys.argv[2:5]
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
run.serve(
    folder,
    Config.read(folder.config),
    COSIGNER,
    ("127.0.0.1", 0),
    clock=lambda: NOW,
    journal=Journal(sys.stderr, folder.journal, lambda: NOW),
    ready=lambda port: print(os.getpid(), port, flush=True),
    until=lambda: signal.sigwait([signal.SIGTERM]),
    limits=Limits(arrive=float(arrive), idle=float(idle), connections=int(connections)),
    probe=probe,
)
"""


class Process:
    """One that runs."""

    def __init__(self, started: "subprocess.Popen[str]", pid: int, port: int, log: Path) -> None:
        self.process = started
        self.port = port
        self._pid = pid
        self._log = log

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        return self._log.read_text()

    def ask(self, request: AddCheckpoint) -> tuple[int, bytes]:
        """Status and body; (0, b"") where the process died over it."""
        with suppress(httpx.TransportError):
            answer = httpx.post(
                f"{self.url}/add-checkpoint", content=request.to_bytes(), timeout=PATIENCE, trust_env=False
            )
            return answer.status_code, answer.content
        return 0, b""

    def cosigned(self, request: AddCheckpoint) -> list[TreeHead]:
        """The head, if a cosignature of it was received that holds."""
        status, body = self.ask(request)
        return [_head(request.note, body)] if status == 200 else []

    def kill(self) -> None:
        """As kill -9 does."""
        self.end(signal.SIGKILL)

    def end(self, by: signal.Signals) -> None:
        """Signal the process, which a program may run above, and wait for both."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, by)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def _head(note: Note, body: bytes) -> TreeHead:
    checkpoint = Checkpoint.parse(take_cosignatures(note, body, [WITNESS]).text)
    return TreeHead(checkpoint.size, checkpoint.root)


@contextmanager
def running(
    place: Place,
    *published: str,
    die_at: str = "",
    limits: tuple[float, float, int] = (10, 15, 64),
    under: Sequence[str] = (),
) -> Iterator[Process]:
    """The witness of `place`, until the block ends. `under` is a program to run it under."""
    place.folder.config.write_bytes(place.config(*published).to_bytes())
    log = place.folder.path / "stderr.txt"
    with log.open("a") as errors:
        started = subprocess.Popen(
            [*under, sys.executable, "-c", CHILD, str(place.folder.path), *map(str, limits)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "DIE_AT": die_at},
        )
    with started:
        assert started.stdout is not None
        line = started.stdout.readline()
        assert line, f"it did not start: {log.read_text()}"
        pid, port = map(int, line.split())
        process = Process(started, pid, port, log)
        try:
            yield process
        finally:
            process.end(signal.SIGTERM)
