"""Issue: one or several whose premium is paid, in one transaction; and how far those are that were signed."""

from flask import Response, request, url_for
from sqlalchemy import select

from app.desk_api.desk import desk, now, session
from app.desk_pages import chain_state
from app.desk_pages.gate import login
from app.desk_pages.render import page, pages, see
from app.web.pages.language import _
from app.web.pages.refusal import Refused, refused_by
from guarantees.chain.calls import MAX_BATCH
from guarantees.desk import acts, issuing, queue
from guarantees.errors import GuaranteesError, NotFoundError
from guarantees.tables.desk import FAILED, ISSUED, PAID, SIGNED, Application, Issue


@pages.route("/issue", methods=["GET", "POST"])
def issue() -> Response:
    """The signed guarantees go on chain with the gateway; the desk's next round delivers them."""
    if request.method == "GET":
        return shown()
    try:
        chosen = [bytes.fromhex(one) for one in request.form.getlist("application")]
    except ValueError as error:
        raise NotFoundError("the desk has no such application") from error
    if not chosen:
        return shown(422, refused=Refused(_("Choose at least one application.")))
    try:
        at = desk()
        issuing.sign(session(), chosen, at.lots(), at.guarantor, now=now(), random=at.random)
        for one in chosen:
            acts.note(session(), login(), acts.ISSUE, now=now(), application=one)
        session().commit()
    except GuaranteesError as error:
        session().rollback()
        return shown(409, refused=refused_by(error), chosen=chosen)
    return see(url_for("desk.issue"))


def shown(
    status: int = 200, *, refused: Refused | None = None, chosen: list[bytes] | None = None
) -> Response:
    under_way = (
        select(Issue, Application)
        .join(Application, Application.id == Issue.application)
        .where(Application.state.in_((SIGNED, ISSUED, FAILED)))
        .order_by(Issue.signed_at, Issue.number)
    )
    return page(
        "issue.html",
        status,
        rows=queue.listed(session(), PAID),
        lots={one.lot: one for one in desk().lots()},
        under_way=[(one, row, chain_state.of(one)) for one, row in session().execute(under_way)],
        most=MAX_BATCH,
        chosen=chosen or [],
        refused=refused,
    )
