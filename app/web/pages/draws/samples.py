"""Samples for spot checks: what was drawn and the rate that was reached, for all; findings, for the supervisor."""

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import Response, request, url_for
from sqlalchemy import select
from wtforms import RadioField, TextAreaField

from app import sampling
from app.context import now, parts, session
from app.web.pages.draws import words
from app.web.pages.draws.rooms import groups
from app.web.pages.draws.sample_form import SampleForm
from app.web.pages.forms import Longest, MomentField, PageForm
from app.web.pages.language import N_, _
from app.web.pages.refusal import Refused, refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from custody.errors import CustodyError
from oversight import sample_files
from oversight import samples as service
from oversight.errors import NotFoundError, OversightError
from oversight.names_file import Names
from oversight.quarters import Quarter
from oversight.sample_tables import ItemRow, SampleRow
from oversight.samples import Reached

_SAMPLE = "<string(maxlength=64):sample>"
_ITEM = f"/desk/samples/{_SAMPLE}/items/<int(max=1000000000):item>"
_LISTED = 100
_ANSWERS = {"yes": True, "no": False, "none": None}


@dataclass(frozen=True, slots=True)
class Line:
    """A sample with the rate that was meant and how far it is."""

    row: SampleRow
    meant: Fraction
    reached: Reached


@pages.get("/samples")
def samples() -> Response:
    """The newest samples."""
    query = select(SampleRow).order_by(SampleRow.requested_at.desc(), SampleRow.id).limit(_LISTED)
    lines = [_line(row) for row in session().scalars(query)]
    return page("draws/samples.html", lines=lines, words=words)


@pages.get(f"/samples/{_SAMPLE}")
def sample(sample: str) -> Response:
    """One sample: what was drawn, and what is needed to draw it again."""
    row = _row(sample)
    drawn = Names.parse(row.names).drawn if row.names else ()
    url = parts().settings.url or request.host_url.rstrip("/")
    return page(
        "draws/sample.html",
        line=_line(row),
        drawn=drawn,
        items={one.item: one for one in service.items(session(), row.id)},
        people=_people(row),
        files=sample_files.files_of(row),
        words=words,
        url=url,
    )


@pages.route("/desk/samples/new", methods=["GET", "POST"])
def new_sample() -> Response:
    """Ask for a sample of a quarter. What cannot be is said, and what was entered is kept."""
    form: SampleForm = SampleForm.entered().offer(groups(), now=now())
    refused: Refused | None = None
    if form.sent_well():
        try:
            _, row = sampling.ask(
                *(session(), form.group.data, form.kind.data, Quarter.parse(form.quarter.data)),
                *(Fraction(form.percent.data, 100), form.questions),
                each=form.each.data,
                now=now(),
                random=parts().random,
            )
            session().commit()
        except (OversightError, CustodyError) as error:
            session().rollback()
            refused = refused_by(error)
        else:
            return see(url_for("pages.desk_sample", sample=row.id.hex()))
    status = 422 if request.method == "POST" else 200
    return page("draws/new_sample.html", status, form=form, refused=refused)


@pages.get(f"/desk/samples/{_SAMPLE}")
def desk_sample(sample: str) -> Response:
    """One sample with its checklist, findings and what is still to be put right."""
    row = _row(sample)
    return page(
        "draws/desk_sample.html",
        line=_line(row),
        items=service.items(session(), row.id),
        drawn={one.position: one.identity for one in Names.parse(row.names).drawn} if row.names else {},
        people=_people(row),
        words=words,
    )


@pages.route(f"{_ITEM}/finding", methods=["GET", "POST"])
def record_finding(sample: str, item: int) -> Response:
    """The checklist of one object, filled in once."""
    row = _row(sample)
    found = session().get(ItemRow, (row.id, item))
    if found is None or found.answers is not None:
        return see(url_for("pages.desk_sample", sample=sample))
    form: Any = _form(row.checklist).entered()
    for at in range(len(row.checklist)):
        form[f"question_{at}"].choices = [
            ("yes", _("yes")),
            ("no", _("no")),
            ("none", _("does not apply")),
        ]
    refused: Refused | None = None
    if form.sent_well():
        answers = [_ANSWERS[form[f"question_{at}"].data] for at in range(len(row.checklist))]
        try:
            service.check(
                *(session(), row.id, item, answers, (form.findings.data or "").strip()),
                follow_up_by=form.follow_up_by.data,
                now=now(),
                random=parts().random,
            )
            session().commit()
        except OversightError as error:
            session().rollback()
            refused = refused_by(error)
        else:
            return see(url_for("pages.desk_sample", sample=sample))
    status = 422 if request.method == "POST" else 200
    return page("draws/finding.html", status, row=row, item=item, form=form, refused=refused, words=words)


@pages.post(f"{_ITEM}/follow-up")
def follow_up(sample: str, item: int) -> Response:
    """What was found has been put right."""
    row = _row(sample)
    service.follow_up(session(), row.id, item, now=now())
    session().commit()
    return see(url_for("pages.desk_sample", sample=sample))


@pages.get(f"{_ITEM}/follow-up")
def follow_up_again(sample: str, item: int) -> Response:  # noqa: ARG001 - of the address
    """Somebody loads the address of the form again."""
    return see(url_for("pages.desk_sample", sample=sample))


def _row(name: str) -> SampleRow:
    try:
        return service.get(session(), bytes.fromhex(name))
    except ValueError as error:
        raise NotFoundError("there is no such sample") from error


def _people(row: SampleRow) -> dict[int, Any]:
    """The inspectors that were drawn, by position: who they are is public, as what they find."""
    if row.names is None:
        return {}
    return {one.position: one.identity for one in sample_files.results(session(), row.id).inspectors}


def _line(row: SampleRow) -> Line:
    return Line(row, Fraction(*json.loads(row.terms)["rate"]), service.reached(session(), row.id))


def _form(checklist: list[Any]) -> type[PageForm]:
    """With a field for each question; its label is the question as it was committed."""
    named: dict[str, Any] = {
        f"question_{at}": RadioField(str(question), validate_choice=True)
        for at, question in enumerate(checklist)
    }
    named["findings"] = TextAreaField(N_("What was found"), [Longest(4000)])
    named["follow_up_by"] = MomentField(N_("To be put right by (empty: nothing is)"))
    return type("FindingForm", (PageForm,), named)
