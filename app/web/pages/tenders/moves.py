"""The moves of a tender and of its lots, each a form of its own: what the rules refuse is said with its article, and
what was entered is kept. The moves themselves are those of app/api/tender_moves.py, called in the same request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for

from app.api import tender_moves
from app.api.tender_routes import own
from app.caller import caller
from app.context import now, session
from app.errors import ProblemError
from app.web.pages.language import N_
from app.web.pages.refusal import refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from app.web.pages.tenders import move_forms as forms
from app.web.pages.tenders.own import OF_A_LOT, ONE, WHOLE
from bidding.tender import possible
from bidding.tenders import reading
from bidding.tenders.law import draft_of, statute_of
from bidding.tenders.models import LotRow, TenderRow
from bidding.tenders.standing import listed_bids, standing_of, suspensions
from parties.roles import Role
from statutes.errors import RuleError

LOT = f"{ONE}/lots/<string(maxlength=40):number>"


@dataclass(frozen=True, slots=True)
class Kind:
    """A move: its heading, what it means, its form, and who carries it out with what the form gives."""

    title: str
    words: str
    form: type[forms.MoveForm]
    take: Callable[..., Any]
    button: str
    grave: bool = False


KINDS = {
    "amend": Kind(
        N_("Amend the documents"),
        N_(
            "The documents that wait become public with what you write here. What may affect bids needs time before "
            "the deadline: a deadline that is too near has to move."
        ),
        forms.AmendForm,
        tender_moves.amend,
        N_("Publish the amendment"),
    ),
    "postpone": Kind(
        N_("Postpone the deadline"),
        N_("A deadline only ever moves to a later time. Bids that came in stay sealed and valid."),
        forms.PostponeForm,
        tender_moves.postpone,
        N_("Postpone"),
    ),
    "suspend": Kind(
        N_("Suspend"),
        N_("The lots stand still: no bid comes in, none is opened. They go on when the cause is gone."),
        forms.SuspendForm,
        tender_moves.suspend,
        N_("Suspend"),
    ),
    "resume": Kind(
        N_("Resume"),
        N_(
            "The cause is gone. A lot goes on when no other cause is left; a deadline that is too near has to move."
        ),
        forms.ResumeForm,
        tender_moves.resume,
        N_("Resume"),
    ),
    "cancel": Kind(
        N_("End without an award"),
        N_("This cannot be undone. What was sealed stays sealed for ever."),
        forms.CancelForm,
        tender_moves.cancel,
        N_("End it"),
        grave=True,
    ),
    "again": Kind(
        N_("Tender again"),
        N_("A new draft begins with the lots that failed; you plan its dates anew."),
        forms.LotsForm,
        tender_moves.tender_again,
        N_("Begin the draft"),
    ),
    "evaluate": Kind(
        N_("The committee's report is in"),
        N_("The hash of the report goes into the ledger: nobody can change the report afterwards unnoticed."),
        forms.ReportForm,
        tender_moves.evaluate,
        N_("Record the report"),
    ),
    "candidates": Kind(
        N_("Publish the candidates"),
        N_("Ranked from 1 on, with their prices, as the report has them."),
        forms.CandidatesForm,
        tender_moves.publish_candidates,
        N_("Publish"),
    ),
    "award": Kind(
        N_("Award to the first candidate"),
        N_("After the publication is over and no objection is open."),
        forms.AwardForm,
        tender_moves.award,
        N_("Award"),
    ),
    "award-from-report": Kind(
        N_("Award as the report says"),
        N_("This body of rules knows no publication of candidates: the first of the report wins."),
        forms.WinnerForm,
        tender_moves.award,
        N_("Award"),
    ),
    "award-next": Kind(
        N_("Award to the next candidate"),
        N_("Because the one before fell out, for one of the grounds that the law knows."),
        forms.NextForm,
        tender_moves.award,
        N_("Award"),
        grave=True,
    ),
    "contract": Kind(
        N_("The contract is signed"),
        N_("At the price of the award, and with the hash of its text in the ledger."),
        forms.ContractForm,
        tender_moves.contract,
        N_("Record the contract"),
    ),
    "fail": Kind(
        N_("Declare that the lot has failed"),
        N_("This cannot be undone; the lot can be tendered again."),
        forms.FailForm,
        tender_moves.fail,
        N_("Declare it"),
        grave=True,
    ),
    "annul": Kind(
        N_("Annul"),
        N_(
            "By order of the supervisor: a breach affected the result and cannot be put right. This cannot be undone."
        ),
        forms.AnnulForm,
        tender_moves.annul,
        N_("Annul"),
        grave=True,
    ),
}


@pages.route(f"{ONE}/move/<any(amend, postpone, cancel, again):name>", methods=["GET", "POST"])
def move_tender(tender_id: str, name: str) -> Response:
    """What those do who conduct the tender."""
    return _moved(own(tender_id), name, None)


@pages.route(f"{ONE}/halt/<any(suspend, resume):name>", methods=["GET", "POST"])
def halt_tender(tender_id: str, name: str) -> Response:
    """What the supervisor does too."""
    return _moved(own(tender_id), name, None)


@pages.route(
    f"{LOT}/step/<any('evaluate', 'candidates', 'award', 'award-from-report', 'award-next', 'contract', 'fail'):name>",
    methods=["GET", "POST"],
)
def step_lot(tender_id: str, number: str, name: str) -> Response:
    """A step of one lot."""
    return _moved(own(tender_id), name, number)


@pages.route(f"{LOT}/annulment", methods=["GET", "POST"])
def annul_lot(tender_id: str, number: str) -> Response:
    """The supervisor's."""
    return _moved(own(tender_id), "annul", number)


def _moved(row: TenderRow, name: str, number: str | None) -> Response:
    kind, database = KINDS[name], session()
    lot = reading.lot(database, row, number)[0] if number is not None else None
    form = kind.form.entered()
    form.offer(_situation(row, lot, name))
    refused = None
    if form.sent_well():
        form_given, where = form.given(), (row.id,) if number is None else (row.id, number)
        try:
            made = kind.take(form_given, *where)
        except (RuleError, ProblemError) as error:
            database.rollback()
            refused = refused_by(error)
        else:
            target = made["id"] if name == "again" else row.id
            place = url_for("pages.tender", tender_id=target, done="moved")
            return see(place + (f"#lot-{number}" if number else ""))
    row = own(row.id)
    return page(
        "tenders/move.html",
        422 if form.errors or refused else 200,
        tender=row,
        draft=draft_of(row),
        kind=kind,
        number=number,
        form=form,
        refused=refused,
        candidates=reading.lot(database, row, number)[0].candidates if number is not None else [],
        next_rank=request.args.get("rank"),
    )


def _situation(row: TenderRow, lot: LotRow | None, name: str) -> forms.Situation:
    """What the choices of a form depend on."""
    database, statute = session(), statute_of(row, now=now())
    if lot is not None:
        bids = listed_bids(database, lot) or ()
        moves = {OF_A_LOT.get(one, "") for one in possible(statute, standing_of(database, lot))}
        return forms.Situation((), (), bids, lot, caller().role is Role.SUPERVISOR, frozenset(moves))
    every = reading.lots(database, row)
    fitting = [
        one
        for one in every
        if name in {WHOLE.get(move, "") for move in possible(statute, standing_of(database, one))}
    ]
    causes = {one.cause for each in every for one in suspensions(database, each) if one.ended_at is None}
    return forms.Situation(
        tuple((one.number, f"{one.number}") for one in fitting),
        tuple(sorted(causes)),
        (),
        None,
        caller().role is Role.SUPERVISOR,
        frozenset(),
    )
