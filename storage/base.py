"""What every table of ours is declared on: `Base`, and the types that Python's types become.

| Python             | column           | because |
|--------------------|------------------|---------|
| `datetime`         | `timestamptz`    | an instant; one without a time zone is refused (`Instant`) |
| `float`            | `double precision` | never for money |
| `int`              | `bigint`         | amounts in fen and indices outgrow 32 bits |
| `str`              | `text`           | PostgreSQL gains nothing from a length |
| `bytes`            | `bytea`          | |
| `dict[str, Any]`, `list[Any]` | `jsonb` | |
| `UUID`             | `uuid`           | |

Whatever else a column needs is said where the column is declared. Constraints have names that follow from
what they constrain, so that a migration can name them and two machines agree on them.
"""

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Dialect, Double, LargeBinary, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMING_CONVENTION = {
    "pk": "%(table_name)s_pk",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ix": "%(table_name)s_%(column_0_N_name)s_index",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
}


class Instant(TypeDecorator[datetime]):
    """A point in time: `timestamptz`, always UTC when read.

    Raises ValueError (SQLAlchemy wraps it in StatementError) for a datetime without a time zone: PostgreSQL
    would take it to be in whatever zone the connection has, and a deadline would move by hours.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.utcoffset() is None:
            raise ValueError("an instant needs a time zone: this datetime has none")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The parent of every mapped class; its metadata is what the migrations are checked against."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        float: Double(),
        int: BigInteger(),
        str: Text(),
        bytes: LargeBinary(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        UUID: Uuid(),
    }
