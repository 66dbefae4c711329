"""What everybody sees: how many clocks stand how, the cases with theirs, one case with its steps and its decision."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from wtforms import SelectField

from app.api.complaints.routes import case_of, public
from app.api.complaints.routes import line as line_of
from app.context import now, session
from app.web.pages.complaints import words
from app.web.pages.complaints.picture import Period, picture_of
from app.web.pages.complaints.words import shown
from app.web.pages.forms import PageForm
from app.web.pages.language import N_, _
from app.web.pages.routes import pages
from bidding.tenders.models import TenderRow
from oversight.complaints import reading
from oversight.complaints.reading import ClockView
from oversight.complaints.tables import CaseRow
from oversight.complaints.words import Kind, State

ONE = "/cases/<string(length=32):case_id>"
PAGE = 30


class CaseFilter(PageForm):
    """What is looked for; sent by GET, so that it can be kept as an address."""

    clock = SelectField(N_("Clock"), default="")
    kind = SelectField(N_("Kind"), default="")
    state = SelectField(N_("State"), default="")

    def offer(self) -> "CaseFilter":
        """With the choices in the reader's language."""
        clocks = [(one, words.status(one)) for one in ("running", "near", "overdue", "missed")]
        self.clock.choices = [("", _("any")), *clocks]
        self.kind.choices = [("", _("any")), *((str(one), words.kind(one)) for one in Kind)]
        self.state.choices = [("", _("any")), *((str(one), words.state(one)) for one in State)]
        return self

    def wanted(self) -> dict[str, str]:
        """A field that makes no sense asks nothing."""
        return {
            field.name: field.data
            for field in self
            if field.data and field.data in {value for value, _label in field.choices}
        }


@pages.get("/cases")
def cases() -> Response:
    """The list, the newest first, with the clocks that run over the working days."""
    form = CaseFilter(request.args or None).offer()
    wanted, tender = form.wanted(), request.args.get("tender", "")[:40]
    before = case_of(request.args["after"]) if "after" in request.args else None
    found = reading.board(
        session(), tender=tender or None, before=before, limit=PAGE + 1, now=now(), **wanted
    )
    here = found[:PAGE]
    given = {**wanted, **({"tender": tender} if tender else {})}
    running = reading.running(session(), tender=tender or None, now=now())
    return shown(
        "complaints/board.html",
        form=form,
        tender=tender,
        counts=reading.counts(session(), now=now()),
        picture=picture_of(periods(running), now()),
        lines=[{**line_of(one), "row": one} for one in here],
        titles=titles(here),
        older=f"{url_for('pages.cases')}?{urlencode({**given, 'after': here[-1].id})}"
        if len(found) > PAGE
        else None,
        newest=url_for("pages.cases") if before is not None else None,
        filtered=bool(given),
    )


@pages.get(ONE)
def case(case_id: str) -> Response:
    """One case, without who filed it and what was said."""
    found = case_of(case_id)
    return shown("complaints/case.html", **about(found), case=found, shown=public(found))


def about(found: CaseRow) -> dict[str, Any]:
    """What the page of everybody and that of the parties both show."""
    views = reading.clocks_of(session(), found, now=now())
    decision = None if found.decision is None else json.loads(found.decision)
    return {
        "title_of_tender": titles([found])[found.tender],
        "clocks": views,
        "picture": picture_of(periods([(found, one) for one in views]), now()),
        "decision": decision,
        "joined": followers(found),
    }


def followers(found: CaseRow) -> Sequence[CaseRow]:
    """The complaints that are decided with this one."""
    return session().query(CaseRow).filter(CaseRow.lead == found.id).order_by(CaseRow.filed_at).all()


def titles(found: Sequence[CaseRow]) -> dict[str, str]:
    """The titles of the tenders of cases."""
    ids = {one.tender for one in found}
    rows = session().query(TenderRow).filter(TenderRow.id.in_(ids))
    return {row.id: str(row.draft["title"]) for row in rows}


def periods(found: Sequence[tuple[CaseRow, ClockView]]) -> list[Period]:
    """Clocks as rows of the picture."""
    return [
        Period(
            f"{words.short(row)} · {words.clock(view.rule.id)}",
            view.began_at,
            view.due_at,
            view.status.value,
            tuple((one.begin, one.end) for one in view.stops),
            view.done_at,
        )
        for row, view in found
    ]
