"""storage/base.py: the types and names that every table gets."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateTable

from storage.base import NAMING_CONVENTION, Base, Instant

DIALECT = make_url("postgresql+psycopg://").get_dialect()()


def test_a_datetime_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Instant().process_bind_param(datetime(2026, 5, 1, 9, 30), DIALECT)  # noqa: DTZ001


def test_an_instant_is_read_in_utc_whatever_the_connection_says() -> None:
    shanghai = timezone(timedelta(hours=8))
    read = Instant().process_result_value(datetime(2026, 5, 1, 9, 30, tzinfo=shanghai), DIALECT)
    assert read == datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
    assert read is not None
    assert read.tzinfo is UTC


def test_no_instant_stays_none_both_ways() -> None:
    assert Instant().process_bind_param(None, DIALECT) is None
    assert Instant().process_result_value(None, DIALECT) is None


def test_pythons_types_become_the_columns_that_the_table_in_the_docstring_says() -> None:
    class Other(DeclarativeBase):
        metadata = type(Base.metadata)(naming_convention=NAMING_CONVENTION)
        type_annotation_map = Base.type_annotation_map

    class Parent(Other):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Child(Other):
        __tablename__ = "child"
        __table_args__ = (UniqueConstraint("name", "digest"), CheckConstraint("id > 0", name="positive"))
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
        name: Mapped[str]
        digest: Mapped[bytes]
        body: Mapped[dict[str, Any]]
        due_at: Mapped[datetime | None]

    made = str(CreateTable(Child.metadata.tables["child"]).compile(dialect=DIALECT))
    for line in [
        "parent_id BIGINT NOT NULL",
        "name TEXT NOT NULL",
        "digest BYTEA NOT NULL",
        "body JSONB NOT NULL",
        "due_at TIMESTAMP WITH TIME ZONE",
        "CONSTRAINT child_pk PRIMARY KEY (id)",
        "CONSTRAINT child_name_digest_key UNIQUE (name, digest)",
        "CONSTRAINT child_positive_check CHECK (id > 0)",
        "CONSTRAINT child_parent_id_fkey FOREIGN KEY(parent_id) REFERENCES parent (id)",
    ]:
        assert line in made, made
    assert Parent.__tablename__ == "parent"
