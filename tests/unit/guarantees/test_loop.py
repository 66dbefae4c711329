"""The loop of the gateway: goes on after a failure, says each reason once, and lets a bug be seen."""

import logging
import threading
from collections.abc import Callable

import pytest

from guarantees.chain import loop
from guarantees.chain.errors import NodeUnavailableError


class Scripted:
    """A job that does one step of its script a run, and stops everything after the last."""

    def __init__(self, stopped: threading.Event, *steps: Callable[[], bool]) -> None:
        self._stopped = stopped
        self._steps = list(steps)
        self.closed = 0

    def run(self) -> bool:
        if not self._steps:
            self._stopped.set()
            return False
        return self._steps.pop(0)()

    def close(self) -> None:
        self.closed += 1


def away(word: str) -> Callable[[], bool]:
    def step() -> bool:
        raise NodeUnavailableError(f"the node is away: {word}")

    return step


def test_each_reason_is_said_once_and_the_turn_given_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loop, "RETRY_SECONDS", 0.0)
    stopped = threading.Event()
    job = Scripted(stopped, away("a"), away("a"), away("b"), lambda: True, away("b"))
    with caplog.at_level(logging.INFO, logger="guarantees"):
        loop.run_until(stopped, {"sending": job}, idle=0)
    assert [record.message for record in caplog.records] == [
        "sending stands still: the node is away: a",
        "sending stands still: the node is away: b",
        "sending goes on",
        "sending stands still: the node is away: b",
        "sending goes on",
    ]
    assert job.closed == 5


def test_one_job_that_stands_still_does_not_hold_up_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "RETRY_SECONDS", 30.0)
    stopped = threading.Event()
    worked = threading.Event()

    def work() -> bool:
        worked.set()
        return True

    stuck, other = Scripted(stopped, away("a")), Scripted(stopped, work)
    loop.run_until(stopped, {"stuck": stuck, "other": other}, idle=0.01)
    assert worked.is_set()


def test_a_bug_ends_the_process_with_its_error() -> None:
    stopped = threading.Event()

    def bug() -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        loop.run_until(stopped, {"sending": Scripted(stopped, bug)}, idle=0)
    assert stopped.is_set()
