"""Cover entries: at random times and a random rate, kept over restarts, without a burst after an outage."""

from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import mean

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger import cover
from ledger.models import CoverRow, EntryRow
from storage.database import Database
from tests.log import NOW, make_log


def run(database: Database, hours: float, seed: int) -> int:
    """Ticks every ten seconds; the number of cover entries."""
    random = Random(seed).randbytes
    with database.session() as session:
        before = session.execute(select(func.count(EntryRow.id))).scalar_one()
        for second in range(0, int(hours * 3600), 10):
            cover.tick(session, now=NOW + timedelta(seconds=second), random=random)
        session.flush()
        count = session.execute(select(func.count(EntryRow.id))).scalar_one() - before
        session.rollback()
    return count


def test_cover_entries_come_at_the_drawn_rate(database: Database, tmp_path: Path) -> None:
    make_log(database, tmp_path)
    with database.session() as session:
        row = session.execute(select(CoverRow)).scalar_one()
        row.rate, row.rate_until = 120.0, NOW + timedelta(days=1)
        session.commit()
    counts = [run(database, 2, seed) for seed in range(5)]
    assert 180 < mean(counts) < 280
    assert len(set(counts)) > 1


def test_rates_are_spread_over_their_whole_range() -> None:
    random = Random(1).randbytes
    rates = [cover.draw_rate(random) for _ in range(2000)]
    assert all(cover.MIN_RATE <= rate <= cover.MAX_RATE for rate in rates)
    middle = (cover.MIN_RATE * cover.MAX_RATE) ** 0.5
    assert 0.45 < sum(rate < middle for rate in rates) / len(rates) < 0.55


def test_gaps_have_the_mean_of_the_rate() -> None:
    random = Random(2).randbytes
    gaps = [cover.draw_gap(60, random).total_seconds() for _ in range(5000)]
    assert 57 < mean(gaps) < 63
    assert 0.60 < sum(gap < 60 for gap in gaps) / len(gaps) < 0.66  # 1 - 1/e of an exponential


def count(session: Session) -> int:
    return session.execute(select(func.count(EntryRow.id))).scalar_one()


def test_outage_is_not_made_up_for(database: Database, tmp_path: Path) -> None:
    """Nothing comes right after it, or the first entry after an outage would always be cover."""
    make_log(database, tmp_path)
    random = Random(3).randbytes
    with database.session() as session:
        before, later = count(session), NOW + timedelta(days=3)
        assert cover.tick(session, now=later, random=random) > 0
        assert count(session) == before
        due = session.execute(select(CoverRow.next_at)).scalar_one()
        assert due > later
        cover.tick(session, now=due, random=random)
        assert count(session) == before + 1


def test_nothing_is_due_before_its_time_also_after_a_restart(database: Database, tmp_path: Path) -> None:
    make_log(database, tmp_path)
    with database.session() as session:
        due = session.execute(select(CoverRow.next_at)).scalar_one()
    with database.session() as session:
        before = count(session)
    for _ in range(3):
        with database.session() as session:
            assert (
                cover.tick(session, now=due - timedelta(microseconds=1), random=Random(4).randbytes)
                <= cover.MAX_WAIT
            )
            assert count(session) == before
            session.commit()
    with database.session() as session:
        cover.tick(session, now=due, random=Random(4).randbytes)
        assert count(session) == before + 1


def test_commitments_of_cover_entries_are_all_different(database: Database, tmp_path: Path) -> None:
    make_log(database, tmp_path)
    with database.session() as session:
        for _ in range(50):
            due = session.execute(select(CoverRow.next_at)).scalar_one()
            cover.tick(session, now=due, random=Random(due.timestamp()).randbytes)
            session.flush()
        leaves = session.execute(select(EntryRow.leaf)).scalars().all()
    assert len(set(leaves)) == len(leaves) == 51
