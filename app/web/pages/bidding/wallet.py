"""The page of the wallet: what a bidder needs once a month, in a login, and for no lot in particular."""

import base64

from flask import Response, url_for
from flask_wtf.csrf import generate_csrf

from app.caller import caller
from app.context import session
from app.errors import ProblemError
from app.web.pages.assets import file_of
from app.web.pages.bidding.data import data_block
from app.web.pages.bidding.terms import NoBiddingError, terms
from app.web.pages.render import page
from app.web.pages.routes import pages
from parties import keys


@pages.get("/wallet")
def bid_wallet() -> Response:
    """Whom to believe, tokens, and the key that signs for the organisation."""
    membership = caller().membership
    if membership is None:
        raise ProblemError("membership-needed")
    try:
        found = terms()
    except NoBiddingError as error:
        return page("bidding/none.html", 503, why=error.said)
    organisation = membership.organisation
    live = [key for key in keys.of_organisation(session(), organisation) if key.ended_at is None]
    data = {
        "policy": found.policy,
        "issuer": {"name": found.tokens.issuer, "origin": found.tokens.origin},
        "csrf": generate_csrf(),
        "worker": url_for("pages.seal_worker", file=file_of("blind_worker.js")),
        "organisation": {
            "id": str(organisation.id),
            "name": organisation.name,
            "credit_code": organisation.credit_code,
            "manages": membership.manages,
            "keys": [base64.b64encode(key.spki).decode() for key in live],
        },
    }
    return page(
        "bidding/wallet.html", data=data_block(data), organisation=organisation, manages=membership.manages
    )
