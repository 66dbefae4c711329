"""Private servers for one test, and accounts of the machine to run them as."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import psutil
import psycopg
import pytest

from storage.folder_lock import wait_for
from storage.private_server import PrivateServer
from storage.server_process import server_process
from tests.environment import ROOT, program, roomy_place

# Ours, and wherever this process has its packages from: another account's Python may not know that place.
PYTHON_PATH = os.pathsep.join([str(ROOT), str(Path(psycopg.__file__).parent.parent)])
# Start the server of the folder that is the first argument, and say its URL.
START = """
import sys
from pathlib import Path
from storage.private_server import PrivateServer
server = PrivateServer(Path(sys.argv[1]))
print(server.start(), flush=True)
"""


@contextmanager
def folder_for_a_server(like: Path | None = None) -> Iterator[Path]:
    """A folder for a PrivateServer, which is killed afterwards, whatever state it is in.

    With the data of the server in `like`, which does not run: quicker than making them anew.
    """
    parent = Path(tempfile.mkdtemp(prefix="sunseal-server-", dir=roomy_place()))
    parent.chmod(0o755)
    folder = parent / "postgres"
    if like is not None:
        # Python's own copying does not keep whose the files are.
        subprocess.run([program("cp"), "-a", str(like), str(folder)], check=True)
    try:
        yield folder
    finally:
        kill_server(folder)
        remove_interlock(folder)
        shutil.rmtree(parent, ignore_errors=True)


def processes(folder: Path) -> list[psutil.Process]:
    """The server's process and its children, the first first."""
    process = server_process(folder / "data")
    try:
        return [] if process is None else [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill_server(folder: Path) -> None:
    """kill -9 of the server and all its children at once."""
    doomed = processes(folder)
    for process in doomed:
        with suppress(psutil.NoSuchProcess):
            process.suspend()  # so that none sees another die and ends in order
    for process in doomed:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    assert wait_for(lambda: not any(map(alive, doomed)), patience=10)


def remove_interlock(folder: Path) -> None:
    """Remove the shared memory that a killed server leaves for the next to find, when none will come."""
    record = folder / "data" / "postmaster.pid"
    lines = record.read_text().splitlines() if record.exists() else []
    if len(lines) > 6:  # its key and its number
        subprocess.run(["ipcrm", "-m", lines[6].split()[1]], capture_output=True, check=False)


def alive(process: psutil.Process) -> bool:
    """Whether it still does anything: a dead one stays listed until its parent asks for it."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def python(code: str, *arguments: str, account: str | None = None) -> "subprocess.Popen[str]":
    """A Python process with our packages that runs `code`; as another account, if one is named."""
    entry = pwd.getpwnam(account) if account else None
    return subprocess.Popen(
        [interpreter(account), "-c", code, *arguments],
        user=entry.pw_uid if entry else None,
        group=entry.pw_gid if entry else None,
        extra_groups=[] if entry else None,
        cwd="/",
        env={"PATH": os.defpath, "PYTHONPATH": PYTHON_PATH, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def interpreter(account: str | None) -> str:
    """A Python that the account can run; skips where there is none."""
    found = sys.executable if account is None else _interpreter(account)
    if found is None:
        pytest.skip(f"nothing here can run Python with our packages as the account {account}")
    return found


@lru_cache
def _interpreter(account: str) -> str | None:
    entry = pwd.getpwnam(account)
    for candidate in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            subprocess.run(
                [candidate, "-c", "import storage.private_server"],
                user=entry.pw_uid,
                group=entry.pw_gid,
                extra_groups=[],
                cwd="/",
                env={"PYTHONPATH": PYTHON_PATH, "PYTHONDONTWRITEBYTECODE": "1"},
                check=True,
                capture_output=True,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    return None


def finish(process: "subprocess.Popen[str]") -> str:
    """Wait for a process that must end well; what it printed."""
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output.strip()


def server(folder: Path) -> PrivateServer:
    return PrivateServer(folder, patience=30)
