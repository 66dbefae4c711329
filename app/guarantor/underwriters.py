"""Who may work on the desk's pages: underwriters.json in the guarantor's folder, passwords as Argon2id hashes.

Read again at each request, so that whoever is removed is out at once.
"""

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from app.bidder.files import write_replacing
from guarantees.errors import FormatError, NotFoundError

FILE = "underwriters.json"
LEAST, MOST = 12, 200
"""Characters of a password."""
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}\Z")
_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Underwriter:
    """`login` is what stands in the audit trail; `password` is an Argon2id hash, `added` ISO 8601."""

    login: str
    name: str
    password: str = field(repr=False)
    added: str


class Underwriters:
    """Of one folder. FormatError for a file that is damaged."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE

    def all(self) -> list[Underwriter]:
        """By their logins."""
        if not self.file.exists():
            return []
        try:
            return msgspec.json.decode(self.file.read_bytes(), type=list[Underwriter])
        except msgspec.MsgspecError as error:
            raise FormatError(f"{self.file} is damaged: {error}") from error

    def get(self, login: str) -> Underwriter | None:
        return next((one for one in self.all() if one.login == login), None)

    def add(self, login: str, name: str, password: str, *, now: datetime) -> None:
        """Somebody new, or a new name and password for somebody who is there. FormatError."""
        if not _LOGIN.match(login):
            raise FormatError("a login has 1 to 32 characters of a-z, 0-9, dot, hyphen and underscore")
        if not name.strip() or not name.isprintable() or len(name) > 100:
            raise FormatError("a name is one line of at most 100 characters")
        if not LEAST <= len(password) <= MOST:
            raise FormatError(f"a password has {LEAST} to {MOST} characters")
        made = Underwriter(login, name.strip(), _hasher.hash(password), now.isoformat(timespec="seconds"))
        self._write([*(one for one in self.all() if one.login != login), made])

    def remove(self, login: str) -> None:
        """NotFoundError."""
        there = self.all()
        if all(one.login != login for one in there):
            raise NotFoundError(f"no underwriter is called {login}")
        self._write([one for one in there if one.login != login])

    def proven(self, login: str, password: str) -> Underwriter | None:
        """Who it is; None for a wrong password as for a login that nobody has, after the same work."""
        there = self.get(login)
        try:
            _hasher.verify(there.password if there is not None else _nobody(), password[:MOST])
        except (Argon2Error, InvalidHashError):
            return None
        return there

    def _write(self, every: list[Underwriter]) -> None:
        ordered = sorted(every, key=lambda one: one.login)
        write_replacing(
            self.file, json.dumps([asdict(one) for one in ordered], indent=1, ensure_ascii=False).encode()
        )
        self.file.chmod(0o600)


@cache
def _nobody() -> str:
    """A hash that no password opens, worked on for logins that nobody has."""
    return _hasher.hash("\0nobody")
