"""The sheet that a lot's bids are read by: what the tender said at the deadline, for nothing amends it after that."""

from sqlalchemy.orm import Session

from bidding.opening.errors import TroubleError
from bidding.package.sheet import LotSheet
from bidding.tenders import reading
from bidding.tenders.models import LotRow, TenderRow


def of_tender(session: Session, lot: str) -> LotSheet:
    """TroubleError if there is no tender with such a lot: then no bid of it can be read."""
    row = session.get(LotRow, lot)
    if row is None:
        raise TroubleError(f"no tender has the lot {lot}, so no bid of it can be read")
    return reading.sheet(session, session.get_one(TenderRow, row.tender), row.number)
