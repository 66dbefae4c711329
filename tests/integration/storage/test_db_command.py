"""`sunseal db`, as the operator types it (app/cli/db.py)."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from app.cli.db import db
from storage import revisions
from tests.integration.storage.servers import folder_for_a_server


def run(*arguments: str, url: str | None = None, typed: str | None = None) -> Result:
    return CliRunner().invoke(db, arguments, env={"DATABASE_URL": url}, input=typed)


def test_upgrade_status_and_downgrade_of_the_database_that_is_named(empty_database_url: str) -> None:
    before = run("status", url=empty_database_url)
    assert (before.exit_code, "run `sunseal db upgrade`" in before.output) == (1, True)

    upgraded = run("upgrade", url=empty_database_url)
    assert upgraded.exit_code == 0, upgraded.output
    assert upgraded.output == f"the database is at revision {revisions.head()}\n"

    after = run("status", url=empty_database_url)
    assert after.exit_code == 0, after.output
    assert f"at revision {revisions.head()}, this program's is {revisions.head()}" in after.output

    downgraded = run("downgrade", "base", "--yes", url=empty_database_url)
    assert (downgraded.exit_code, downgraded.output) == (0, "the database is at revision base\n")


def test_upgrade_to_a_revision_goes_no_further(empty_database_url: str) -> None:
    assert run("upgrade", "0001", url=empty_database_url).output == "the database is at revision 0001\n"


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_downgrade_asks_first_and_no_means_no(database_url: str, answer: str) -> None:
    refused = run("downgrade", "base", url=database_url, typed=answer)
    assert refused.exit_code == 1
    assert "is lost" in refused.output
    revisions.check_current(database_url)


@pytest.mark.parametrize("command", ["upgrade", "status"])
def test_an_error_is_a_sentence_without_a_password(command: str) -> None:
    failed = run(command, url="postgresql://u:hunter2@127.0.0.1:1/d")
    assert failed.exit_code == 1
    assert failed.output.startswith(("Error: the database", "the database", "Database("))
    assert "does not answer" in failed.output
    assert "hunter2" not in failed.output
    assert "Traceback" not in failed.output


def test_a_database_that_is_named_is_not_ours_to_stop(database_url: str) -> None:
    refused = run("stop", url=database_url)
    assert refused.exit_code == 1
    assert "not ours to stop" in refused.output


@pytest.fixture
def var() -> Iterator[Path]:
    with folder_for_a_server() as folder:
        yield folder.parent


def test_without_a_url_the_private_server_is_started_used_and_stopped(var: Path) -> None:
    upgraded = run("--var", str(var), "upgrade")
    assert upgraded.exit_code == 0, upgraded.output
    status = run("--var", str(var), "status")
    assert status.exit_code == 0, status.output
    assert "sunseal@/sunseal" in status.output
    stopped = run("--var", str(var), "stop")
    assert (stopped.exit_code, stopped.output) == (0, "the private PostgreSQL is stopped\n")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=str(var / "postgres" / "run"), user="sunseal", dbname="sunseal")
