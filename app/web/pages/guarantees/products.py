"""What guarantors offer, for everybody. The page is the same whoever asks, and asks for no lot: what somebody looks for
is not told by looking."""

from dataclasses import dataclass

from flask import Response

from app.context import now, session
from app.web.pages.render import page
from app.web.pages.routes import pages
from guarantees.register import listing, products
from guarantees.register.product import Product
from ledger.entries import GuarantorListed, decode


@dataclass(frozen=True, slots=True)
class Guarantor:
    """One of the supervisor's list, with what it offers. `licensed` is as of now."""

    listed: GuarantorListed
    licensed: bool
    offers: tuple[Product, ...]


@pages.get("/guarantees/products")
def guarantee_products() -> Response:
    """All listed guarantors, those with a product first."""
    offered = [Product.parse(row.content) for row in products.offered(session())]
    found = [
        Guarantor(entry, licensed, tuple(each for each in offered if each.guarantor == entry.guarantor))
        for entry, licensed in listed()
    ]
    found.sort(key=lambda one: (not one.licensed, not one.offers))
    return page("guarantees/products.html", guarantors=found)


def listed() -> list[tuple[GuarantorListed, bool]]:
    """All that were ever listed, and whether each is licensed now."""
    found = ((decode(one.leaf), one.licensed) for one in listing.all_of(session(), now=now()))
    return [(entry, licensed) for entry, licensed in found if isinstance(entry, GuarantorListed)]
