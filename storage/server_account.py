"""Which account of the machine the private PostgreSQL runs as, and its way to the files.

An ordinary user's server is the user's own. PostgreSQL refuses to run as root, so root's server runs as
another account, and two things follow:

- Which one: the owner of the data, if there are any; else `postgres`, if the machine has that account; else
  `nobody`. No account is created. With `nobody`, whatever else runs as nobody can reach the data.
- That account must be able to pass through the folders above the data and above the wheel's programs. Where
  such a folder is closed to others (/root, often), it alone is granted passage by an access list entry:
  passage, not listing, not reading. `setfacl -x u:<account> <folder>` takes it back. Opening such folders to
  everybody, as the wheel's own starter does, would lay the whole home open.
"""

import logging
import os
import pwd
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from storage.errors import PrivateServerError

ROOT = 0
FALLBACKS = ("postgres", "nobody")

_logger = logging.getLogger(__name__)

# acl(5) as Linux keeps it in the extended attribute: a version, then (tag, permissions, id) each.
_ATTRIBUTE = "system.posix_acl_access"
_VERSION = struct.pack("<I", 2)
_ENTRY = struct.Struct("<HHI")
_USER_OBJECT, _USER, _GROUP_OBJECT, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_BOUNDED = (_USER, _GROUP_OBJECT, _GROUP)
_NO_ID = 0xFFFFFFFF
_PASS = 1


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the machine; `name` is for messages."""

    uid: int
    gid: int
    name: str


def choose_account(data: Path) -> Account | None:
    """The account to run the server of `data` as; None if that is the caller's own.

    Raises PrivateServerError if the data belong to somebody the caller cannot act for.
    """
    caller = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if caller != ROOT:
        if owner not in {None, caller}:
            raise PrivateServerError(
                f"{data} belongs to the account {_name(owner)}: start Sunseal as that account or as root, "
                "or name a database of your own with DATABASE_URL"
            )
        return None
    if owner == ROOT:
        raise PrivateServerError(
            f"{data} belongs to root, and PostgreSQL refuses to run as root: give it to another account "
            f"(chown -R nobody {data})"
        )
    if owner is not None:
        return _account(owner)
    for name in FALLBACKS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid, name)
    raise PrivateServerError(
        "PostgreSQL refuses to run as root and this machine has neither the account postgres nor nobody: "
        "start Sunseal as an ordinary user, or name a database with DATABASE_URL"
    )


def grant_passage(account: Account, folders: Iterable[Path]) -> None:
    """Let `account` through every folder above and including `folders`, which exist and are absolute.

    Raises PrivateServerError, naming the folder, where an access list cannot say so.
    """
    chain = {above for folder in folders for above in (folder, *folder.parents)}
    for folder in sorted(chain):
        if not _passable(folder, account):
            _grant(folder, account)


def _passable(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    for tag, permissions, identity in _entries(folder):
        if tag == _USER and identity == account.uid:
            # The group bits of a folder with an access list are its mask.
            return bool(permissions & _PASS and status.st_mode & stat.S_IXGRP)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _grant(folder: Path, account: Account) -> None:
    try:
        others = [entry for entry in _list_with_mask(folder) if (entry[0], entry[2]) != (_USER, account.uid)]
        entries = sorted([*others, (_USER, _PASS, account.uid)], key=_order)
        os.setxattr(folder, _ATTRIBUTE, _VERSION + b"".join(_ENTRY.pack(*entry) for entry in entries))
    except (OSError, AttributeError) as error:
        raise PrivateServerError(
            f"the account {account.name}, which PostgreSQL runs as, cannot pass through {folder}, and cannot "
            f"be let through ({error}): run `chmod o+x {folder}`, or keep Sunseal elsewhere, or start it as "
            "an ordinary user"
        ) from error
    _logger.warning("%s is now passable for the account %s, which PostgreSQL runs as", folder, account.name)


def _list_with_mask(folder: Path) -> list[tuple[int, int, int]]:
    """The folder's access list, whose mask allows passage; made from its mode if it has none yet.

    A mask bounds what the groups and the other accounts in the list may do. Where it must be widened (chmod go-rwx
    closes it, and with it a passage that was granted before), each of them keeps exactly what it could do until now.
    """
    there = _entries(folder)
    if not there:
        mode = folder.stat().st_mode
        group = mode >> 3 & 7
        return [
            (_USER_OBJECT, mode >> 6 & 7, _NO_ID),
            (_GROUP_OBJECT, group, _NO_ID),
            (_MASK, group | _PASS, _NO_ID),
            (_OTHER, mode & 7, _NO_ID),
        ]
    mask = next((permissions for tag, permissions, _ in there if tag == _MASK), None)
    if mask is None or mask & _PASS:
        return there
    bounded = [
        (tag, permissions & mask if tag in _BOUNDED else permissions, identity)
        for tag, permissions, identity in there
        if tag != _MASK
    ]
    return [*bounded, (_MASK, mask | _PASS, _NO_ID)]


def _order(entry: tuple[int, int, int]) -> tuple[int, int]:
    # The kernel takes a list in this order alone: by tag, and accounts by number.
    return entry[0], entry[2]


def _entries(folder: Path) -> list[tuple[int, int, int]]:
    try:
        value = os.getxattr(folder, _ATTRIBUTE)
    except (OSError, AttributeError):  # none, or a file system or a machine without access lists
        return []
    return [(tag, permissions, identity) for tag, permissions, identity in _ENTRY.iter_unpack(value[4:])]


def _account(uid: int) -> Account:
    try:
        found = pwd.getpwuid(uid)
    except KeyError as error:
        raise PrivateServerError(
            f"the private PostgreSQL's data belong to the user id {uid}, which this machine does not know"
        ) from error
    return Account(uid, found.pw_gid, found.pw_name)


def _name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return str(uid)
