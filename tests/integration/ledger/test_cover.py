"""Cover entries: at random times and a random rate, kept over restarts, without a burst after an outage."""

from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import mean

from sqlalchemy import func, select

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


def test_outage_is_followed_by_one_entry_not_by_all_that_were_missed(
    database: Database, tmp_path: Path
) -> None:
    make_log(database, tmp_path)
    random = Random(3).randbytes
    with database.session() as session:
        later = NOW + timedelta(days=3)
        assert cover.tick(session, now=later, random=random)
        assert not cover.tick(session, now=later, random=random)


def test_nothing_is_due_before_its_time_also_after_a_restart(database: Database, tmp_path: Path) -> None:
    make_log(database, tmp_path)
    with database.session() as session:
        due = session.execute(select(CoverRow.next_at)).scalar_one()
    for _ in range(3):
        with database.session() as session:
            early = due - timedelta(microseconds=1)
            assert not cover.tick(session, now=early, random=Random(4).randbytes)
            session.commit()
    with database.session() as session:
        assert cover.tick(session, now=due, random=Random(4).randbytes)
