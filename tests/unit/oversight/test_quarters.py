"""Quarters in China's time, and what the population of one is called."""

from datetime import UTC, datetime

import pytest

from oversight.errors import MalformedDrawError
from oversight.quarters import Quarter, subject


def test_a_quarter_begins_at_midnight_in_china_and_ends_where_the_next_begins() -> None:
    last = Quarter.parse("2026Q4")
    assert last.begin == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert last.end == Quarter.parse("2027q1").begin == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert subject("draws", last) == "draws of 2026Q4"


def test_an_instant_lies_in_the_quarter_of_its_day_in_china() -> None:
    assert Quarter.of(datetime(2026, 3, 31, 15, 59, tzinfo=UTC)) == Quarter(2026, 1)
    assert Quarter.of(datetime(2026, 3, 31, 16, 0, tzinfo=UTC)) == Quarter(2026, 2)


@pytest.mark.parametrize("text", ["2026", "2026Q5", "Q1", "2026Q1 ", "26Q1"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(MalformedDrawError, match="2026Q1"):
        Quarter.parse(text)
