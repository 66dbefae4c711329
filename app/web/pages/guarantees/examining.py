"""A scanned paper guarantee as staff examine it: what the bidder states of it, what the lot asks, the scan itself, and
the form that accepts or refuses it. The tenderee of the lot and the supervisor see the same without the form."""

from flask import Response, request, url_for
from sqlalchemy import select
from wtforms import RadioField, TextAreaField

from app import examiners
from app.api.guarantees import scanned, standing
from app.api.guarantees.scanned import Scanned
from app.caller import caller
from app.context import now, session
from app.errors import ProblemError
from app.guarantee_lots import TenderedLots
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.guarantees.held import sentences
from app.web.pages.hall.about import about
from app.web.pages.language import N_, _
from app.web.pages.refusal import refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from bidding.opening.models import OpenedBidRow, OpeningRow
from guarantees.checking import by_hand
from guarantees.checking.facts import Asked
from guarantees.checking.rules import instant
from guarantees.errors import GuaranteesError, NotFoundError
from guarantees.register import listing
from ledger.entries import BidOpened, decode
from parties.roles import Role

ONE = "/desk/scans/<string(maxlength=128):lot>/<int(max=1000000000):bid>"


class ExaminingForm(PageForm):
    outcome = RadioField(N_("Outcome of the examination"), [Filled()], choices=[])
    remarks = TextAreaField(N_("Remarks"), [Longest(by_hand.MAX_REMARKS)], render_kw={"rows": 5})

    def offer(self) -> "ExaminingForm":
        self.outcome.choices = [
            (by_hand.ACCEPTED, _("The guarantee is accepted")),
            (by_hand.REFUSED, _("The guarantee is not accepted, for the reason below")),
        ]
        return self


@pages.route(ONE, methods=["GET", "POST"])
def examine_scan(lot: str, bid: int) -> Response:
    """The page; what is sent well is settled as `sunseal guarantees examined` settles it."""
    found, form, refused = scanned.seen(lot, bid), ExaminingForm.entered().offer(), None
    if request.method == "POST" and found.examination is None:
        raise ProblemError("state", sentences(found.check)[0])
    try:
        if form.sent_well():
            _settle(found, form)
            return see(url_for("pages.examine_scan", lot=lot, bid=bid, done="examined"))
    except GuaranteesError as error:
        session().rollback()
        refused = refused_by(error)
        found = scanned.seen(lot, bid)
    return _page(found, form, refused)


@pages.get(f"{ONE}/file")
def scan_file(lot: str, bid: int) -> Response:
    """The scan, out of the opened bid."""
    return scanned.file(scanned.seen(lot, bid))


def _settle(found: Scanned, form: ExaminingForm) -> None:
    by_hand.settle(
        session(),
        found.check.lot,
        found.check.bid,
        accepted=form.outcome.data == by_hand.ACCEPTED,
        remarks=form.remarks.data or "",
        examiner=examiners.recorded(standing.credit_code(), caller().person_id),
        now=now(),
    )
    session().commit()


def _page(found: Scanned, form: ExaminingForm, refused: object) -> Response:
    check, examination = found.check, found.examination
    waits = examination is not None and examination.outcome is None
    settled = examination is not None and examination.outcome is not None
    stated = found.stated
    return page(
        "guarantees/scan.html",
        422 if request.method == "POST" else 200,
        check=check,
        examination=examination,
        stated=stated,
        bidder=_bidder(check.lot, check.bid),
        expiry=instant(stated.expiry),
        about=about(session(), check.lot),
        asked=_asked(check.lot),
        listed=listing.listing_of(session(), stated.guarantor.credit_code) is not None,
        found=sentences(check),
        examiner=examiners.of(session(), examination.examined_by) if settled and examination else None,
        waits=waits,
        may_examine=waits and standing.role() is Role.CENTER,
        form=form,
        refused=refused,
        done=request.args.get("done", ""),
    )


def _asked(lot: str) -> Asked | None:
    """None for a lot without a notice here."""
    try:
        return TenderedLots().terms(session(), lot, now=now())
    except NotFoundError:
        return None


def _bidder(lot: str, bid: int) -> str:
    """The name that was read out; empty where none was."""
    query = (
        select(OpenedBidRow.result)
        .join(
            OpeningRow, (OpeningRow.closing == OpenedBidRow.closing) & (OpeningRow.part == OpenedBidRow.part)
        )
        .where(OpeningRow.lot == lot, OpenedBidRow.bid == bid, OpenedBidRow.result.is_not(None))
    )
    for leaf in session().scalars(query):
        entry = decode(leaf) if leaf is not None else None
        if isinstance(entry, BidOpened) and entry.read_out:
            return entry.read_out[0].bidder
    return ""
