"""docs/guarantees-after-the-opening.md names every word and every clock."""

from guarantees.after.clocks import SENTENCES as CLOCK_SENTENCES
from guarantees.after.clocks import TROUBLES, Clock, Trouble
from guarantees.checking.words import Found
from tests.environment import ROOT

PAGE = (ROOT / "docs" / "guarantees-after-the-opening.md").read_text("utf-8")


def test_the_page_names_every_word_that_is_read_out() -> None:
    by_hand = {Found.ACCEPTED, Found.REJECTED}
    assert not [found for found in Found if found not in by_hand and f"`{found}`" not in PAGE]


def test_the_page_names_every_clock() -> None:
    assert not [clock for clock in Clock if f"`{clock}`" not in PAGE]
    assert set(CLOCK_SENTENCES) == set(Clock)
    assert set(TROUBLES) == set(Trouble)
