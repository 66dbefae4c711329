"""storage/database.py on a real PostgreSQL."""

import os
import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Connection, Text, cast, create_engine, event, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from storage.blob_rows import Blob, record
from storage.blobs import StoredBlob
from storage.database import Database, Limits
from storage.engine import parse_url
from storage.errors import DatabaseUnavailableError, UnsuitableDatabaseError
from tests.database import Postgres

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
A_BLOB = StoredBlob(bytes(32), 7)


def count(database: Database) -> int:
    with database.session() as session:
        return session.query(Blob).count()


def test_what_is_committed_is_there_for_the_next_session(database: Database) -> None:
    with database.session() as session:
        record(session, A_BLOB, NOW)
        session.commit()
    with database.session() as session:
        blob = session.get_one(Blob, A_BLOB.sha256)
        assert (blob.size, blob.created_at) == (7, NOW)
        assert blob.created_at.tzinfo is UTC


def test_what_is_not_committed_is_gone(database: Database) -> None:
    with database.session() as session:
        record(session, A_BLOB, NOW)
    assert count(database) == 0


def test_an_error_in_the_block_rolls_back_and_comes_through(database: Database) -> None:
    def fail() -> None:
        with database.session() as session:
            record(session, A_BLOB, NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert count(database) == 0


def test_recording_a_blob_again_changes_nothing_also_from_two_transactions_at_once(
    database: Database,
) -> None:
    def late() -> None:
        with database.session() as session:
            record(session, A_BLOB, NOW + timedelta(days=1))
            session.commit()

    with database.session() as session:
        record(session, A_BLOB, NOW)
        thread = threading.Thread(target=late)
        thread.start()  # it waits for our row
        session.commit()
    thread.join()
    with database.session() as session:
        assert session.get_one(Blob, A_BLOB.sha256).created_at == NOW


def test_a_row_can_be_read_after_the_commit_without_another_statement(database: Database) -> None:
    with database.session() as session:
        blob = Blob(sha256=bytes(32), size=7, created_at=NOW)
        session.add(blob)
        session.commit()
        assert blob.size == 7
        assert not session.in_transaction()


@pytest.mark.parametrize(
    ("sha256", "size", "constraint"),
    [(bytes(31), 0, "blob_sha256_check"), (bytes(32), -1, "blob_size_check")],
)
def test_the_table_refuses_a_hash_or_size_that_cannot_be(
    session: Session, sha256: bytes, size: int, constraint: str
) -> None:
    session.add(Blob(sha256=sha256, size=size, created_at=NOW))
    with pytest.raises(IntegrityError, match=constraint):
        session.flush()


def test_an_error_names_the_constraint_and_nothing_of_the_row(session: Session) -> None:
    secret = b"a bidder's name.................."[:32]
    record(session, StoredBlob(secret, 7), NOW)
    session.add(Blob(sha256=secret, size=1234567, created_at=NOW))
    with pytest.raises(IntegrityError, match="blob_pk") as caught:
        session.flush()
    for trace in (secret.hex(), repr(secret), "1234567"):
        assert trace not in str(caught.value)
        assert trace not in str(caught.value.orig)


def test_a_snapshot_does_not_move_and_read_committed_does(database: Database) -> None:
    counting = text("SELECT count(*) FROM blob")
    with (
        database.session("REPEATABLE READ", read_only=True) as snapshot,
        database.session() as moving,
        database.session() as writer,
    ):
        assert snapshot.scalar(counting) == moving.scalar(counting) == 0
        record(writer, A_BLOB, NOW)
        writer.commit()
        assert snapshot.scalar(counting) == 0
        assert moving.scalar(counting) == 1


def test_a_read_only_session_refuses_to_write_and_the_next_one_writes(database: Database) -> None:
    with database.session(read_only=True) as session, pytest.raises(InternalError, match="read-only"):
        record(session, A_BLOB, NOW)
    with database.session() as session:
        record(session, A_BLOB, NOW)
        session.commit()


def test_serializable_sessions_notice_each_other(database: Database) -> None:
    counting = text("SELECT count(*) FROM blob")

    def both() -> None:
        with database.session("SERIALIZABLE") as one, database.session("SERIALIZABLE") as two:
            for session, name in ((one, b"1"), (two, b"2")):
                assert session.scalar(counting) == 0
                record(session, StoredBlob(name * 32, 0), NOW)
            one.commit()
            two.commit()

    with pytest.raises(OperationalError) as caught:
        both()
    assert isinstance(caught.value.orig, psycopg.errors.SerializationFailure)


def test_every_connection_has_our_limits_and_says_who_it_is(database_url: str) -> None:
    limits = Limits(
        statement=timedelta(seconds=7), lock=timedelta(milliseconds=1500), idle=timedelta(seconds=9)
    )
    database = Database(database_url, application_name="a test", limits=limits)
    with database.session() as session:
        settings = {
            name: session.scalar(text(f"SHOW {name}"))
            for name in (
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "application_name",
                "timezone",
                "transaction_isolation",
            )
        }
    database.close()
    assert settings == {
        "statement_timeout": "7s",
        "lock_timeout": "1500ms",
        "idle_in_transaction_session_timeout": "9s",
        "application_name": "a test",
        "timezone": "UTC",
        "transaction_isolation": "read committed",
    }


def test_a_statement_that_takes_too_long_is_ended(database_url: str) -> None:
    database = Database(database_url, limits=Limits(statement=timedelta(milliseconds=50)))
    with database.session() as session, pytest.raises(OperationalError, match="statement timeout"):
        session.execute(text("SELECT pg_sleep(10)"))
    database.close()


def test_a_lock_that_does_not_come_is_given_up(database_url: str) -> None:
    database = Database(database_url, limits=Limits(lock=timedelta(milliseconds=50)))
    lock = text("LOCK TABLE blob IN ACCESS EXCLUSIVE MODE")
    with database.session() as holder, database.session() as waiter:
        holder.execute(lock)
        with pytest.raises(OperationalError, match="lock timeout"):
            waiter.execute(lock)
    database.close()


def test_a_caller_does_not_wait_for_ever_for_a_connection(database_url: str) -> None:
    limits = Limits(pool_size=1, pool_overflow=0, pool_wait=timedelta(milliseconds=50))
    database = Database(database_url, limits=limits)
    with database.session() as first, database.session() as second:
        first.execute(text("SELECT 1"))
        with pytest.raises(PoolTimeoutError):
            second.execute(text("SELECT 1"))
    database.close()


def test_a_connection_that_the_server_closed_is_replaced_before_use(
    database: Database, database_url: str
) -> None:
    with database.session() as session:
        session.execute(text("SELECT 1"))
    with psycopg.connect(database_url) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert count(database) == 0


def test_a_forked_child_does_not_use_its_parents_connections(database: Database) -> None:
    asking = text("SELECT pg_backend_pid()")
    with database.session() as session:
        parents = session.scalar(asking)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with database.session() as session:
            os.write(writing, str(session.scalar(asking)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    childs = int(os.read(reading, 100))
    os.close(reading)
    os.close(writing)
    with database.session() as session:
        assert session.scalar(asking) == parents != childs


def test_json_keeps_chinese_readable_and_refuses_what_is_not_json(database: Database) -> None:
    def stored(value: Any) -> Any:
        with database.session() as session:
            return session.scalar(select(cast(literal(value, JSONB()), Text())))

    assert stored({"name": "阳光标"}) == '{"name": "阳光标"}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        stored({"price": float("nan")})


def test_a_good_database_passes_the_check(database: Database) -> None:
    database.check()


def test_a_database_that_would_forget_a_commit_is_refused(database: Database, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        name = connection.info.dbname
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name))
        )
    with pytest.raises(UnsuitableDatabaseError, match="synchronous_commit"):
        database.check()


def test_a_database_that_cannot_hold_chinese_is_refused(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1"
            " LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
        )
    database = Database(postgres.url("latin"))
    with pytest.raises(UnsuitableDatabaseError, match="LATIN1"):
        database.check()
    database.close()
    postgres.drop(postgres.url("latin"))


@pytest.mark.parametrize(
    "url", ["postgresql://u:hunter2@127.0.0.1:1/d", "postgresql://u:hunter2@/d?host=/nonexistent"]
)
def test_a_database_that_does_not_answer_is_named_without_its_password(url: str) -> None:
    database = Database(url, limits=Limits(connect=timedelta(seconds=1)))
    with pytest.raises(DatabaseUnavailableError, match="does not answer") as caught:
        database.check()
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(database)


def test_nothing_here_commits(database: Database) -> None:
    commits: list[Connection] = []
    event.listen(database.engine, "commit", commits.append)
    with database.session() as session:
        record(session, A_BLOB, NOW)
        session.flush()
    database.check()
    assert commits == []


def test_an_error_of_the_connection_itself_keeps_its_words(database_url: str) -> None:
    engine = create_engine(parse_url(database_url).set(database="absent"))
    with pytest.raises(DBAPIError, match="absent"):
        engine.connect()
