"""A bidder hands in the guarantee of a bid that was withdrawn in time, or that nobody opened: so it is released (条35).

What was chosen stays in the form, as hidden fields, until it is taken: a file cannot be put into a form again.
"""

import base64
import binascii

from flask import Response, request, url_for
from wtforms import BooleanField

from app.api.guarantees import standing
from app.context import now, session
from app.guarantee_lots import TenderedLots
from app.web.pages.forms import PageForm
from app.web.pages.language import N_
from app.web.pages.refusal import refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from guarantees.checking.giving_back import give_back
from guarantees.checking.receipts import Reveal
from guarantees.errors import FormatError, GuaranteesError, RefusedError
from ledger.errors import LedgerError
from statutes.errors import RuleError
from statutes.said import Said

FILES = {
    "guarantee": (N_("The guarantee"), N_("guarantee.json, as the guarantor delivered it")),
    "submitted": (N_("Receipt of the bid"), N_("receipt-….json, saved when the bid was submitted")),
    "withdrawn": (
        N_("Receipt of the withdrawal"),
        N_("Leave it empty for a bid that nobody opened, or whose lot ended without an opening"),
    ),
}
"""Each file's field: its label, and what it is."""

_LARGEST = 65_536


class GiveBackForm(PageForm):
    early = BooleanField(N_("Give it back now, though the deadline is not over"))


@pages.route("/desk/guarantees/give-back", methods=["GET", "POST"])
def give_back_guarantee() -> Response:
    """The form; taken, the page of the guarantee shows the clock that releases it."""
    form, refused, chosen = GiveBackForm.entered(), None, _chosen()
    try:
        if form.sent_well():
            made = _take(chosen, early=bool(form.early.data))
            return see(url_for("pages.held_guarantee", guarantee_id=made, done="given-back"))
    except (RuleError, GuaranteesError, LedgerError) as error:
        session().rollback()
        refused = refused_by(_known(error))
    return page(
        "guarantees/give_back.html",
        422 if request.method == "POST" else 200,
        form=form,
        refused=refused,
        files=FILES,
        kept={name: base64.b64encode(content).decode() for name, (_, content) in chosen.items()},
        names={name: one for name, (one, _) in chosen.items()},
    )


def _take(chosen: dict[str, tuple[str, bytes]], *, early: bool) -> str:
    for name in ("guarantee", "submitted"):
        if name not in chosen:
            raise RefusedError(
                "file-missing",
                Said("请选择保函文件和投标回执。", "Choose the guarantee's file and the bid's receipt."),
            )
    made = give_back(
        *(session(), TenderedLots(), chosen["guarantee"][1]),
        bidder=standing.credit_code(),
        submitted=_reveal(chosen["submitted"]),
        withdrawn=_reveal(chosen["withdrawn"]) if "withdrawn" in chosen else None,
        early=early,
        now=now(),
    )
    session().commit()
    return made.id.hex()


def _reveal(chosen: tuple[str, bytes]) -> Reveal:
    name, content = chosen
    return Reveal.of_receipt(content, name)


def _chosen() -> dict[str, tuple[str, bytes]]:
    """Name and content of each file: what was chosen now, else what was sent before."""
    found = {}
    for name in FILES:
        file = request.files.get(name)
        if file is not None and file.filename:
            found[name] = (file.filename[:200], file.stream.read(_LARGEST + 1))
        elif kept := request.form.get(f"kept-{name}"):
            try:
                content = base64.b64decode(kept, validate=True)
            except (binascii.Error, ValueError):
                continue
            found[name] = (request.form.get(f"name-{name}", "")[:200], content)
    return found


def _known(error: Exception) -> Exception:
    """A file that is no guarantee, or a receipt of another ledger, is the bidder's to choose anew."""
    if not isinstance(error, FormatError | LedgerError):
        return error
    return RefusedError(
        "files-disagree",
        Said(
            "保函文件或者回执与账本不符：请选择保证人交付的 guarantee.json，以及该投标的回执。",
            "The guarantee's file or a receipt does not agree with the ledger: choose guarantee.json as the guarantor "
            "delivered it, and the receipts of that bid.",
        ),
    )
