"""A timetable and a lot that the law allows, for tests to break one thing of at a time."""

from datetime import date, datetime, timedelta

from bidding.evaluation import LowestEvaluatedPrice
from bidding.lot import Audience, Lot, Part
from bidding.timetable import Timetable
from statutes.counting import midnight
from statutes.shipped import profile
from statutes.statute import Statute

TENDER = Statute(profile("cn-tender", date(2026, 3, 2)))
PROCUREMENT = Statute(profile("cn-procurement", date(2026, 3, 2)))
TRAINING = Statute(profile("course", date(2026, 3, 2)))


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    """Beijing time. Hour 24 is the midnight after the day."""
    return midnight(date(year, month, day)) + timedelta(hours=hour, minutes=minute)


TIMETABLE = Timetable(
    documents_from=at(3, 2, 9),  # Monday
    documents_to=at(3, 9, 24),
    amendment=at(3, 10, 18),
    objections_until=at(3, 15, 24),
    deadline=at(3, 25, 9, 30),
    opening=at(3, 25, 9, 30),
    validity_days=90,
    report=at(3, 27, 12),
    candidates_from=at(3, 30, 9),
    candidates_to=at(4, 2, 24),
    winner_fixed=at(4, 3, 9),
    award=at(4, 3, 10),
    contract=at(4, 20, 15),
)
"""Every instant leaves room, so that a test changes one and breaks one rule."""

LOT = Lot(
    id="1",
    title="Bridge",
    estimate=500_000_000,
    ceiling=480_000_000,
    bond=10_000_000,
    performance_bond_percent=10,
    parts=(
        Part(name="technical", audience=Audience.COMMITTEE),
        Part(name="price", audience=Audience.PUBLIC, has_price=True, after="technical"),
    ),
    method=LowestEvaluatedPrice(),
)
