"""What a lot asks of a bid, as the intake needs it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from bidding.submission.models import CANCELLED, OPEN, SUSPENDED
from bidding.turned_away import Code, TurnedAwayError
from ledger.entries import LotPart


@dataclass(frozen=True, slots=True)
class Terms:
    """A lot at one moment: its intake's state, deadline, parts, and the largest sealed file in bytes."""

    lot: str
    state: str
    deadline: datetime
    max_size: int
    parts: tuple[LotPart, ...]

    def part(self, name: str) -> LotPart:
        """PARTS if bids have no such part."""
        for part in self.parts:
            if part.name == name:
                return part
        raise TurnedAwayError(Code.PARTS)

    def require_open(self, arrived_at: datetime, *, although_suspended: bool = False) -> None:
        """What arrives now is in time: before the deadline, and the lot is open.

        LOT_CANCELLED, DEADLINE_PASSED (also once the closing has begun), LOT_SUSPENDED.
        """
        if self.state == CANCELLED:
            raise TurnedAwayError(Code.LOT_CANCELLED)
        if arrived_at >= self.deadline or self.state not in (OPEN, SUSPENDED):
            raise TurnedAwayError(Code.DEADLINE_PASSED)
        if self.state == SUSPENDED and not although_suspended:
            raise TurnedAwayError(Code.LOT_SUSPENDED)


def parts_to_json(parts: Sequence[LotPart]) -> list[Any]:
    """As the intake's row keeps them."""
    return [msgspec.to_builtins(part) for part in parts]


def parts_of_json(value: list[Any]) -> tuple[LotPart, ...]:
    return tuple(msgspec.convert(part, LotPart, strict=True) for part in value)
