"""What a committee must be (法37), and who may sit on one."""

from collections.abc import Sequence
from dataclasses import dataclass

from oversight.errors import DrawRefusedError
from statutes.said import Said

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
            "法37",
            Said(
                f"评标委员会成员须为 {MIN_MEMBERS} 人以上单数，不能是 {count} 人。",
                f"a committee has an odd number of members, {MIN_MEMBERS} or more, not {count}",
            ),
        )
    if 3 * experts < 2 * count:  # 2
        raise DrawRefusedError(
            "法37",
            Said(
                f"{count} 名成员中专家不得少于三分之二，现有 {experts} 名。",
                f"two thirds of {count} members must be experts, and {experts} are",
            ),
        )
    if any(seat.is_supervisors_staff for seat in seats):  # 3
        raise DrawRefusedError(
            "条46",
            Said(
                "行政监督部门的工作人员不得担任评标委员会成员。",
                "the staff of the supervising authority may not sit on the committee",
            ),
        )


def is_qualified(years: int, *, has_senior_title: bool) -> bool:
    """Whether an expert may be in the pool: eight years in the field and a senior title, or the equal of it (法37)."""
    return years >= MIN_YEARS and has_senior_title
