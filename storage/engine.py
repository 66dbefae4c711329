"""A SQLAlchemy engine on PostgreSQL through psycopg 3, with limits on everything that can wait.

The limits travel as the connection's `options`, so they hold from its first statement and cost no round
trip. A pooler between us and PostgreSQL must therefore let `options` through and pool by session
(PgBouncer: `pool_mode = session`), not by transaction.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool, QueuePool

from storage.errors import LocationError

_DRIVER = "postgresql+psycopg"
_ALIASES = frozenset({"postgres", "postgresql", _DRIVER})


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, and how many. Zero turns a time limit off, as in PostgreSQL.

    statement:  one statement may run.
    lock:       one statement may wait for one lock.
    idle:       a transaction may be open with nothing asked of it: it holds locks and holds up vacuum.
    connect:    making one connection may take.
    pool_wait:  a caller may wait for a connection when all are lent.
    pool_size, pool_overflow: connections a process keeps, and may open beyond these for a moment. The sum,
        times the number of processes, must stay below the server's max_connections.
    """

    statement: timedelta = timedelta(seconds=30)
    lock: timedelta = timedelta(seconds=10)
    idle: timedelta = timedelta(seconds=60)
    connect: timedelta = timedelta(seconds=10)
    pool_wait: timedelta = timedelta(seconds=10)
    pool_size: int = 10
    pool_overflow: int = 10


def parse_url(url: str) -> URL:
    """A DATABASE_URL as SQLAlchemy's, always with our driver.

    Raises LocationError if it is no URL or names another engine; the message does not repeat it, since
    it may hold a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # `from None`: the cause's message holds the text it could not read.
        raise LocationError(
            "DATABASE_URL is not a URL such as postgresql://user@host/database: correct or unset it"
        ) from None
    if parsed.drivername not in _ALIASES:
        raise LocationError(
            f"DATABASE_URL names {parsed.drivername}: Sunseal works on PostgreSQL alone (postgresql://...)"
        )
    return parsed.set(drivername=_DRIVER)


def describe(url: URL) -> str:
    """The URL for a person to read, its password hidden."""
    return url.render_as_string(hide_password=True)


def make_engine(url: URL, *, application_name: str, limits: Limits, pooled: bool = True) -> Engine:
    """An engine. No connection is made yet.

    An error of the engine names the statement and the constraint, and neither the parameters nor the row
    that PostgreSQL tells as a detail: they may be what must stay hidden until the opening. What is *not*
    removed: a value that PostgreSQL puts into its first sentence because it cannot read it as a number or
    the like.
    """
    arguments = {
        "application_name": application_name,
        "connect_timeout": max(1, round(limits.connect.total_seconds())),
        "options": _options(url, limits),
        # A peer that vanished without a word is noticed in about a minute, not in two hours.
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    engine_with = partial(
        create_engine,
        url.difference_update_query(["options"]),
        connect_args=arguments,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        json_serializer=partial(json.dumps, ensure_ascii=False, allow_nan=False),
    )
    if pooled:
        engine = engine_with(
            poolclass=QueuePool,
            pool_size=limits.pool_size,
            max_overflow=limits.pool_overflow,
            pool_timeout=limits.pool_wait.total_seconds(),
            # After a restart of the server every kept connection is dead; found out before use, not by it.
            pool_pre_ping=True,
        )
    else:
        engine = engine_with(poolclass=NullPool)
    event.listen(engine, "handle_error", _keep_rows_out_of_messages)
    return engine


def _keep_rows_out_of_messages(context: ExceptionContext) -> None:
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if not isinstance(error, psycopg.Error) or error.diag.message_primary is None:
        return
    told, primary = str(error), error.diag.message_primary
    error.args = (primary,)
    if wrapped is not None:  # made of the message before we could see it
        wrapped.args = tuple(str(argument).replace(told, primary) for argument in wrapped.args)


def _options(url: URL, limits: Limits) -> str:
    settings = {
        "timezone": "UTC",
        "statement_timeout": _milliseconds(limits.statement),
        "lock_timeout": _milliseconds(limits.lock),
        "idle_in_transaction_session_timeout": _milliseconds(limits.idle),
    }
    ours = " ".join(f"-c {name}={value}" for name, value in settings.items())
    theirs = url.query.get("options", "")
    # PostgreSQL takes the last word on each setting: the operator's.
    return " ".join([ours, *([theirs] if isinstance(theirs, str) else theirs)]).strip()


def _milliseconds(limit: timedelta) -> int:
    return round(limit.total_seconds() * 1000)
