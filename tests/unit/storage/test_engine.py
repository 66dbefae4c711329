"""storage/engine.py: what a DATABASE_URL may be, and what every connection is told."""

from datetime import timedelta

import pytest

from storage.engine import Limits, _options, describe, make_engine, parse_url
from storage.errors import LocationError

SECRET = "hunter2"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_way_to_write_postgresql_means_our_driver(scheme: str) -> None:
    assert parse_url(f"{scheme}://u@h/d").drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://u:{SECRET}@h/d",
        f"postgresql+asyncpg://u:{SECRET}@h/d",
        "sqlite:///var/db",
        f"u:{SECRET}@h/d",
        f"postgresql://u:{SECRET}@h:port/d",
        "",
    ],
)
def test_another_engine_or_no_url_is_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(LocationError) as caught:
        parse_url(url)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_described_url_hides_the_password() -> None:
    assert SECRET not in describe(parse_url(f"postgresql://u:{SECRET}@h/d"))


def test_the_operators_own_options_come_last_and_so_win() -> None:
    limits = Limits(statement=timedelta(milliseconds=1500), lock=timedelta(0))
    words = _options(parse_url("postgresql://h/d?options=-c%20statement_timeout%3D5"), limits).split()
    assert "statement_timeout=1500" in words
    assert "lock_timeout=0" in words
    assert "timezone=UTC" in words
    assert words[-1] == "statement_timeout=5"


def test_the_urls_other_parts_are_left_as_they_are() -> None:
    url = parse_url("postgresql://h/d?sslmode=verify-full&options=-c%20work_mem%3D64MB")
    engine = make_engine(url, application_name="a test", limits=Limits())
    assert dict(engine.url.query) == {"sslmode": "verify-full"}
