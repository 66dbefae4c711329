"""How large an upload may be, in how many pieces, and how long it stays. One token makes one upload."""

from dataclasses import dataclass
from datetime import datetime, timedelta

PIECE = 4 << 20
"""Bytes that are staged at once, and held in memory while they are."""


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """size: of an upload, in bytes. request: of one request's body. idle: without progress. life: in all."""

    size: int = 1 << 30
    request: int = 16 << 20
    idle: timedelta = timedelta(hours=24)
    life: timedelta = timedelta(days=7)

    def pieces(self, length: int) -> int:
        """How many pieces an upload may come in: more than an honest client on a bad line makes."""
        return 256 + 4 * (length // PIECE)

    def expiry(self, created_at: datetime, now: datetime, *, finished: bool) -> datetime:
        """When the upload goes: idle too long, or old."""
        old = created_at + self.life
        return old if finished else min(old, now + self.idle)
