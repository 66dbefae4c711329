"""What draws of experts need to know of lots, as bidding has it (oversight.ports.LotPort)."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.opening.models import OpenedBidRow, OpeningRow
from bidding.tender import State
from bidding.tenders.models import LotRow
from ledger.entries import BidOpened, decode
from parties.models import Organisation

_AWARDED = frozenset({State.AWARDED, State.CONTRACTED})


class OpenedLots:
    """Lots of tenders: who bids is known of what was opened, and of nothing else."""

    def bidders(self, session: Session, lot: str) -> Sequence[str]:
        """The names that were read out, and those under which the same bidders are registered."""
        query = (
            select(OpenedBidRow.credit_code, OpenedBidRow.result)
            .join(
                OpeningRow,
                (OpeningRow.closing == OpenedBidRow.closing) & (OpeningRow.part == OpenedBidRow.part),
            )
            .where(OpeningRow.lot == lot, OpenedBidRow.credit_code.is_not(None))
        )
        names: set[str] = set()
        codes: set[str | None] = set()
        for code, result in session.execute(query):
            codes.add(code)
            entry = None if result is None else decode(result)
            if isinstance(entry, BidOpened):
                names.update(one.bidder for one in entry.read_out)
        registered = select(Organisation.name).where(Organisation.credit_code.in_(codes))
        return sorted(names.union(session.scalars(registered)))

    def opened(self, session: Session, lots: Collection[str]) -> Mapping[str, int]:
        """How many bids of each lot were opened with the bidder's name, of all its parts."""
        if not lots:
            return {}
        opening = (OpeningRow.closing == OpenedBidRow.closing) & (OpeningRow.part == OpenedBidRow.part)
        query = (
            select(OpeningRow.lot, func.count())
            .join(OpenedBidRow, opening)
            .where(OpeningRow.lot.in_(lots), OpenedBidRow.credit_code.is_not(None))
            .group_by(OpeningRow.lot)
        )
        return dict(session.execute(query).all())

    def awarded(self, session: Session, lots: Collection[str]) -> Collection[str]:
        """Those whose award stands. A lot that is not known has none."""
        if not lots:
            return ()
        query = select(LotRow.id).where(LotRow.id.in_(lots), LotRow.state.in_(_AWARDED))
        return frozenset(session.scalars(query))
