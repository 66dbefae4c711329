"""The page on which a bidder applies for a guarantee (docs/spec/guarantee-letter.md), and fetches it into its bid.

It is the same for everybody and for every lot: which lot somebody applies for stands behind the # of the address, and
no browser sends that. The program (client/src/guarantee_apply.ts) asks for public lists, whole, and sends sealed
letters, by the routes of app/api/applications.py, which take no cookie.
"""

from flask import Response

from app.web.pages.bidding.data import data_block
from app.web.pages.naming import part_name
from app.web.pages.render import page
from app.web.pages.routes import pages
from guarantees.checking.words import SENTENCES

_PARTS = ("price", "technical")


@pages.get("/guarantees/apply")
def guarantee_apply() -> Response:
    """One's own applications, out of the wallet in the browser, and the form of a new one."""
    data = {
        "sentences": {str(found): {"zh": said.zh, "en": said.en} for found, said in SENTENCES.items()},
        "parts": {name: part_name(name) for name in _PARTS},
    }
    return page("guarantees/apply.html", data=data_block(data))
