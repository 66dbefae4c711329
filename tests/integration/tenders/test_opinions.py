"""A member who is replaced leaves void opinions, and there is no report before they are made good (条48)."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.committees import Opinions, require_complete
from bidding.tender import State
from bidding.tenders import opinions, outcome
from bidding.tenders.errors import CommitteeError, UnknownTenderError
from bidding.tenders.models import LotRow, TenderRow
from ledger.entries import RankedBid
from oversight.draw_tables import CALLING, FORMED, DrawRow, SnapshotRow
from oversight.ports import Opinion, Replaced
from tests.integration.tenders.office import DEADLINE, GROUP, Office, force

HASH, OTHER = "ef" * 32, "ab" * 32


def later(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


def opened(office: Office, session: Session, state: State = State.OPENED) -> str:
    tender = office.publish()
    lot = session.get_one(LotRow, f"{tender}.1")
    force(session, session.get_one(TenderRow, tender), lot, state)
    session.flush()
    return lot.id


def test_no_report_and_no_candidates_until_the_successor_has_judged_anew(office: Office) -> None:
    committee = Opinions()
    with office.committing() as session:
        lot = opened(office, session)
        for number in ("E-1", "E-2"):
            committee.opinion_given(session, Opinion(lot, number, HASH), now=DEADLINE)
        opinions.give(session, lot, "E-2", HASH, now=DEADLINE + later(1))
        assert len(opinions.of_lot(session, lot)) == 2
        committee.member_replaced(session, Replaced("dr", lot, "E-2"), now=DEADLINE + later(5))
        assert [row.void_at is not None for row in opinions.of_lot(session, lot)] == [False, True]
        with pytest.raises(CommitteeError, match="条48"):
            outcome.evaluate(session, lot, HASH, now=DEADLINE + later(6))
        committee.opinion_given(session, Opinion(lot, "E-3", OTHER), now=DEADLINE + later(7))
        outcome.evaluate(session, lot, HASH, now=DEADLINE + later(8))

        # At the last minute: the report is in, and the candidates wait
        committee.member_replaced(session, Replaced("dr", lot, "E-1"), now=DEADLINE + later(9))
        first = RankedBid(1, 5, 400_000_001, "")
        with pytest.raises(CommitteeError, match="条48"):
            outcome.publish_candidates(session, lot, [first], now=DEADLINE + later(10))
        committee.opinion_given(session, Opinion(lot, "E-4", OTHER), now=DEADLINE + later(11))
        outcome.publish_candidates(session, lot, [first], now=DEADLINE + later(12))
        with pytest.raises(CommitteeError, match="开标后"):
            opinions.give(session, lot, "E-4", HASH, now=DEADLINE + later(13))


def test_nothing_is_handed_in_before_the_opening_or_for_no_lot(office: Office) -> None:
    with office.committing() as session:
        lot = opened(office, session, State.CLOSED)
        with pytest.raises(CommitteeError, match="from the opening"):
            opinions.give(session, lot, "E-1", HASH, now=DEADLINE)
        with pytest.raises(CommitteeError, match="64"):
            opinions.give(session, lot, "E-1", HASH.upper(), now=DEADLINE)
        with pytest.raises(UnknownTenderError):
            opinions.give(session, "none.1", "E-1", HASH, now=DEADLINE)
        assert opinions.void(session, lot, "E-1", now=DEADLINE) == 0


def test_nobody_evaluates_while_a_place_is_open(office: Office) -> None:
    with office.committing() as session:
        lot = opened(office, session)
        tender, _, number = lot.rpartition(".")
        require_complete(session, tender, number)
        snapshot = SnapshotRow(
            kind="experts",
            subject="experts",
            root=bytes(32),
            size=1,
            population=b"",
            identities=b"",
            salts=b"",
            keys=[],
            committed_at=DEADLINE,
            entry_id=1,
        )
        session.add(snapshot)
        session.flush()
        draw = DrawRow(
            id=bytes(32),
            lot=lot,
            subject="experts",
            group_id=GROUP,
            snapshot_id=snapshot.id,
            terms=b"{}",
            others=0,
            state=CALLING,
            warnings=[],
            bidders=[],
            seed=bytes(64),
            names=None,
            requested_at=DEADLINE,
        )
        session.add(draw)
        session.flush()
        with pytest.raises(CommitteeError, match="法37"):
            require_complete(session, tender, number)
        draw.state = FORMED
        session.flush()
        require_complete(session, tender, number)
