"""`Stack`: a deployment on this machine that runs while this process does."""

import json
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.stack.place import StackPlace

PATIENCE = 120.0


class StackError(Exception):
    """The deployment did not start; what failed, and where its logs are."""


class Stack:
    """A context: everything ends with it, orderly, and also if this process is killed.

    hall_minutes: how long the hall of an opening hears objections. keys: how many are kept ready for parts of lots.
    """

    def __init__(self, folder: Path, *, hall_minutes: str = "30", keys: int = 6) -> None:
        self._folder = folder
        self._options = (hall_minutes, str(keys))
        self._guardian: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._guardian = subprocess.Popen(  # noqa: S603 # nosec B603 - this program, arguments of ours
            [sys.executable, "-m", "app.stack.guardian", str(self._folder), *self._options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a terminal's Ctrl-C is for the starter, which ends it in order
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def place(self) -> StackPlace:
        """As it is now; its settings are complete once it has begun."""
        return StackPlace.at(self._folder)

    def begin(self) -> Iterator[str]:
        """What is done, in a sentence each, until everything runs. StackError if it does not."""
        for told in self._told():
            match told:
                case {"said": str(said)}:
                    yield said
                case {"ready": True}:
                    return
                case {"failed": str(why)}:
                    raise StackError(f"{why}\nthe logs are in {self.place.logs}")
        raise StackError(f"it ended before it had begun; the logs are in {self.place.logs}")

    def watch(self) -> Iterator[str]:
        """The names of processes that ended and were started again, until the deployment ends."""
        for told in self._told():
            match told:
                case {"restarted": str(name)}:
                    yield name

    def stop(self) -> None:
        """Ends every process that was started."""
        guardian, self._guardian = self._guardian, None
        if guardian is None:
            return
        with suppress(BrokenPipeError):
            if guardian.stdin is not None:
                guardian.stdin.close()
        try:
            guardian.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            guardian.kill()
            guardian.wait()
        if guardian.stdout is not None:
            guardian.stdout.close()

    def _told(self) -> Iterator[Any]:
        if self._guardian is None or self._guardian.stdout is None:
            raise StackError("the deployment does not run")
        for line in self._guardian.stdout:
            with suppress(ValueError):
                yield json.loads(line)
