"""The private PostgreSQL after a `kill -9`: of it, of its processes, of who starts it, at awkward moments."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage.database import Database
from storage.errors import PrivateServerError
from storage.folder_lock import wait_for
from storage.private_server import PrivateServer
from storage.server_process import server_process
from tests.integration.storage.servers import (
    START,
    alive,
    finish,
    folder_for_a_server,
    kill_server,
    processes,
    python,
    server,
)

DATA_RECORD = "data/postmaster.pid"
SOCKET_RECORD = "run/.s.PGSQL.5432.lock"
# Commits numbers one by one, and says each when its commit has returned.
WRITER = """
import psycopg
with psycopg.connect(server.url, autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS promised (number int)")
    for number in range(1_000_000):
        connection.execute("INSERT INTO promised VALUES (%s)", [number])
        print(number, flush=True)
"""


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    with folder_for_a_server() as folder:
        server(folder).start()
        server(folder).stop()
        yield folder


@pytest.fixture
def folder(stopped: Path) -> Iterator[Path]:
    with folder_for_a_server(like=stopped) as folder:
        yield folder


@pytest.fixture
def fresh() -> Iterator[Path]:
    with folder_for_a_server() as folder:
        yield folder


def kill_first(folder: Path) -> None:
    """kill -9 of the main process alone; the others notice by themselves."""
    [main, *_] = processes(folder)
    main.kill()
    assert wait_for(lambda: not alive(main), patience=10)


KILLS = [kill_server, pytest.param(kill_first, marks=pytest.mark.long)]


@pytest.mark.parametrize("kill", KILLS)
def test_what_was_committed_survives_a_kill_and_the_url_too(
    folder: Path, kill: Callable[[Path], None]
) -> None:
    mine = server(folder)
    database = Database(mine.start())
    with database.session() as session:
        session.execute(text("CREATE TABLE kept AS SELECT 7 AS seven"))
        session.commit()
        session.execute(text("INSERT INTO kept VALUES (8)"))
        kill(folder)
        with pytest.raises(OperationalError):
            session.commit()
    assert not mine.running()
    assert (folder / "data" / "postmaster.pid").exists()
    assert server(folder).start() == mine.url
    with database.session() as session:
        assert session.scalars(text("SELECT seven FROM kept")).all() == [7]
    database.close()


@pytest.mark.parametrize("kill", KILLS)
def test_every_commit_that_returned_before_the_kill_is_there_after_it(
    folder: Path, kill: Callable[[Path], None]
) -> None:
    writer = python(START + WRITER, str(folder))
    assert writer.stdout is not None
    writer.stdout.readline()  # the URL
    said = [int(writer.stdout.readline()) for _ in range(200)]
    kill(folder)
    said += map(
        int, writer.stdout.read().split()
    )  # communicate() would leave out what readline() has read ahead
    writer.communicate(timeout=30)
    with psycopg.connect(server(folder).start()) as connection:
        found = [row[0] for row in connection.execute("SELECT number FROM promised ORDER BY number")]
    # The last may have been committed and its answer lost.
    assert said == found[: len(said)]
    assert len(found) - len(said) in {0, 1}


def test_after_a_kill_of_everything_the_next_process_starts_it_again(folder: Path) -> None:
    holder = python(START + "import time; time.sleep(60)", str(folder))
    assert holder.stdout is not None
    url = holder.stdout.readline().strip()
    holder.kill()
    kill_server(folder)
    holder.communicate()
    assert finish(python(START, str(folder))) == url


@pytest.fixture
def bystander(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """An innocent process of the server's account, whose number the server may once have had."""
    status = (folder / "data").stat()
    root = os.geteuid() == 0
    process = subprocess.Popen(
        ["sleep", "100"], user=status.st_uid if root else None, group=status.st_gid if root else None
    )
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize(
    "records",
    [
        [DATA_RECORD, SOCKET_RECORD],
        pytest.param([DATA_RECORD], marks=pytest.mark.long),
        pytest.param([SOCKET_RECORD], marks=pytest.mark.long),
    ],
)
def test_a_record_with_another_processs_number_is_not_mistaken_for_the_server(
    folder: Path, records: list[str], bystander: "subprocess.Popen[bytes]"
) -> None:
    mine = server(folder)
    mine.start()
    kill_server(folder)
    for record in map(folder.joinpath, records):
        lines = record.read_text().splitlines(keepends=True)
        record.write_text("".join([f"{bystander.pid}\n", *lines[1:]]))
    mine.stop()  # which must not be a signal to the bystander
    assert bystander.poll() is None
    mine.start()
    assert mine.running()
    assert bystander.poll() is None


def test_records_that_a_power_cut_left_empty_are_no_hindrance(folder: Path) -> None:
    mine = server(folder)
    mine.start()
    kill_server(folder)
    (folder / DATA_RECORD).write_bytes(b"")
    (folder / SOCKET_RECORD).write_bytes(b"")
    mine.start()
    assert mine.running()


def test_processes_of_a_killed_server_that_linger_are_waited_for(folder: Path) -> None:
    mine = server(folder)
    with psycopg.connect(mine.start()) as connection:
        busy = psutil.Process(connection.info.backend_pid)
        busy.suspend()
        try:
            kill_first(folder)
            starting = python(START, str(folder))
            time.sleep(0.5)
            assert starting.poll() is None, "it started while a process still held the data"
            assert server_process(folder / "data") is None
        finally:
            busy.resume()
        finish(starting)


def test_a_start_is_waited_for_when_its_starter_was_killed(folder: Path) -> None:
    """The server has begun to start, replays its log, and takes no connections yet."""
    mine = server(folder)
    mine.start()
    kill_server(folder)
    starter = python(START, str(folder))
    assert wait_for(lambda: server_process(folder / "data") is not None, patience=30)
    [main, *_] = processes(folder)
    main.suspend()
    starter.kill()
    starter.communicate()
    second = python(START, str(folder))
    time.sleep(0.5)
    assert second.poll() is None
    assert (folder / DATA_RECORD).read_text().startswith(f"{main.pid}\n"), (
        "a living server's record was touched"
    )
    main.resume()
    finish(second)
    [same, *_] = processes(folder)
    assert same.pid == main.pid


@pytest.mark.long
def test_a_start_that_hangs_is_given_up_with_the_log_named(folder: Path) -> None:
    mine = server(folder)
    mine.start()
    [main, *_] = processes(folder)
    for process in processes(folder):
        process.suspend()
    with pytest.raises(PrivateServerError, match=r"for 0 s: wait .*postgres\.log"):
        PrivateServer(folder, patience=0.3).start()
    assert alive(main)


@pytest.mark.parametrize(
    "after", [0.1, *(pytest.param(after, marks=pytest.mark.long) for after in (0.0, 0.05, 0.2, 0.3, 0.4))]
)
def test_data_that_were_being_made_at_a_kill_are_made_anew(fresh: Path, after: float) -> None:
    starter = python(START, str(fresh))
    assert wait_for((fresh / "data.new").exists, patience=30)
    time.sleep(after)
    for process in [*psutil.Process(starter.pid).children(recursive=True), psutil.Process(starter.pid)]:
        with suppress(psutil.NoSuchProcess):  # one of its short-lived programs may have ended meanwhile
            process.send_signal(signal.SIGKILL)
    starter.communicate()
    mine = server(fresh)
    with psycopg.connect(mine.start()) as connection:
        assert connection.execute("SELECT 7").fetchone() == (7,)
    assert not (fresh / "data.new").exists()


def test_a_database_that_was_not_made_before_a_kill_is_made_at_the_next_start(folder: Path) -> None:
    mine = server(folder)
    url = mine.start()
    with psycopg.connect(url.replace("/sunseal?", "/postgres?"), autocommit=True) as connection:
        connection.execute("DROP DATABASE sunseal WITH (FORCE)")
    kill_server(folder)
    with psycopg.connect(mine.start()) as connection:
        assert connection.info.dbname == "sunseal"
