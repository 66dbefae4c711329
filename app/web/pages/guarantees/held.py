"""Guarantees from the opening on: of a lot with what each check found, all that concern somebody, and one of them with
its steps, its clocks, what is late and why, its demands and their answers."""

import json
from typing import Any

from flask import Response, abort, request
from sqlalchemy import select

from app import examiners
from app.api.guarantees import standing
from app.api.tender_routes import own
from app.context import now, session
from app.web.pages.public.guarantee_check import STEPS
from app.web.pages.render import page
from app.web.pages.routes import pages
from bidding.tenders import reading
from bidding.tenders.law import draft_of
from guarantees import documents
from guarantees.after import clocks, demands, disregarded, releasing, steps
from guarantees.after.clocks import Clock
from guarantees.after.demand_rules import GROUND_NAMES
from guarantees.checking.taking import PAPER
from guarantees.checking.words import SENTENCES, Found
from guarantees.models import DemandRow, Guarantee, GuaranteeCheck, PaperExamination, ReleaseClock
from parties.roles import Role
from statutes.said import Said

ONE = "/desk/guarantees/<string(maxlength=64):guarantee_id>"
_MOST = 200
_WHOLE = {"valid": Found.VERIFIED, "waiting": Found.AWAITING_CHAIN, "examine": Found.SCAN}
_ON_PAPER = {**_WHOLE, "valid": Found.ACCEPTED}


@pages.get("/desk/tenders/<string(maxlength=40):tender_id>/lots/<string(maxlength=40):number>/guarantees")
def lot_guarantees(tender_id: str, number: str) -> Response:
    """What the opening found of each bid's guarantee, for the tenderee and staff."""
    tender = own(tender_id)
    lot = next((one for one in reading.lots(session(), tender) if one.number == number), None)
    if lot is None:
        abort(404)
    query = select(GuaranteeCheck).where(GuaranteeCheck.lot == lot.id).order_by(GuaranteeCheck.bid)
    rows = {row.bid: row for row in session().scalars(select(Guarantee).where(Guarantee.lot == lot.id))}
    checks = [(one, sentences(one), rows.get(one.bid)) for one in session().scalars(query)]
    return page(
        "guarantees/lot.html",
        tender=tender,
        draft=draft_of(tender),
        number=number,
        checks=checks,
        examined=_examined(lot.id),
        late={one.id: late_of(one) for one in rows.values()},
        word=word,
    )


@pages.get("/desk/guarantees")
def held_guarantees() -> Response:
    """All that the reader is a party of, or for staff all; the newest first."""
    query = select(Guarantee).where(*standing.visible())  # type: ignore[arg-type] # conditions
    rows = session().scalars(query.order_by(Guarantee.presented_at.desc(), Guarantee.id).limit(_MOST)).all()
    late = {one.id: late_of(one) for one in rows}
    mine = standing.role() is Role.BIDDER
    return page("guarantees/list.html", rows=rows, late=late, word=word, may_give_back=mine)


@pages.get(ONE)
def held_guarantee(guarantee_id: str) -> Response:
    """One of them."""
    return shown(standing.seen(guarantee_id))


def shown(row: Guarantee, status: int = 200, **more: Any) -> Response:
    """The page of one guarantee, also with a demand that was refused."""
    running = select(ReleaseClock).where(ReleaseClock.guarantee == row.id).order_by(ReleaseClock.id)
    return page(
        "guarantees/one.html",
        status,
        row=row,
        undertaking=standing.content(row).undertaking,
        steps=steps.of(session(), row.id),
        clocks=[(one, clocks.SENTENCES[Clock(one.clock)]) for one in session().scalars(running)],
        late=late_of(row),
        demands=[_demand(one) for one in demands.of(session(), row.id)],
        disregarded=disregarded.of(session(), row),
        documents=documents.of(session(), row.id),
        may_answer=standing.role() is Role.GUARANTOR and demands.open_demand(session(), row.id) is not None,
        may_demand=standing.role() is Role.TENDEREE and row.state in ("presented", "refused"),
        done=request.args.get("done", ""),
        word=word,
        **more,
    )


def _examined(lot: str) -> dict[int, tuple[PaperExamination, examiners.Examiner]]:
    """Of the scans of a lot that staff have examined: by whom."""
    query = select(PaperExamination).where(PaperExamination.lot == lot, PaperExamination.outcome.is_not(None))
    return {row.bid: (row, examiners.of(session(), row.examined_by)) for row in session().scalars(query)}


def sentences(check: GuaranteeCheck) -> list[Said]:
    """Each finding's own sentence; of a guarantee without findings, what its state means."""
    found = [Said(one["zh"], one["en"]) for one in check.findings]
    words = _ON_PAPER if check.form == PAPER else _WHOLE
    return found or ([SENTENCES[words[check.state]]] if check.state in words else [])


def late_of(row: Guarantee) -> Said | None:
    """Why its release is late; None if it is not."""
    clock = releasing.running(session(), row.id)
    if clock is None or not clocks.is_late(clock.due_at, now()):
        return None
    return clocks.TROUBLES[releasing.trouble_of(session(), row)]


def word(name: str) -> Said:
    """A state or a step."""
    return STEPS.get(name.lower(), Said(name, name))


def _demand(row: DemandRow) -> dict[str, Any]:
    reply = {} if row.reply is None else json.loads(row.reply)
    return {
        "row": row,
        "ground": GROUND_NAMES.get(row.grounds, Said(row.grounds, row.grounds)),
        "statement": json.loads(row.statement)["statement"] if row.statement else "",
        "answer": reply.get("answer"),
        "reply_sha256": None if row.reply is None else demands.reply_hash(row).hex(),
        "reasons": reply.get("reasons", []),
        "overdue": demands.is_overdue(row, now=now()),
    }
