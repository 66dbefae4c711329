"""The process that keeps all others of a deployment on one machine.

    python -m app.stack.guardian FOLDER HALL_MINUTES KEYS

It tells its starter how it goes, a line of JSON each on standard output: {"said"}, {"ready": true}, {"restarted"}, and
at the end {"failed"} if it could not begin. It ends everything, PostgreSQL too, when its standard input ends: so it
does when its starter stops, and when its starter is killed.
"""

import json
import os
import selectors
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx

from app.stack import founding, guarantors, jobs
from app.stack.commands import CommandFailedError
from app.stack.place import StackPlace
from app.stack.processes import Processes
from storage import migrate
from storage.errors import StorageError
from storage.location import private_server

TICK = 0.25


def main(folder: str, hall_minutes: str, keys: str) -> int:
    """The exit code."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # only the starter's end counts
    place = StackPlace.at(Path(folder))
    if place.settings and not place.is_founded:
        founding.clear(place)
    processes = Processes(place.logs)
    try:
        for said in _begin(place, processes, hall_minutes, int(keys)):
            _tell(said=said)
            if _is_over(0):
                return 0
        _tell(ready=True)
        while not _is_over(TICK):
            for name in processes.watch():
                _tell(restarted=name)
    except (CommandFailedError, StorageError, OSError, httpx.HTTPError) as error:
        _tell(failed=str(error) or type(error).__name__)
        return 1
    finally:
        with ExitStack() as ends:  # whatever fails, the others are ended
            ends.callback(private_server(place.var).stop)
            ends.callback(guarantors.stop, place)
            ends.callback(processes.end)
    return 0


def _begin(place: StackPlace, processes: Processes, hall_minutes: str, keys: int) -> Iterator[str]:
    if not place.settings:
        place.choose_ports()
    place.keep(database=private_server(place.var).start())
    migrate.upgrade(place.settings["database"])
    yield "PostgreSQL runs"
    processes.start(jobs.chain(place))
    await_guarantors = guarantors.databases(place, place.logs)
    founding.await_chain(place)
    yield "the chain runs"
    is_new = not place.is_founded
    if is_new:
        yield from founding.prepare(place)
    await_guarantors()
    if is_new:
        guarantors.found(place)
    processes.start(jobs.web(place))
    for job in (jobs.ledger(place), jobs.gateway(place), *jobs.keyholders(place), *jobs.guarantors(place)):
        processes.start(job)
    founding.await_web(place, lambda: list(processes.watch()))
    yield f"the web application answers at {place.url}"
    if is_new:
        yield from founding.join(place)
    for job in jobs.workers(place, keys, hall_minutes):
        processes.start(job)
    place.keep(**{f"pid-{name}": str(pid) for name, pid in processes.pids().items()})
    yield f"{len(processes.pids())} processes run"


def _is_over(patience: float) -> bool:
    """Whether the starter has gone, waiting for so many seconds."""
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        return bool(selector.select(patience)) and not os.read(0, 4096)


def _tell(**what: object) -> None:
    try:
        sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        pass  # the starter is gone, and so shall we be


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
