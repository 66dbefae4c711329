"""Whether the private PostgreSQL of a data folder runs, told from what only looks like it.

PostgreSQL writes its process number into postmaster.pid and removes the file when it ends in order. After a
`kill -9` or a power cut the file stays, and the number may by then be another process's: after a reboot, and
nearly always in a container, where numbers begin at 1 again. So the number counts only if that process is a
`postgres` with this very data folder among its arguments.
"""

from pathlib import Path

import psutil
from psycopg import pq
from psycopg.conninfo import make_conninfo

USER = "sunseal"
PORT = 5432


def answers(socket: Path) -> bool:
    """Whether a server takes connections at the socket folder; also if all of them are in use."""
    conninfo = make_conninfo(host=str(socket), port=PORT, user=USER, dbname="postgres", connect_timeout=2)
    return pq.PGconn.ping(conninfo.encode()) == pq.Ping.OK


def server_process(data: Path) -> psutil.Process | None:
    """The running server of the data folder, which may not take connections yet, or no longer."""
    number = _recorded_number(data / "postmaster.pid")
    if number is None:
        return None
    try:
        process = psutil.Process(number)
        arguments = process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    if arguments and Path(arguments[0]).name == "postgres" and str(data) in arguments:
        return process
    return None


def remove_stale_records(data: Path, socket: Path) -> None:
    """Remove what a server that was killed has left and a new one would stop at.

    PostgreSQL itself sees to a recorded number that is nobody's, but stops at one that is somebody's, and at
    a record that a crash left empty; also beside the socket. To be called under the start lock, when
    `server_process` has found none. Even were that wrong, PostgreSQL would not start a second server on the
    same data: it finds the first by its shared memory.
    """
    for record in (data / "postmaster.pid", socket / f".s.PGSQL.{PORT}.lock"):
        number = _recorded_number(record)
        if number is None or psutil.pid_exists(number):
            record.unlink(missing_ok=True)


def _recorded_number(record: Path) -> int | None:
    try:
        with record.open(encoding="utf-8", errors="replace") as file:
            number = int(file.readline())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    # The record beside a socket has a minus for a server without a postmaster.
    return abs(number) or None
