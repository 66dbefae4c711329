"""The pool of experts, for staff: who is in it, files that enter many at once, reviews, its commitment."""

from flask import Response, request, url_for
from sqlalchemy import func, or_, select
from wtforms import BooleanField, SelectField, TextAreaField

from app.caller import caller
from app.context import now, parts, session
from app.web.pages.draws import words
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.language import N_, _
from app.web.pages.refusal import Refused, refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from oversight import importing, pool, snapshots
from oversight.draw_tables import SnapshotRow
from oversight.errors import NotFoundError, OversightError
from oversight.importing import ImportReport
from oversight.pool_tables import ADMITTED, ENTERED, REMOVED, SUSPENDED, ExpertRow
from oversight.sheets import MAX_SIZE
from parties.roles import Role

ONE = "/desk/experts/<string(maxlength=32):number>"
_LISTED = 200
_ACTS = {
    "admission": (N_("Admit to the pool"), (ENTERED,)),
    "refusal": (N_("Refuse"), (ENTERED,)),
    "suspension": (N_("Suspend"), (ADMITTED,)),
    "removal": (N_("Remove from the pool"), (ENTERED, ADMITTED, SUSPENDED)),
}


class ActForm(PageForm):
    act = SelectField(N_("What is done"))
    reason = TextAreaField(N_("Reason"), [Filled(), Longest(1000)])
    equal_level = BooleanField(N_("Of an equal professional level, without the years or the title (法37)"))

    def offer(self, state: str) -> "ActForm":
        self.act.choices = [(name, _(label)) for name, (label, states) in _ACTS.items() if state in states]
        return self


@pages.get("/desk/experts")
def experts() -> Response:
    """The pool."""
    return _pool()


@pages.post("/desk/experts/import")
def import_experts() -> Response:
    """Enters the experts of a file, or the tree of specialties: all lines, or none, with a report line by line."""
    sent = request.files.get("file")
    data = b"" if sent is None else sent.stream.read(MAX_SIZE + 1)
    try:
        if request.form.get("of") == "specialties":
            report = importing.import_specialties(session(), data)
        else:
            report = importing.import_experts(session(), data, now=now(), random=parts().random)
    except OversightError as error:
        session().rollback()
        return _pool(422, refused=refused_by(error))
    if report.faults:
        session().rollback()
        return _pool(422, report=report)
    session().commit()
    return _pool(report=report)


@pages.post("/desk/experts/snapshot")
def commit_pool() -> Response:
    """Commits the pool as it is, for draws."""
    try:
        snapshots.commit_pool(session(), now=now(), random=parts().random)
    except OversightError as error:
        session().rollback()
        return _pool(409, refused=refused_by(error))
    session().commit()
    return see(url_for("pages.experts"))


@pages.get("/desk/experts/import", endpoint="import_experts_again")
@pages.get("/desk/experts/snapshot", endpoint="commit_pool_again")
def again() -> Response:
    """Somebody loads the address of a form again."""
    return see(url_for("pages.experts"))


@pages.route(ONE, methods=["GET", "POST"])
def expert(number: str) -> Response:
    """One expert, and what is done about it."""
    row = session().scalars(select(ExpertRow).where(ExpertRow.number == number)).one_or_none()
    if row is None:
        raise NotFoundError("no expert has this number")
    form: ActForm = ActForm.entered().offer(row.state)
    refused: Refused | None = None
    if form.sent_well():
        try:
            _act(number, form)
            session().commit()
        except OversightError as error:
            session().rollback()
            refused = refused_by(error)
            row = session().scalars(select(ExpertRow).where(ExpertRow.number == number)).one()
        else:
            return see(url_for("pages.expert", number=number))
    status = 422 if request.method == "POST" else 200
    return page(
        "draws/expert.html",
        status,
        row=row,
        form=form if form.act.choices else None,
        refused=refused,
        words=words,
    )


def _act(number: str, form: ActForm) -> None:
    terms = {"reason": form.reason.data.strip(), "now": now(), "random": parts().random}
    if form.act.data in ("admission", "refusal"):
        admit = form.act.data == "admission"
        pool.review(session(), number, admit=admit, equal_level=form.equal_level.data, **terms)
    elif form.act.data == "suspension":
        pool.suspend(session(), number, **terms)
    else:
        pool.remove(session(), number, **terms)


def _pool(
    status: int = 200, *, report: ImportReport | None = None, refused: Refused | None = None
) -> Response:
    words_sought = request.args.get("q", "").strip()[:100]
    query = select(ExpertRow).where(ExpertRow.state != REMOVED)
    if words_sought:
        like = f"%{words_sought.replace('%', '')}%"
        query = query.where(
            or_(ExpertRow.name.ilike(like), ExpertRow.employer.ilike(like), ExpertRow.number == words_sought)
        )
    counts = session().execute(select(ExpertRow.state, func.count()).group_by(ExpertRow.state)).all()
    newest = select(SnapshotRow).where(SnapshotRow.kind == snapshots.EXPERTS).order_by(SnapshotRow.id.desc())
    return page(
        "draws/experts.html",
        status,
        found=session().scalars(query.order_by(ExpertRow.number).limit(_LISTED)).all(),
        listed=_LISTED,
        counts=dict(counts),
        specialties=len(pool.specialties(session())),
        snapshot=session().scalars(newest.limit(1)).first(),
        q=words_sought,
        report=report,
        of_specialties=request.form.get("of") == "specialties",
        refused=refused,
        words=words,
        enters=caller().role is Role.CENTER,
    )
