"""Which sizes of the ledger a keyholder saw, and when by its own clock: what rules 19 and 23 are judged by.

A head is known by its size, with the time at which it was first the newest one seen and that at which it last was.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class SeenHead:
    """POSIX seconds."""

    size: int
    first: int
    last: int


class Heads:
    """The heads that were seen, by rising size."""

    def __init__(self, seen: Iterable[SeenHead] = ()) -> None:
        self._seen = sorted(seen, key=lambda head: head.size)
        self._sizes = [head.size for head in self._seen]

    @property
    def newest(self) -> SeenHead | None:
        return self._seen[-1] if self._seen else None

    def see(self, size: int, now: int) -> SeenHead:
        """The head of that size is the newest one now; ValueError if a larger one was seen."""
        newest = self.newest
        if newest is not None and size < newest.size:
            raise ValueError("a larger head was seen before")
        if newest is None or size > newest.size:
            newest = SeenHead(size, now, now)
            self._seen.append(newest)
            self._sizes.append(size)
        newest.last = max(newest.last, now)
        return newest

    def absent_at(self, place: int) -> int | None:
        """The last time at which the newest head seen had no entry at `place`; None if no such head was seen."""
        at = bisect_right(self._sizes, place)
        return self._seen[at - 1].last if at else None

    def present_at(self, place: int) -> int | None:
        """The first time at which an entry at `place` was seen to stand; None if it was not yet."""
        at = bisect_left(self._sizes, place + 1)
        return self._seen[at].first if at < len(self._seen) else None
