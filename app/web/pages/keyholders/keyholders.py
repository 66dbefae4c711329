"""Who holds keys, how ready they are, what waits for their shares; and handing in a person's approval.

All of it is public. An approval proves itself by its signature, so nobody logs in to hand one in.
"""

from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app
from sqlalchemy import select
from wtforms import TextAreaField

from app.api.keyholders import APPROVALS, MAX_APPROVAL_SIZE, Allowance, read_approval
from app.context import now, session
from app.errors import ProblemError
from app.web.pages.draws.rooms import reader
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.hall.about import about_all
from app.web.pages.language import N_, _
from app.web.pages.refusal import in_reader_language
from app.web.pages.render import page
from app.web.pages.routes import pages
from bidding.opening.models import OpeningRow
from custody import approvals
from custody import status as custody_status
from custody.errors import NotAllowedError
from ledger.errors import LedgerError, SignatureError
from ledger.exchange import ExchangeError

SEEN_LATELY = 120
"""Seconds without a message after which a keyholder counts as away."""
_WAITING = ("waiting", "fallback")


class ApprovalForm(PageForm):
    approval = TextAreaField(N_("The signed approval"), [Filled(), Longest(MAX_APPROVAL_SIZE)])


@pages.get("/keyholders")
def keyholders() -> Response:
    """Groups with their keys, keyholders, openings that wait for shares, what went wrong."""
    return _shown(ApprovalForm(None))


@pages.post("/keyholders")
def give_approval() -> Response:
    """Takes an approval that `sunseal keyholder sign-approval` made."""
    form: ApprovalForm = ApprovalForm.entered()
    if not form.sent_well():
        return _shown(form, status=422)
    held = reader()
    if held is None:
        return _shown(form, status=503, refused=_("This platform has no supervisor, and so no keyholders."))
    try:
        _allowance().charge("approvals")
        approval = read_approval(form.approval.data.strip().encode())
        approvals.give(session(), held, approval, now=now())
    except SignatureError:
        return _refused(form, _("The signature does not fit: paste the approval whole, as it was printed."))
    except (ExchangeError, LedgerError):
        return _refused(
            form, _("This is no approval. `sunseal keyholder sign-approval` prints one, in one line.")
        )
    except NotAllowedError as error:
        return _refused(
            form, _("It is about nothing that waits here: %(why)s", why=in_reader_language(str(error)))
        )
    except ProblemError:
        return _refused(form, _("Many approvals come in at this moment: try again in a second."))
    session().commit()
    done = _("Taken. Keyholders who trust this key see it with their next message.")
    return _shown(ApprovalForm(None), done=done)


def _refused(form: ApprovalForm, sentence: str) -> Response:
    session().rollback()
    return _shown(form, status=422, refused=sentence)


def _shown(form: ApprovalForm, *, status: int = 200, refused: str = "", done: str = "") -> Response:
    held = reader()
    found: dict[str, Any] | None = None
    if held is not None:
        with held.reading(session()) as view:
            found = custody_status.status(session(), view)
    rows = (
        session()
        .scalars(
            select(OpeningRow)
            .where(OpeningRow.state.in_(_WAITING))
            .order_by(OpeningRow.due_at, OpeningRow.closing)
        )
        .all()
    )
    return page(
        "keyholders/keyholders.html",
        status,
        found=found,
        waiting=rows,
        abouts=about_all(session(), [row.lot for row in rows]),
        released={row.closing: custody_status.releases(session(), row.closing) for row in rows},
        form=form,
        refused=refused,
        done=done,
        at=_moment,
        is_away=_is_away,
    )


def _allowance() -> Allowance:
    """One for the process, as the interface for programs has its own."""
    found: Allowance = current_app.extensions.setdefault("sunseal.approvals", Allowance(APPROVALS))
    return found


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _is_away(seconds: int | None) -> bool:
    return seconds is None or now().timestamp() - seconds > SEEN_LATELY
