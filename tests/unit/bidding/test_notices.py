"""SUNSEAL_CALENDAR: notices of holidays that the package does not have yet, for every process."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from app.place import ConfigurationError, Place
from statutes import notices
from statutes.counting import CHINA
from statutes.errors import UnknownYearError
from statutes.shipped import profile
from statutes.statute import Statute

NOTICE = """
year = 2199
notice = "an example, no real notice"
rest = [2199-01-01, 2199-01-02, 2199-01-03, 2199-01-04]
work = [2199-01-05]
"""


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    notices.learn(())


def named(path: Path) -> Place:
    return Place({"SUNSEAL_CALENDAR": str(path)})


def test_periods_of_a_year_with_a_notice_are_counted(tmp_path: Path) -> None:
    (tmp_path / "2199.toml").write_text(NOTICE)
    (tmp_path / "README").write_text("no notice")
    procurement = profile("cn-procurement", date(2026, 1, 1))
    contract = datetime(2198, 12, 31, 9, tzinfo=CHINA)
    with pytest.raises(UnknownYearError):
        Statute(procurement).due("bond-refund", contract)
    for place in (named(tmp_path), named(tmp_path / "2199.toml")):
        notices.learn(place.calendar())
        # Saturday the 5th is worked; then 7, 8, 9, 10: the fifth working day is the 10th
        assert Statute(procurement).due("bond-refund", contract).at == datetime(2199, 1, 11, tzinfo=CHINA)
    notices.learn(Place({}).calendar())
    with pytest.raises(UnknownYearError):
        Statute(procurement).due("bond-refund", contract)


def test_the_database_is_not_opened_without_the_calendar(tmp_path: Path) -> None:
    (tmp_path / "2199.toml").write_text(NOTICE)
    place = Place({"SUNSEAL_CALENDAR": str(tmp_path), "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    with pytest.raises(Exception, match="1"):
        place.database()
    assert notices.known().is_workday(date(2199, 1, 5))


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "No such file"),
        ({"a.toml": "year = 2199"}, "not a notice of holidays"),
        ({"a.toml": NOTICE, "b.toml": NOTICE}, "two notices of holidays for 2199"),
    ],
)
def test_what_is_no_notice_is_a_sentence(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    folder = tmp_path / "calendar"
    if files:
        folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    with pytest.raises(ConfigurationError, match=reason):
        named(folder).calendar()
