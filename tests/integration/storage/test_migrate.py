"""storage/migrate.py: what it promises whatever the revisions are."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy.exc import DataError

from storage import migrate, revisions
from storage.errors import DatabaseUnavailableError, SchemaError
from tests.environment import ROOT

UPGRADE = "import sys; from storage import migrate; migrate.upgrade(sys.argv[1])"
AddRevision = Callable[[str], None]


@pytest.fixture
def add_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AddRevision:
    """Add a revision with this SQL to a copy of ours, which migrate then uses."""
    folder = tmp_path / "migrations"
    shutil.copytree(revisions.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(revisions, "FOLDER", folder)

    def add(sql: str) -> None:
        last = revisions.head()
        number = f"{int(last) + 1:04}"
        (folder / "versions" / f"{number}_test.py").write_text(
            f"from alembic import op\n\nrevision = {number!r}\ndown_revision = {last!r}\n\n\n"
            f"def upgrade():\n    op.execute({sql!r})\n\n\ndef downgrade():\n    pass\n"
        )

    return add


def test_upgrading_twice_is_upgrading_once(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    migrate.upgrade(empty_database_url)
    assert revisions.current(empty_database_url) == revisions.head()
    revisions.check_current(empty_database_url)


def test_processes_that_upgrade_at_once_all_end_well(empty_database_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, empty_database_url], cwd=ROOT, stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    errors = [process.communicate(timeout=60)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0] * 3, errors
    revisions.check_current(empty_database_url)


def test_an_upgrade_waits_for_the_one_before_it(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [migrate.ADVISORY_LOCK])
        thread = threading.Thread(target=migrate.upgrade, args=[empty_database_url])
        thread.start()
        while (
            holder.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone()
            is None
        ):
            assert thread.is_alive()
        assert revisions.current(empty_database_url) is None
    thread.join()
    revisions.check_current(empty_database_url)


def test_an_upgrade_does_not_wait_for_ever(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "LONGEST_WAIT", timedelta(seconds=1))
    with psycopg.connect(empty_database_url, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [migrate.ADVISORY_LOCK])
        with pytest.raises(SchemaError, match="another process"):
            migrate.upgrade(empty_database_url)


def test_a_revision_that_fails_leaves_those_before_it_and_nothing_of_itself(
    empty_database_url: str, add_revision: AddRevision
) -> None:
    add_revision("CREATE TABLE good (id int)")
    add_revision("CREATE TABLE bad (id int); SELECT 1 / 0")
    with pytest.raises(DataError, match="division by zero"):
        migrate.upgrade(empty_database_url)
    assert revisions.current(empty_database_url) == revisions.revisions()[-2]
    with psycopg.connect(empty_database_url) as connection:
        found = connection.execute("SELECT to_regclass('good'), to_regclass('bad')").fetchone()
        assert found == ("good", None)
        locks = connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()
        assert locks == (0,)


def test_a_table_in_use_is_a_clear_error_not_a_queue_behind_it(
    database_url: str, add_revision: AddRevision
) -> None:
    add_revision("SET LOCAL lock_timeout = '100ms'; ALTER TABLE blob ADD COLUMN extra int")
    with psycopg.connect(database_url) as user:
        user.execute("SELECT * FROM blob")
        with pytest.raises(SchemaError, match="in use"):
            migrate.upgrade(database_url)
    migrate.upgrade(database_url)


def test_a_migration_may_run_as_long_as_it_needs_but_not_wait_as_long(
    database_url: str, add_revision: AddRevision
) -> None:
    add_revision(
        "CREATE TABLE seen AS SELECT current_setting('statement_timeout') AS statement,"
        " current_setting('lock_timeout') AS lock"
    )
    migrate.upgrade(database_url)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("TABLE seen").fetchone() == ("0", "15s")


def test_a_database_that_was_never_upgraded_says_what_to_run(empty_database_url: str) -> None:
    assert revisions.current(empty_database_url) is None
    with pytest.raises(SchemaError, match="no tables yet: run `sunseal db upgrade`"):
        revisions.check_current(empty_database_url)


def test_a_database_behind_the_program_says_what_to_run(database_url: str, add_revision: AddRevision) -> None:
    add_revision("CREATE TABLE new (id int)")
    with pytest.raises(SchemaError, match=r"at revision \d{4} and .* needs \d{4}: run `sunseal db upgrade`"):
        revisions.check_current(database_url)


@pytest.mark.parametrize(
    "act", [migrate.upgrade, revisions.check_current, lambda url: migrate.downgrade(url, "base")]
)
def test_a_database_ahead_of_the_program_is_left_alone(database_url: str, act: Callable[[str], None]) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match=r"9999.*newer Sunseal"):
        act(database_url)
    assert revisions.current(database_url) == "9999"


def test_an_unknown_revision_is_a_clear_error(database_url: str) -> None:
    with pytest.raises(SchemaError, match="nonsense"):
        migrate.upgrade(database_url, "nonsense")
    with pytest.raises(SchemaError):
        migrate.downgrade(database_url, "-99")


def test_two_newest_revisions_are_a_clear_error(add_revision: AddRevision) -> None:
    add_revision("SELECT 1")
    versions = revisions.FOLDER / "versions"
    last = next(versions.glob("*_test.py"))
    (versions / "9000_other.py").write_text(last.read_text().replace(last.name[:4], "9000"))
    with pytest.raises(SchemaError, match=r"9000_other\.py where 0023"):
        revisions.head()


def test_a_database_that_does_not_answer_is_a_clear_error_without_its_password() -> None:
    with pytest.raises(DatabaseUnavailableError, match="does not answer") as caught:
        migrate.upgrade("postgresql://u:hunter2@127.0.0.1:1/d")
    assert "hunter2" not in str(caught.value)


def test_the_environment_does_not_run_without_the_lock() -> None:
    with pytest.raises(TypeError, match=r"storage\.migrate"):
        command.upgrade(migrate._config(), "head")
