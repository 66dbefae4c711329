"""The start page of whoever is logged in, in every role: what waits, and where to go from here."""

from flask import Response

from app.caller import caller, require_second_factor
from app.context import now, session
from app.errors import ProblemError
from app.web.pages.desk.sources import OF_ONESELF, SOURCES
from app.web.pages.desk.waiting import waiting_for
from app.web.pages.language import N_
from app.web.pages.render import page
from app.web.pages.routes import pages
from parties.roles import Role

_WORDS = {
    Role.TENDEREE: N_("You draft tenders, answer questions, publish candidates and award."),
    Role.BIDDER: N_(
        "You read notices, prepare and seal bids, and watch their opening. "
        "Which bids are yours, this page does not know."
    ),
    Role.GUARANTOR: N_("You offer guarantees, issue them and answer for them."),
    Role.CENTER: N_("You run tenders, openings and draws, and verify organisations."),
    Role.SUPERVISOR: N_(
        "You see what is late, what stands still and what was found, and you verify guarantors."
    ),
    Role.EXPERT: N_("When a draw calls you, you answer with the code that you are told, without a login."),
    Role.ADMINISTRATOR: N_(
        "You keep the machines running and see no content. What you do, you do on the command line: "
        "sunseal accounts, sunseal db, sunseal ledger."
    ),
}


@pages.get("/desk")
def desk() -> Response:
    """Whatever the role; with one factor where two are demanded, only what concerns oneself."""
    who = caller()
    weak = False
    try:
        require_second_factor(who)
    except ProblemError:
        weak = True
    sources = OF_ONESELF if weak else SOURCES
    return page(
        "desk/desk.html",
        groups=waiting_for(sources, session(), who, now()),
        words=_WORDS[who.role] if who.role else None,
        weak=weak,
    )
