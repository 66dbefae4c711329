"""The moves of a tender and of its lots: what each requires, the rules say, and a refusal names the rule."""

from collections.abc import Callable
from typing import Any

import msgspec

from app import flows
from app.api.schemas import tenders as schemas
from app.api.tender_routes import LOT, ONE, own, routes, shown, tendering
from app.caller import caller
from app.committees import require_complete
from app.complaint_flows import require_no_case
from app.context import now, parts, session
from app.errors import ProblemError
from app.place import ConfigurationError
from bidding.moves import NextRankGround
from bidding.tender import ROWS, Move
from bidding.tenders import changing, outcome, publication, reading
from bidding.tenders.changing import Ground
from bidding.tenders.models import LotRow, TenderRow
from bidding.tenders.standing import suspensions
from ledger.entries import RankedBid
from parties.roles import Role

_REFUSES = (400, 401, 403, 404, 409)
_FAILURES = {
    "all-rejected": Move.FAIL_AS_ALL_REJECTED,
    "no-winner": Move.FAIL_WITHOUT_WINNER,
}


@routes.operation("POST", f"{ONE}/publication", gives=schemas.TenderShown, refuses=_REFUSES)
def publish(tender_id: str) -> dict[str, Any]:
    """Publish: the notice becomes public, each part of each lot gets its key, and bids may come"""
    tender = own(tender_id)
    try:
        keeping = tendering().keeping()
    except ConfigurationError as error:
        raise ProblemError("refused", str(error)) from error
    publication.publish(session(), tender.id, keeping, now=now())
    return _done(tender)


@routes.operation(
    "POST", f"{ONE}/amendments", takes=schemas.NewAmendment, gives=schemas.TenderShown, refuses=_REFUSES
)
def amend(given: dict[str, Any], tender_id: str) -> dict[str, Any]:
    """Amend the documents: those that wait become public, and the deadline moves if it must"""
    tender = own(tender_id)
    changing.amend(
        *(session(), tender.id, given["text"]),
        may_affect_bids=given["may_affect_bids"],
        new_deadline=given.get("new_deadline"),
        numbers=given.get("lots"),
        now=now(),
    )
    return _done(tender)


@routes.operation(
    "POST", f"{ONE}/postponement", takes=schemas.NewDeadline, gives=schemas.TenderShown, refuses=_REFUSES
)
def postpone(given: dict[str, Any], tender_id: str) -> dict[str, Any]:
    """Move the deadline to a later time"""
    tender = own(tender_id)
    changing.postpone(
        *(session(), tender.id, given["deadline"], given["reason"]), numbers=given.get("lots"), now=now()
    )
    return _done(tender)


@routes.operation(
    "POST", f"{ONE}/suspensions", takes=schemas.NewSuspension, gives=schemas.TenderShown, refuses=_REFUSES
)
def suspend(given: dict[str, Any], tender_id: str) -> dict[str, Any]:
    """Suspend: for an objection that waits for its reply, or, as the supervisor, by order"""
    tender, ground = own(tender_id), Ground(given["ground"])
    _require_office(ground is Ground.ORDER)
    changing.suspend(
        *(session(), tender.id, ground, given["cause"], given["reason"]),
        numbers=given.get("lots"),
        now=now(),
    )
    return _done(tender)


@routes.operation(
    "POST", f"{ONE}/resumption", takes=schemas.Resumption, gives=schemas.TenderShown, refuses=_REFUSES
)
def resume(given: dict[str, Any], tender_id: str) -> dict[str, Any]:
    """Say that a cause of suspension is gone; the tender goes on when it was the last"""
    tender = own(tender_id)
    require_no_case(session(), given["cause"])
    ordered = ROWS[Ground.ORDER.move].rule
    rules = {
        one.rule
        for lot in reading.lots(session(), tender)
        for one in suspensions(session(), lot)
        if one.cause == given["cause"] and one.ended_at is None
    }
    if rules:
        _require_office(ordered in rules)
    changing.resume(
        *(session(), tender.id, given["cause"], given["reason"]),
        new_deadline=given.get("new_deadline"),
        numbers=given.get("lots"),
        now=now(),
    )
    return _done(tender)


@routes.operation(
    "POST", f"{ONE}/cancellation", takes=schemas.Because, gives=schemas.TenderShown, refuses=_REFUSES
)
def cancel(given: dict[str, Any], tender_id: str) -> dict[str, Any]:
    """End the tender, or some of its lots, without an award; what was sealed stays sealed"""
    tender = own(tender_id)
    changing.cancel(session(), tender.id, given["reason"], numbers=given.get("lots"), now=now())
    return _done(tender)


