"""docs/complaints.md: its example is what the code counts, and its tables are about rules that there are."""

import re

from oversight.complaints.clocks import Stopped, run, until
from statutes.shipped import shipped
from tests.environment import ROOT
from tests.unit.bidding.examples import TENDER, at

PAGE = (ROOT / "docs" / "complaints.md").read_text("utf-8")


def test_the_example_is_what_the_code_counts() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    reply, testing = (
        Stopped("objection-reply", at(3, 3, 10), at(3, 5, 17)),
        Stopped("testing", at(3, 16, 9), at(3, 20, 18)),
    )
    for clock, end, said in (
        (until(TENDER, "objection-to-documents", at(3, 25, 9, 30)), at(3, 15, 24), "15 March, 24:00"),
        (run(TENDER, "objection-reply", at(3, 3, 10)), at(3, 6, 24), "6 March, 24:00"),
        (run(TENDER, "complaint", at(3, 3, 10), [reply]), at(3, 16, 24), "16 March, 24:00"),
        (run(TENDER, "complaint-acceptance", at(3, 6, 17)), at(3, 11, 24), "11 March, 23:59"),
        (run(TENDER, "complaint-decision", at(3, 11, 23, 59), [testing]), at(4, 29, 24), "29 April, 24:00"),
    ):
        assert clock.due == end, clock.rule
        assert any(said in row for row in rows), said


def test_every_rule_of_the_table_is_a_rule() -> None:
    known = {rule.id for profile in shipped() for rule in profile.rules}
    named = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE))
    assert len(named) > 10
    assert named <= known
