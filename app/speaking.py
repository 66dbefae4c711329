"""Who speaks in an opening's hall, for the API and for the pages: as whom, and in which openings."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.caller import caller
from app.errors import ProblemError
from bidding.opening.errors import OpeningRefusedError
from bidding.opening.hall import Speaker
from bidding.opening.models import OpeningRow
from bidding.tenders.models import LotRow, TenderRow
from parties.roles import Role


def speaker() -> Speaker:
    """Who is logged in, in the role that it acts in. ProblemError for who acts for nobody."""
    who = caller()
    if who.membership is None:
        raise ProblemError("membership-needed")
    organisation = who.membership.organisation
    return Speaker(
        organisation.name, organisation.credit_code, who.membership.role, who.membership.person.name
    )


def require_own(session: Session, row: OpeningRow) -> None:
    """A tenderee speaks in the openings of its own tenders alone. OpeningRefusedError."""
    who = caller()
    if who.role is not Role.TENDEREE:
        return
    query = (
        select(TenderRow.organisation).join(LotRow, LotRow.tender == TenderRow.id).where(LotRow.id == row.lot)
    )
    owner = session.execute(query).scalar_one_or_none()
    if who.membership is None or owner != who.membership.organisation_id:
        raise OpeningRefusedError("unknown")