@routes.operation(
    "POST", f"{LOT}/evaluation", takes=schemas.EvaluationReport, gives=schemas.TenderShown, refuses=_REFUSES
)
def evaluate(given: dict[str, Any], tender_id: str, number: str) -> dict[str, Any]:
    """Record that the committee's report is in"""
    require_complete(session(), tender_id, number)
    return _step(tender_id, number, lambda lot: outcome.evaluate(session(), lot, given["sha256"], now=now()))


@routes.operation(
    "POST", f"{LOT}/candidates", takes=schemas.Candidates, gives=schemas.TenderShown, refuses=_REFUSES
)
def publish_candidates(given: dict[str, Any], tender_id: str, number: str) -> dict[str, Any]:
    """Publish the ranked candidates"""
    ranked = [_ranked(one) for one in given["candidates"]]
    return _step(tender_id, number, lambda lot: outcome.publish_candidates(session(), lot, ranked, now=now()))


@routes.operation(
    "POST", f"{LOT}/award", takes=schemas.AwardGiven, gives=schemas.TenderShown, refuses=_REFUSES
)
def award(given: dict[str, Any], tender_id: str, number: str) -> dict[str, Any]:
    """Award to the first candidate; with a ground, to the next one

    Where the law knows no publication of candidates, `winner` is the first of the report.
    """
    rank = given.get("rank", 1)

    def step(lot: str) -> LotRow:
        if "winner" in given:
            return outcome.award_from_report(session(), lot, _ranked(given["winner"]), now=now())
        if "ground" in given:
            return outcome.award_next(session(), lot, rank, NextRankGround(given["ground"]), now=now())
        return outcome.award(session(), lot, rank, now=now())

    return _step(tender_id, number, step)


@routes.operation(
    "POST", f"{LOT}/contract", takes=schemas.ContractSigned, gives=schemas.TenderShown, refuses=_REFUSES
)
def contract(given: dict[str, Any], tender_id: str, number: str) -> dict[str, Any]:
    """Record the contract, at the price of the award"""
    return _step(
        tender_id,
        number,
        lambda lot: outcome.contract(session(), lot, given["price"], given["sha256"], now=now()),
    )


@routes.operation(
    "POST", f"{LOT}/failure", takes=schemas.Failure, gives=schemas.TenderShown, refuses=_REFUSES
)
def fail(given: dict[str, Any], tender_id: str, number: str) -> dict[str, Any]:
    """Declare that a lot has failed"""
    if given["ground"] == "too-few-bids":
        return _step(tender_id, number, lambda lot: outcome.fail_for_too_few_bids(session(), lot, now=now()))
    taken = _FAILURES[given["ground"]]
    return _step(
        tender_id, number, lambda lot: outcome.fail(session(), lot, taken, given["reason"], now=now())
    )


@routes.operation(
    "POST", f"{LOT}/annulment", takes=schemas.Annulment, gives=schemas.TenderShown, refuses=_REFUSES
)
def annul(given: dict[str, Any], tender_id: str, number: str) -> dict[str, Any]:
    """Annul, as the supervisor: a breach affected the result and cannot be put right"""
    return _step(
        tender_id, number, lambda lot: outcome.fail(session(), lot, Move.ANNUL, given["reason"], now=now())
    )


@routes.operation(
    "POST",
    f"{ONE}/again",
    takes=schemas.LotNumbers,
    gives=schemas.TenderShown,
    status=201,
    refuses=_REFUSES,
)
def tender_again(given: dict[str, Any], tender_id: str) -> dict[str, Any]:
    """Begin a draft with the lots that failed"""
    tender = own(tender_id)
    numbers = given.get("lots") or [
        lot.number for lot in reading.lots(session(), tender) if lot.state == "failed"
    ]
    made = outcome.tender_again(session(), tender.id, numbers, now=now(), random=parts().random)
    return _done(made)


def _step(tender_id: str, number: str, step: Callable[[str], LotRow]) -> dict[str, Any]:
    tender = own(tender_id)
    step(reading.lot(session(), tender, number)[0].id)
    return _done(tender)


def _done(tender: TenderRow) -> dict[str, Any]:
    flows.lots_moved(session(), [lot.id for lot in reading.lots(session(), tender)], now=now())
    session().commit()
    return shown(session(), tender, with_waiting=True)


def _ranked(given: dict[str, Any]) -> RankedBid:
    return msgspec.convert(given, RankedBid)


def _require_office(supervisors: bool) -> None:
    """What the supervisor ordered, it alone lifts; what an objection stopped, it does not."""
    if (caller().role is Role.SUPERVISOR) != supervisors:
        raise ProblemError("role-not-allowed")
