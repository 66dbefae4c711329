"""The private PostgreSQL's data folder: made whole or not at all, and of the version that is installed."""

import shutil
from pathlib import Path

from storage.durable_folder import fsync_folder
from storage.errors import PrivateServerError
from storage.server_account import Account
from storage.server_process import USER
from storage.server_programs import MAJOR, run_program
from storage.server_socket import make_private_folder


def make_data(data: Path, account: Account | None, *, patience: float) -> None:
    """Make `data`, unless it is there: beside it first, and renamed when all of it is on the disk.

    A crash leaves data.new, which the next call makes afresh; initdb itself syncs what it wrote. To be
    called under the start lock. Raises PrivateServerError.
    """
    if data.exists():
        _check_version(data)
        return
    new = data.with_name(data.name + ".new")
    if new.exists():
        shutil.rmtree(new)
    make_private_folder(new, account)
    done = run_program(
        "initdb",
        *("--pgdata", str(new), "--username", USER),
        # The same order and the same letters on every machine, whatever its locale.
        *("--encoding", "UTF8", "--no-locale", "--locale-provider", "builtin"),
        *("--builtin-locale", "C.UTF-8", "--auth-local", "trust", "--auth-host", "reject"),
        *("--set", "dynamic_shared_memory_type=mmap"),  # as storage/private_server.py runs it
        account=account,
        timeout=patience,
    )
    if done.returncode != 0:
        raise PrivateServerError(f"PostgreSQL could not make its data in {new}:\n{done.stdout.strip()}")
    new.rename(data)
    fsync_folder(data.parent)


def _check_version(data: Path) -> None:
    try:
        version = (data / "PG_VERSION").read_text("ascii").strip()
    except OSError as error:
        raise PrivateServerError(
            f"{data} holds no PostgreSQL's data that can be read ({error.strerror}): if it is nothing you "
            "need, remove it and start again"
        ) from error
    if version != str(MAJOR):
        raise PrivateServerError(
            f"{data} was made by PostgreSQL {version} and this is {MAJOR}: carry it over with pg_dump and "
            "pg_restore, or name a database with DATABASE_URL"
        )
