"""Which revision a database's tables are at, and which one this program was written for.

Every program asks when it starts, so this is told without Alembic, which alone runs revisions (storage/migrate.py).
The files of the revisions are numbered one by one from 0001, and each is named after its number.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from storage.engine import Limits, describe, make_engine, parse_url
from storage.errors import DatabaseUnavailableError, SchemaError

FOLDER = Path(__file__).resolve().parent / "migrations"

_LIMITS = Limits(statement=timedelta(0), lock=timedelta(seconds=15), idle=timedelta(0))


def current(url: str) -> str | None:
    """The revision the database is at, None for one that was never upgraded. DatabaseUnavailableError."""
    with connection(url) as connected:
        return at(connected)


def at(connected: Connection) -> str | None:
    """As `current`, of a connection."""
    if connected.execute(text("SELECT to_regclass('alembic_version')")).scalar_one() is None:
        return None
    found: str | None = connected.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar_one_or_none()
    return found


def revisions() -> list[str]:
    """All revisions, oldest first. SchemaError if the files do not go from one to the next."""
    found = sorted(path.name for path in (FOLDER / "versions").glob("[0-9]*.py"))
    numbers = [name.partition("_")[0] for name in found]
    for expected, (number, name) in enumerate(zip(numbers, found, strict=True), start=1):
        if number != f"{expected:04}":
            raise SchemaError(
                f"the migrations go on with {name} where {expected:04} has its place: number it anew"
            )
    return numbers


def head() -> str:
    """The revision this program was written for. SchemaError as `revisions`."""
    return revisions()[-1]


def check_current(url: str) -> None:
    """Refuse a database whose tables are not this program's; to be called once when a program starts.

    Raises SchemaError, which says what to do, and DatabaseUnavailableError.
    """
    found, wanted = current(url), head()
    if found == wanted:
        return
    if found is None:
        raise SchemaError("the database has no tables yet: run `sunseal db upgrade`")
    if found in revisions():
        raise SchemaError(
            f"the database is at revision {found} and this program needs {wanted}: run `sunseal db upgrade`"
        )
    raise newer(found)


def newer(found: str) -> SchemaError:
    """What a database is refused with that knows a revision which this program does not."""
    return SchemaError(
        f"the database is at revision {found}, which this program does not know: a newer Sunseal has "
        "upgraded it; install that version"
    )


@contextmanager
def connection(url: str) -> Iterator[Connection]:
    """Without a limit on how long a statement runs, and with a short one on how long it waits for a lock."""
    parsed = parse_url(url)
    engine = make_engine(parsed, application_name="sunseal db", limits=_LIMITS, pooled=False)
    try:
        connected = engine.connect()
    except OperationalError as error:
        raise DatabaseUnavailableError(
            f"the database {describe(parsed)} does not answer: check DATABASE_URL and that PostgreSQL runs"
        ) from error
    with connected:
        yield connected
