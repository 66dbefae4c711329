"""A `sunseal` command as a process, which may be killed at any time."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.environment import ROOT


@dataclass
class Program:
    """A `sunseal` command that runs until it is killed, and is started again when it ends, as a service manager does."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    output: Path
    kills: int = 0
    _began_at: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        main = "from app.cli.main import main; main()"
        self._began_at = self.output.stat().st_size if self.output.exists() else 0
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-c", main, *self.arguments],
                cwd=ROOT,
                env=dict(self.environment),
                stdout=output,
                stderr=output,
            )

    def watch(self) -> None:
        """Start it again if it ended: one that is started while the node is down says so, and ends."""
        if self._process is not None and self._process.poll() is not None:
            self.start()

    @property
    def is_at_work(self) -> bool:
        """Whether it has come as far as its greeting since it was started: killed before, it would never do anything."""
        return b"Ctrl-C stops" in self.output.read_bytes()[self._began_at :]

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            self.kills += 1
