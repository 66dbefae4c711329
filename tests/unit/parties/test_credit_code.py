"""Unified social credit codes: the check digit decides."""

import pytest

from parties import credit_code
from parties.errors import CreditCodeError

GOOD = "91110000600037341L"


@pytest.mark.parametrize("typed", [GOOD, GOOD.lower(), f" {GOOD} ", "9111 0000 6000 3734 1L"])
def test_what_a_person_types_becomes_the_one_form(typed: str) -> None:
    assert credit_code.parse(typed) == GOOD


@pytest.mark.parametrize("place", range(18))
def test_any_other_digit_is_noticed(place: int) -> None:
    for character in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        if character != GOOD[place]:
            with pytest.raises(CreditCodeError):
                credit_code.parse(GOOD[:place] + character + GOOD[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", " ", GOOD[:-1], GOOD + "0", "１" * 18, "甲" * 18, "9" * 1000, GOOD[:-1] + "\0"]
)
def test_other_text_is_none(text: str) -> None:
    with pytest.raises(CreditCodeError):
        credit_code.parse(text)
