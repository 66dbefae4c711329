"""What the law has read out of a bid (法36): name, price, and what else the lot asked its form to say. Pure."""

from bidding.package.forms import Form, PriceForm
from bidding.package.sheet import LotSheet
from ledger.entries import ReadOut


def read_out(form: Form, sheet: LotSheet, *, guarantee: str) -> ReadOut:
    """As the bidder wrote it. A price in another currency than the lot's is held against no ceiling."""
    price = currency = None
    above = False
    if isinstance(form, PriceForm):
        price, currency = form.total, form.currency
        ceiling = sheet.ceiling_fen
        above = ceiling is not None and currency == sheet.currency and form.fen > ceiling
    return ReadOut(
        bidder=form.bidder.name,
        credit_code=form.bidder.credit_code,
        price=price,
        currency=currency,
        period_days=form.period_days,
        quality=form.quality,
        manager=form.manager,
        above_ceiling=above,
        guarantee=guarantee,
    )
