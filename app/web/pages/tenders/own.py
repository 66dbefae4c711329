"""The tenders that somebody conducts or oversees, and one of them with all that can be done with it now."""

from typing import Any

from flask import Response, request
from sqlalchemy import select

from app.api.tender_routes import own
from app.caller import caller
from app.context import now, session
from app.web.pages.ledger_index import ledger_index
from app.web.pages.public.history import history_of
from app.web.pages.public.listing import lines_of
from app.web.pages.public.notice import lot_shown
from app.web.pages.render import page
from app.web.pages.routes import pages
from bidding.lot_rules import check_lot
from bidding.tender import Move, State, possible
from bidding.tenders import clarifications, documents, due, duties, reading
from bidding.tenders.draft import Draft
from bidding.tenders.errors import DraftError
from bidding.tenders.law import draft_of, statute_of
from bidding.tenders.models import TenderRow
from bidding.tenders.standing import listed_bids
from bidding.timetable import violations
from parties import organisations
from parties.roles import Role
from statutes.errors import RefusedError, StatuteError, Violation
from statutes.statute import Statute

ONE = "/desk/tenders/<string(maxlength=40):tender_id>"
_MOST = 200
WHOLE = {
    Move.AMEND: "amend",
    Move.POSTPONE: "postpone",
    Move.SUSPEND_FOR_OBJECTION: "suspend",
    Move.SUSPEND_BY_ORDER: "suspend",
    Move.RESUME: "resume",
    Move.CANCEL: "cancel",
    Move.TENDER_AGAIN: "again",
}
OF_A_LOT = {
    Move.EVALUATE: "evaluate",
    Move.PUBLISH_CANDIDATES: "candidates",
    Move.AWARD: "award",
    Move.AWARD_FROM_REPORT: "award-from-report",
    Move.CONTRACT: "contract",
    Move.AWARD_NEXT: "award-next",
    Move.FAIL_AS_ALL_REJECTED: "fail",
    Move.FAIL_WITHOUT_WINNER: "fail",
    Move.ANNUL: "annul",
}
"""Move to the address of its form; of those that are possible at once, the usual one first."""


@pages.get("/desk/tenders")
def tenders() -> Response:
    """A tenderee's own, drafts first; center and supervisor see all."""
    who, query = caller(), select(TenderRow)
    if who.role is Role.TENDEREE and who.membership is not None:
        query = query.where(TenderRow.organisation == who.membership.organisation_id)
    if who.role is Role.SUPERVISOR:
        query = query.where(TenderRow.state != State.DRAFT)
    order = (TenderRow.published_at.desc().nulls_first(), TenderRow.created_at.desc())
    rows = session().scalars(query.order_by(*order).limit(_MOST)).all()
    return page(
        "tenders/list.html",
        lines=lines_of(session(), rows, now=now()),
        may_draft=who.role in (Role.TENDEREE, Role.CENTER),
    )


@pages.get(ONE)
def tender(tender_id: str) -> Response:
    """One tender."""
    return shown(own(tender_id))


def shown(row: TenderRow, *, status: int = 200, **more: Any) -> Response:
    """The page of one tender, also with a form that was refused."""
    database, draft, statute = session(), draft_of(row), statute_of(row, now=now())
    role = caller().role
    lots = [_lot(row, one, statute) for one in reading.lots(database, row)]
    moves = {WHOLE[one] for lot in lots for one in lot["moves"] if one in WHOLE and _may(role, one)}
    return page(
        "tenders/tender.html",
        status,
        tender=row,
        draft=draft,
        profile=statute.profile,
        tenderee=organisations.get(database, row.organisation).name,
        is_draft=row.state == State.DRAFT,
        broken=broken_by(draft, statute) if row.state == State.DRAFT else [],
        lacks=_lacks(draft),
        lots=lots,
        moves=[one for one in dict.fromkeys(WHOLE.values()) if one in moves],
        documents=documents.of_tender(database, row.id),
        waiting_documents=[one for one in documents.of_tender(database, row.id) if one.published_at is None],
        unanswered=clarifications.unanswered(database, row.id),
        history=history_of(database, ledger_index().entries_of(database, row.id)),
        conducts=role in (Role.TENDEREE, Role.CENTER),
        by_hand=duties.BY_HAND,
        done=request.args.get("done", ""),
        **more,
    )


def broken_by(draft: Draft, statute: Statute) -> list[Violation]:
    """Every rule that the draft breaks as it is, so that nobody has to try to publish to find out."""
    found: list[Violation] = []
    try:
        if draft.timetable is not None:
            found += violations(statute, draft.timetable)
        check_lot(statute, *(lot.lot() for lot in draft.lots))
    except RefusedError as error:
        found += error.violations
    except (StatuteError, DraftError):
        pass  # said when it is published, with the year that is not known or the formula that is missing
    return found


def _lacks(draft: Draft) -> bool:
    """Whether it could not be published whatever the rules say."""
    return draft.timetable is None or not draft.lots


def _lot(row: TenderRow, lot: Any, statute: Statute) -> dict[str, Any]:
    found = lot_shown(row, lot)
    role = caller().role
    every = possible(statute, found["standing"])
    steps = dict.fromkeys(step for one, step in OF_A_LOT.items() if one in every and _may(role, one))
    return {
        **found,
        "moves": every,
        "steps": list(steps),
        "due": [
            one for one in due.of_lot(session(), lot.id) if one.done_at is None and one.kind != due.CLOSE
        ],
        "listed": listed_bids(session(), lot) or (),
        "rule": lambda kind: statute.rule(kind).law,
    }


def _may(role: Role | None, move: Move) -> bool:
    """What the table of permissions and the routes behind it leave to this role."""
    if move is Move.ANNUL:
        return role is Role.SUPERVISOR
    if move is Move.SUSPEND_BY_ORDER:
        return role is Role.SUPERVISOR
    if move is Move.RESUME:
        return True
    return role in (Role.TENDEREE, Role.CENTER)
