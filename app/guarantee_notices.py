"""What all open lots ask of guarantees, from bidding's tables (guarantees/lot_notice.py)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.guarantee_lots import TenderedLots
from bidding.tender import State
from bidding.tenders.law import draft_of
from bidding.tenders.models import LotRow, TenderRow
from guarantees.chain import binding
from guarantees.lot_notice import LotNotice
from guarantees.undertaking import Party
from parties import organisations

_OPEN = (State.PUBLISHED, State.SUSPENDED)


def open_lots(session: Session, *, now: datetime) -> list[LotNotice]:
    """Those whose deadline is to come and for whose tenderee an account acts; none before a chain is bound."""
    deployment = binding.bound(session)
    if deployment is None:
        return []
    found, lots = [], TenderedLots()
    query = select(LotRow, TenderRow).join(TenderRow, TenderRow.id == LotRow.tender)
    for row, tender in session.execute(query.where(LotRow.state.in_(_OPEN)).order_by(LotRow.id)):
        asked = lots.terms(session, row.id, now=now)
        if not asked.account or asked.deadline <= now:
            continue
        draft = draft_of(tender)
        title = next(one.title for one in draft.lots if one.number == row.number)
        found.append(
            LotNotice(
                tender=tender.id,
                tender_title=draft.title,
                lot=row.id,
                lot_title=title,
                beneficiary=Party(organisations.get(session, tender.organisation).name, asked.beneficiary),
                bond=asked.bond,
                currency=asked.currency,
                deadline=int(asked.deadline.timestamp()),
                valid_until=int(asked.valid_until.timestamp()),
                chain_id=deployment.chain_id,
                registry=deployment.registry.hex(),
                account=asked.account.hex(),
            )
        )
    return found
