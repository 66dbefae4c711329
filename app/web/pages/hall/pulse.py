"""Whether something has changed, asked by many and looked up by few: one digest per opening and process.

A pulse is a digest over all that a page shows. It is looked up at most twice a second, however many ask, with a
database session of its own that ends at once; who asks meanwhile gets the one before. What was rendered for a digest is
kept beside it, per language, so that a thousand readers cost one rendering.
"""

import hashlib
import json
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock

from flask import current_app
from sqlalchemy.orm import Session

from storage.database import Database

FRESH = 0.5
"""Seconds that a pulse counts as it is."""
MOST = 2000
"""Pulses that are kept; the one that was asked for longest ago goes first."""
BUDGET = 150
"""Answers a second that a process gives to streams: the more viewers, the longer each is told to wait."""
SHORTEST, LONGEST = 1.0, 10.0
_KEY = "sunseal.pulses"
_WINDOW = 4.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """`over`: nothing will change any more, so nobody has to ask again."""

    digest: str
    over: bool = False


def pulse_over(facts: object, *, over: bool = False) -> Pulse:
    """Of what json can write."""
    written = json.dumps(facts, default=str, separators=(",", ":"))
    return Pulse(hashlib.sha256(written.encode()).hexdigest()[:32], over)


Look = Callable[[Session], Pulse | None]
"""None: there is no such thing."""


@dataclass(slots=True)
class _Kept:
    looking: Lock = field(default_factory=Lock)
    at: float | None = None
    pulse: Pulse | None = None
    rendering: Lock = field(default_factory=Lock)
    rendered: dict[str, tuple[str, str]] = field(default_factory=dict)


class Pulses:
    """One process's. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, fresh: float = FRESH) -> None:
        self.fresh = fresh
        self._clock = clock
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._told: deque[tuple[float, float]] = deque()

    def of(self, key: Hashable, database: Database, look: Look) -> Pulse | None:
        """At most `fresh` seconds old, and what one look takes."""
        kept = self._of(key)
        # The first of all waits for the look; later ones take what there is while somebody is at it.
        if kept.looking.acquire(blocking=kept.at is None):
            try:
                if kept.at is None or self._clock() - kept.at >= self.fresh:
                    with database.session() as session:
                        kept.pulse = look(session)
                    kept.at = self._clock()
            finally:
                kept.looking.release()
        return kept.pulse

    def rendered(self, key: Hashable, digest: str, language: str, render: Callable[[], str]) -> str:
        """What `render` made for this digest, made once."""
        kept = self._of(key)
        found = kept.rendered.get(language)
        if found is None or found[0] != digest:
            with kept.rendering:
                found = kept.rendered.get(language)
                if found is None or found[0] != digest:
                    found = kept.rendered[language] = (digest, render())
        return found[1]

    def pause(self) -> float:
        """Seconds after which a viewer asks again, such that all together keep to BUDGET.

        Who was told to come back after so many seconds is one viewer for as long: their sum over a stretch of time,
        divided by it, is how many there are.
        """
        with self._lock:
            present = self._clock()
            while self._told and self._told[0][0] < present - _WINDOW:
                self._told.popleft()
            viewers = sum(told for _, told in self._told) / _WINDOW
            pause = min(max(SHORTEST, viewers / BUDGET), LONGEST)
            self._told.append((present, pause))
            return pause

    def _of(self, key: Hashable) -> _Kept:
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return kept


def pulses() -> Pulses:
    """The application's."""
    found: Pulses = current_app.extensions.setdefault(_KEY, Pulses())
    return found
