"""What every request works with: the deployment's parts, and one database session for a request that needs one."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_bytes
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from app.guessing import Guesses
from app.hall import Hall
from app.settings import Settings
from app.tendering import Tendering
from crypto.randomness import RandomBytes
from ledger.ports import TileFiles
from storage.database import Database

_KEY = "sunseal"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that routes share. Tests put in a clock of their own."""

    database: Database
    settings: Settings
    clock: Callable[[], datetime] = field(default=_utc_now)
    random: RandomBytes = field(default=token_bytes)
    tendering: Tendering | None = None
    hall: Hall | None = None
    tiles: TileFiles | None = None
    guesses: Guesses = field(default_factory=Guesses)


def install(app: Flask, parts: Parts) -> None:
    """Makes `parts` the application's, and ends each request's database session with the request."""
    app.extensions[_KEY] = parts
    app.teardown_appcontext(_close)


def parts() -> Parts:
    """The present application's parts."""
    return cast("Parts", current_app.extensions[_KEY])


def now() -> datetime:
    return parts().clock()


def session() -> Session:
    """The request's database session, begun when it is first asked for. What the route does not commit is rolled
    back."""
    if "database_session" not in g:
        g.database_stack = ExitStack()
        g.database_session = g.database_stack.enter_context(parts().database.session())
    return cast("Session", g.database_session)


class RequestDatabase:
    """The request's session under the name that Flask-Security's datastore looks for."""

    @property
    def session(self) -> Session:
        return session()


def _close(_: BaseException | None) -> None:
    stack = g.pop("database_stack", None)
    g.pop("database_session", None)
    if stack is not None:
        stack.close()
