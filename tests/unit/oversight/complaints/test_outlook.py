"""What can be filed on a tender now: the same answers as a filing gets."""

from dataclasses import replace
from datetime import datetime

from oversight.complaints.outlook import Prospect, outlook
from oversight.complaints.ports import LotFacts
from oversight.complaints.words import Capacity, Kind, Matter
from statutes.statute import Statute
from tests.unit.bidding.examples import PROCUREMENT, TENDER, at
from tests.unit.oversight.complaints.test_rights import FACTS, LOT, OPENED

POTENTIAL, BIDDER, INTERESTED = Capacity


def told(
    now: datetime, *, lot: LotFacts = LOT, law: Statute = TENDER, knowing: datetime | None = None
) -> dict[Matter, Prospect]:
    found = outlook(law, replace(FACTS, lots=(lot,)), knowing=knowing or at(3, 2, 10), now=now)
    return {one.matter: one for one in found}


def test_before_the_deadline_the_documents_are_open_and_the_course_needs_no_objection() -> None:
    found = told(at(3, 3, 10))
    documents, course = found[Matter.DOCUMENTS], found[Matter.PROCESS]
    assert (documents.until, documents.rule.articles) == (at(3, 16), ("条22",))
    assert documents.capacities == (POTENTIAL, INTERESTED), "nobody as a bidder before the opening"
    assert (course.kind, course.until) == (Kind.COMPLAINT, at(3, 13))
    assert Matter.PREQUALIFICATION not in found, "this tender has none"


def test_what_is_over_or_not_there_yet_says_the_rule() -> None:
    found = told(at(3, 16))
    documents, result = found[Matter.DOCUMENTS], found[Matter.RESULT]
    assert documents.until is None
    assert documents.refusal is not None
    assert documents.refusal.articles == ("条22",)
    assert result.refusal is not None
    assert found[Matter.OPENING].refusal is not None, "that is said in the hall"


def test_result_is_open_to_bidders_while_the_candidates_are_published() -> None:
    result = told(at(3, 31), lot=OPENED)[Matter.RESULT]
    assert (result.until, result.capacities) == (at(4, 3), (BIDDER, INTERESTED))


def test_procurement_counts_from_knowing_and_challenges_the_course_too() -> None:
    found = told(at(3, 4, 10), law=PROCUREMENT, knowing=at(3, 3, 10))
    assert found[Matter.PROCESS].kind is Kind.OBJECTION
    assert found[Matter.PROCESS].until == at(3, 13), "seven working days from 3 March"
    assert Matter.OPENING not in found
