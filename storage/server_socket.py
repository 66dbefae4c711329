"""The folder of the private PostgreSQL's socket: closed to all but its account, and short enough.

Whoever can reach the socket is the database's master: there is no password. So the folder has mode 0700 and
belongs to the account the server runs as; that account and root can come in, and nobody else.

A socket's path has at most 107 bytes (103 on a Mac), and to libpq a comma in it ends it. Where the data lie
too deep for that, or behind a comma, the folder is in /tmp, under a name that every process works out alike,
so that a URL stays right when the server is started again.
"""

import hashlib
import os
import stat
from pathlib import Path

from storage.errors import PrivateServerError
from storage.server_account import Account
from storage.server_process import PORT

LONGEST_PATH = 103
# Anybody may write there: make_private_folder checks that what it finds is ours, and closed.
_SHORT_PARENT = Path("/tmp")  # noqa: S108 # nosec B108


def socket_folder(folder: Path) -> Path:
    """Where the socket of the server in `folder` lies; `folder` is absolute."""
    beside = folder / "run"
    if len(os.fsencode(beside / f".s.PGSQL.{PORT}")) <= LONGEST_PATH and "," not in str(beside):
        return beside
    return _SHORT_PARENT / f"sunseal-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"


def make_private_folder(path: Path, account: Account | None) -> None:
    """Make `path` a folder that `account` (None: the caller) owns and nobody else can enter.

    Raises PrivateServerError if it cannot be made, or if there is one already that is not so: in /tmp
    anybody could have made it.
    """
    owner = os.geteuid() if account is None else account.uid
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError as error:
        raise PrivateServerError(
            f"{path} cannot be made: {error.strerror}; name a database with DATABASE_URL"
        ) from error
    else:
        if account is not None:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or stat.S_IMODE(status.st_mode) & 0o077:
        raise PrivateServerError(
            f"{path} is not a folder of the private PostgreSQL's account alone (mode 0700): remove it, if it "
            "is nothing you need, and start again"
        )
