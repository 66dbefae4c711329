"""What the law asks of whoever conducts a tender, and by when: shown, and noted as done where no step shows it."""

from typing import Any

from app.api.schemas import duties as schemas
from app.api.tender_routes import LOT, own, routes
from app.caller import caller
from app.context import now, session
from app.errors import ProblemError
from bidding.tenders import due, duties, reading
from bidding.tenders.law import statute_of
from bidding.tenders.models import DueRow, TenderRow
from parties.models import Membership


@routes.operation("GET", f"{LOT}/duties", gives=schemas.Duty, many=True, refuses=(401, 403, 404))
def list_duties(tender_id: str, number: str) -> list[dict[str, Any]]:
    """List what is due for a lot, and what was done"""
    tender = own(tender_id)
    lot, _ = reading.lot(session(), tender, number)
    rows = [row for row in due.of_lot(session(), lot.id) if row.kind != due.CLOSE]
    return [_shown(tender, row) for row in rows]


@routes.operation(
    "POST",
    f"{LOT}/duties/<string(maxlength=64):rule>",
    takes=schemas.DutyDone,
    gives=schemas.Duty,
    refuses=(400, 401, 403, 404, 409),
)
def fulfil_duty(given: dict[str, Any], tender_id: str, number: str, rule: str) -> dict[str, Any]:
    """Note that a duty was done, such as the report to the supervisor or the refund of bonds"""
    tender = own(tender_id)
    lot, _ = reading.lot(session(), tender, number)
    membership = caller().membership
    if membership is None:
        raise ProblemError("membership-needed")
    row = duties.fulfil(
        *(session(), tender.id, lot.number, rule, membership.id),
        evidence=given.get("sha256", ""),
        now=now(),
    )
    session().commit()
    return _shown(tender, row)


def _shown(tender: TenderRow, row: DueRow) -> dict[str, Any]:
    rule = statute_of(tender, now=now()).rule(row.kind)
    by = None if row.done_by is None else session().get(Membership, row.done_by)
    return {
        "rule": row.kind,
        "articles": list(rule.articles),
        "zh": rule.zh,
        "en": rule.en,
        "due_at": row.due_at,
        "late": row.overdue_at is not None,
        "done_at": row.done_at,
        "done_by": None if by is None else by.person.name,
        "done_for": None if by is None else by.organisation.name,
        "sha256": row.evidence or None,
        "by_hand": row.kind in duties.BY_HAND,
    }
