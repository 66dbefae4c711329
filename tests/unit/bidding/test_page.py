"""docs/timetable.md: its tables are those of the data, and its worked example is what the code says."""

import re

from bidding.objections import objections_until
from scripts.statute_table import PAGE, with_tables
from tests.unit.bidding.examples import TENDER, at


def test_the_page_has_the_rules_as_they_are() -> None:
    page = PAGE.read_text("utf-8")
    assert with_tables(page) == page, "run: python -m scripts.statute_table"


def test_the_example_is_what_the_code_says() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)[1:6]
    issued, deadline = at(3, 2, 9), at(3, 25, 9, 30)
    assert TENDER.earliest("documents-on-offer", issued).at == at(3, 9, 24)
    assert "9th, 24:00" in rows[0][1]
    assert TENDER.earliest("deadline-after-issue", issued).at == at(3, 23)
    assert "23rd, 0:00" in rows[1][1]
    assert TENDER.latest("amendment-before-deadline", deadline).at == at(3, 10, 24)
    assert "10th, 24:00" in rows[2][1]
    assert objections_until(TENDER, deadline).at == at(3, 15, 24)
    assert "15th, 24:00" in rows[3][1]
    assert TENDER.due("contract-due", at(4, 3, 10)).at == at(5, 6, 24)
    assert "6 May, 24:00" in rows[4][1]
