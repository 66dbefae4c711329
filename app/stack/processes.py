"""Processes of ours: started with a log of their own, watched, ended in order."""

import os
import signal
import subprocess  # nosec B404
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 20.0
"""Seconds that a process is given to end by itself."""


@dataclass(frozen=True, slots=True)
class Job:
    """A process that shall run: its name, the words after `sunseal`, and what stands in its environment."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)


@dataclass(slots=True)
class _Running:
    job: Job
    process: "subprocess.Popen[bytes]"
    started_at: float
    failures: int = 0


class Processes:
    """Those that run. `watch` starts again what ended, a little later each time it ends at once."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, _Running] = {}

    def start(self, job: Job, failures: int = 0) -> None:
        """What it says goes into <logs>/<name>.log. It ends with this process, however that ends (on Linux)."""
        self._logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._logs / f"{job.name}.log").open("ab") as target:
            started = subprocess.Popen(  # noqa: S603 # nosec B603 - this program, arguments of ours
                [sys.executable, "-m", "app.stack.tied", str(os.getpid()), *job.command],
                env=dict(job.environment),
                stdin=subprocess.DEVNULL,
                stdout=target,
                stderr=target,
            )
        self._running[job.name] = _Running(job, started, time.monotonic(), failures)

    def pids(self) -> dict[str, int]:
        return {name: one.process.pid for name, one in self._running.items()}

    def watch(self) -> Iterator[str]:
        """Starts again what has ended; the names of those."""
        for name, one in list(self._running.items()):
            if one.process.poll() is None:
                continue
            age = time.monotonic() - one.started_at
            failures = one.failures + 1 if age < PATIENCE else 0
            if age < min(2.0**failures / 4, 10.0) - 0.25:
                continue
            self.start(one.job, failures)
            yield name

    def end(self, *names: str) -> None:
        """These, or all, the last started first: asked to end, then killed."""
        chosen = [name for name in reversed(self._running) if not names or name in names]
        ending = [self._running.pop(name).process for name in chosen]
        for process in ending:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        for process in ending:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            if process.poll() is None:
                process.kill()
                process.wait()
