"""The page on which a bid for a lot is prepared, sealed, uploaded and submitted. It does not know who reads it."""

from flask import Response, url_for

from app.context import now, session
from app.web.pages.assets import asset_file, file_of
from app.web.pages.bidding.data import data_block
from app.web.pages.bidding.terms import BiddingTerms, NoBiddingError, terms
from app.web.pages.naming import part_name
from app.web.pages.public.notice import published
from app.web.pages.render import page
from app.web.pages.routes import pages
from bidding.package.sentences import SENTENCES
from bidding.tenders import reading
from bidding.tenders.law import draft_of, statute_of


@pages.get("/notices/<string(maxlength=40):tender_id>/lots/<string(maxlength=40):number>/bid")
def bid_prepare(tender_id: str, number: str) -> Response:
    """UnknownTenderError for what is not published."""
    tender = published(tender_id)
    row, draft = reading.lot(session(), tender, number)
    try:
        found = terms()
    except NoBiddingError as error:
        return page("bidding/none.html", 503, why=error.said)
    sheet = reading.sheet(session(), tender, number)
    data = {
        "sheet": sheet.to_bytes().decode(),
        "policy": found.policy,
        "submission": found.submission,
        "worker": url_for("pages.seal_worker", file=file_of("seal_worker.js")),
        "sentences": {code: {"zh": said.zh, "en": said.en} for code, said in SENTENCES.items()},
    }
    response = page(
        "bidding/prepare.html",
        data=data_block(data),
        tender=tender,
        row=row,
        draft=draft,
        sheet=sheet,
        profile=statute_of(tender, now=now()).profile,
        currency=draft_of(tender).currency,
        deadline=next(one.at for one in reading.dated(tender, row, now=now()) if one.event == "deadline"),
        part_name=part_name,
    )
    return reaching(response, found)


@pages.get("/sealing/<string(maxlength=200):file>")
def seal_worker(file: str) -> Response:
    """The worker that seals and uploads. A worker has the policy of its own answer, not that of the page."""
    response = asset_file(file)
    response.headers["Content-Security-Policy"] = f"default-src 'none'; connect-src {terms().connects_to}"
    return response


@pages.get("/bids")
def bids() -> Response:
    """One's own bids, of which the platform knows nothing: the browser fills them in from the wallet."""
    return page("bidding/bids.html")


def reaching(response: Response, found: BiddingTerms) -> Response:
    """With leave to send to the host of submissions."""
    policy = response.headers["Content-Security-Policy"]
    response.headers["Content-Security-Policy"] = policy.replace(
        "connect-src 'self'", f"connect-src {found.connects_to}"
    )
    return response
