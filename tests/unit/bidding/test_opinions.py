"""Opinions of a committee: those of a member that was replaced are void, and its successor judges anew (条48)."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.tenders.opinions import are_made_good

NOW = datetime(2026, 3, 25, 10, tzinfo=UTC)


def after(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("opinions", "expected"),
    [
        ([], True),
        ([("a", after(0), None), ("b", after(1), None)], True),
        ([("a", after(0), after(5)), ("b", after(1), None)], False),
        ([("a", after(0), after(5)), ("b", after(1), None), ("c", after(6), None)], True),
        ([("a", after(0), after(5)), ("b", after(1), None), ("c", after(5), None)], True),
        # Two successors for two, each after its own predecessor
        ([("a", after(0), after(5)), ("b", after(1), after(9)), ("c", after(6), None)], False),
        (
            [
                ("a", after(0), after(5)),
                ("b", after(1), after(9)),
                ("c", after(6), None),
                ("d", after(7), None),
            ],
            False,
        ),
        (
            [
                ("a", after(0), after(5)),
                ("b", after(1), after(9)),
                ("c", after(6), None),
                ("d", after(9), None),
            ],
            True,
        ),
        # Two opinions of one successor are one successor's, and a member that sat before is nobody's successor
        (
            [
                ("a", after(0), after(5)),
                ("b", after(1), after(5)),
                ("c", after(6), None),
                ("c", after(7), None),
            ],
            False,
        ),
        ([("a", after(0), after(5)), ("b", after(1), None), ("b", after(6), None)], False),
        # Who was called again after it was replaced does not make good what it had said itself
        ([("a", after(0), after(5)), ("a", after(6), None)], False),
    ],
)
def test_each_replaced_member_needs_a_successor_of_its_own(
    opinions: list[tuple[str, datetime, datetime | None]], expected: bool
) -> None:
    assert are_made_good(opinions) is expected
