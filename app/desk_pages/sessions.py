"""Who is logged in, in the memory of the one process that serves the pages: a restart logs everybody out."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock

from crypto.randomness import RandomBytes

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
_SIZE = 32


@dataclass(frozen=True, slots=True)
class Entered:
    """A session of the underwriter `login`; `csrf` stands in each of its forms."""

    login: str
    csrf: str = field(repr=False)
    began: datetime
    seen: datetime


class Sessions:
    """By the hash of the cookie's token: what is kept here logs nobody in."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[bytes, Entered] = {}

    def begin(self, login: str, *, now: datetime, random: RandomBytes) -> str:
        """The token of a new session."""
        token = random(_SIZE).hex()
        with self._lock:
            self._held = {key: one for key, one in self._held.items() if _lives(one, now)}
            self._held[_key(token)] = Entered(login, random(_SIZE).hex(), now, now)
        return token

    def find(self, token: str, *, now: datetime) -> Entered | None:
        """The session, which this use keeps alive; None for one that is over or never was."""
        with self._lock:
            found = self._held.get(_key(token))
            if found is None or not _lives(found, now):
                self._held.pop(_key(token), None)
                return None
            self._held[_key(token)] = replace(found, seen=now)
            return found

    def end(self, token: str) -> None:
        with self._lock:
            self._held.pop(_key(token), None)


def is_same(one: str, other: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def _lives(entered: Entered, now: datetime) -> bool:
    return now - entered.seen < IDLE and now - entered.began < LONGEST


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
