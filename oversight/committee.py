"""What a committee must be (法37), and how it decides that it needs more time (条48)."""

from collections.abc import Sequence
from dataclasses import dataclass

from oversight.errors import DrawRefusedError

MIN_MEMBERS = 5
MIN_YEARS = 8


@dataclass(frozen=True, slots=True)
class Seat:
    """One member of a committee: an expert who was drawn, or a representative of the tenderee."""

    is_expert: bool
    is_supervisors_staff: bool = False


def check_committee(seats: Sequence[Seat]) -> None:
    """DrawRefusedError, naming the article, unless the committee may evaluate.

    1. An odd number, five or more (法37).
    2. At least two thirds are experts in technology or economics (法37).
    3. Nobody is on the staff of the supervising authority (条46).
    """
    count, experts = len(seats), sum(seat.is_expert for seat in seats)
    if count < MIN_MEMBERS or count % 2 == 0:  # 1
        raise DrawRefusedError(
            "法37", f"a committee has an odd number of members, {MIN_MEMBERS} or more, not {count}"
        )
    if 3 * experts < 2 * count:  # 2
        raise DrawRefusedError("法37", f"two thirds of {count} members must be experts, and {experts} are")
    if any(seat.is_supervisors_staff for seat in seats):  # 3
        raise DrawRefusedError("条46", "the staff of the supervising authority may not sit on the committee")


def must_extend(members: int, find_it_too_short: int) -> bool:
    """Whether the time for the evaluation has to be extended: more than a third find it too short (条48)."""
    return 3 * find_it_too_short > members


def is_qualified(years: int, *, has_senior_title: bool) -> bool:
    """Whether an expert may be in the pool: eight years in the field and a senior title, or the equal of it (法37)."""
    return years >= MIN_YEARS and has_senior_title
