"""A private PostgreSQL for a machine without one: development, a trial, the tests.

    server = PrivateServer(Path("var/postgres"))
    database = Database(server.start())

    var/postgres/data/               the data (of the account the server runs as, mode 0700)
    var/postgres/run/                the socket; there is no network port
    var/postgres/log/postgres.log    what it says, without the rows' contents

It belongs to the folder and not to a process. `start` finds it running or starts it, and any number of
processes may; it goes on when they end, orderly or killed, and is there when they come again. Nothing stops
it but `stop` (`sunseal db stop`) and the machine's own end; there is no counting of users, since a killed one
could not be counted down, and a server that ends with its "last" user ends under the one nobody counted.

It is as durable as any PostgreSQL (fsync, full_page_writes and synchronous_commit are on, whatever the
configuration file says): a commit survives a `kill -9` of everything. It is *not* fit for production: one
disk, no replica, no backups, and its account can do all with it.

The steps of `start`, under a lock on the folder, which the kernel drops with its holder:

1. If it runs, be done; if it is just starting or stopping, wait for that.
2. Make the data, unless they are there (storage/server_data.py).
3. Remove what a killed server has left and a new one would stop at (storage/server_process.py).
4. Start it, in a session of its own (a terminal's Ctrl-C does not reach it). The processes of a killed one
   end within moments; while they hold the data, try again.
5. Make the database in it, unless it is there.
"""

import shlex
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

from storage.errors import PrivateServerError
from storage.folder_lock import PAUSE, folder_lock, wait_for
from storage.server_account import Account, choose_account, grant_passage
from storage.server_data import make_data
from storage.server_process import PORT, USER, answers, remove_stale_records, server_process
from storage.server_programs import programs_folder, run_program
from storage.server_socket import make_private_folder, socket_folder

DATABASE = "sunseal"
# What PostgreSQL says while processes of a killed server still hold the data.
_STILL_HELD = "pre-existing shared memory block"
STOPS = 2
"""How often pg_ctl is asked to stop a server: on a busy machine it can fail once, and the server goes on."""
_UNTELLABLE = frozenset('"$`\\\n')


class PrivateServer:
    """The PostgreSQL of one folder. `patience` is how long starting or stopping may take, in seconds.

    A server that was killed replays its log first, at some 100 MB a second. Raises PrivateServerError for a
    folder whose name pg_ctl cannot be told.
    """

    def __init__(self, folder: Path, *, patience: float = 60.0) -> None:
        self._folder = folder.absolute()
        if _UNTELLABLE & set(str(self._folder)):
            raise PrivateServerError(
                f"{self._folder} has one of {' '.join(sorted(map(repr, _UNTELLABLE)))} in its name, which "
                "pg_ctl would hand to a shell: keep the private PostgreSQL elsewhere"
            )
        self._data = self._folder / "data"
        self._socket = socket_folder(self._folder)
        self._patience = patience

    @property
    def url(self) -> str:
        """The database's URL, which psql takes too; the same at each start.

        It holds no password: the socket's folder is closed instead.
        """
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self._socket), safe='')}&port={PORT}"

    @property
    def log_file(self) -> Path:
        """Where the server says what it does, and why it does not start."""
        return self._folder / "log" / "postgres.log"

    def running(self) -> bool:
        """Whether it takes connections now."""
        return answers(self._socket)

    def start(self) -> str:
        """Find it running or start it; return its URL.

        Raises PrivateServerError, which names the log file once there is one.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PrivateServerError(
                f"the private PostgreSQL's folder {self._folder} cannot be made: {error.strerror}; "
                "name a database with DATABASE_URL"
            ) from error
        with self._lock():
            account = choose_account(self._data)
            if not self._settled():  # 1
                if account is not None:
                    grant_passage(account, [self._folder, programs_folder()])
                make_data(self._data, account, patience=self._patience)  # 2
                make_private_folder(self._socket, account)
                make_private_folder(self.log_file.parent, account)
                remove_stale_records(self._data, self._socket)  # 3
                self._launch(account)  # 4
            self._make_database()  # 5
        return self.url

    def stop(self) -> None:
        """End the server, under whoever still uses it: transactions that are open are rolled back.

        No error if it does not run. Raises PrivateServerError if it does not end in time.
        """
        if not self._data.exists():
            return
        with self._lock():
            account = choose_account(self._data)
            if not self._settled():
                return
            said = ""
            for attempt in range(STOPS):
                if attempt:
                    time.sleep(1)
                    if not self._settled():
                        break
                done = run_program(
                    "pg_ctl",
                    *("stop", "--wait", "--pgdata", str(self._data), "--mode", "fast"),
                    *("--timeout", str(round(self._patience))),
                    account=account,
                    timeout=self._patience + 10,
                )
                if done.returncode == 0:
                    break
                said = " ".join(done.stdout.split())
            else:
                raise PrivateServerError(f"the private PostgreSQL did not stop ({said}): see {self.log_file}")
            with suppress(OSError):
                self._socket.rmdir()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with ExitStack() as held:
            try:
                held.enter_context(folder_lock(self._folder, patience=self._patience))
            except TimeoutError as error:
                raise PrivateServerError(
                    f"another process has been starting or stopping the private PostgreSQL in {self._folder} "
                    f"for {self._patience:.0f} s: end it and start again"
                ) from error
            except OSError as error:
                raise PrivateServerError(
                    f"the private PostgreSQL's folder {self._folder} cannot be used: {error.strerror}; "
                    "name a database with DATABASE_URL"
                ) from error
            yield

    def _settled(self) -> bool:
        """Whether it runs; waits while it is starting or stopping."""

        def decided() -> bool:
            return self.running() or server_process(self._data) is None

        if not wait_for(decided, patience=self._patience):
            raise PrivateServerError(
                f"the private PostgreSQL has been starting or stopping for {self._patience:.0f} s: "
                f"wait for it and start again, or see {self.log_file}"
            )
        return self.running()

    def _launch(self, account: Account | None) -> None:
        deadline = time.monotonic() + self._patience
        while True:
            before = self._log_length()
            done = run_program(
                "pg_ctl",
                *("start", "--wait", "--pgdata", str(self._data), "--log", str(self.log_file)),
                *("--timeout", str(round(self._patience)), "--options", shlex.join(self._settings())),
                account=account,
                timeout=self._patience + 10,
            )
            if done.returncode == 0:
                return
            said = self._said_since(before) or done.stdout.splitlines()
            if not any(_STILL_HELD in line for line in said) or time.monotonic() > deadline:
                reason = ([line for line in said if "FATAL" in line or "PANIC" in line] or said or [""])[-1]
                raise PrivateServerError(
                    f"the private PostgreSQL did not start: {reason.strip()}; see {self.log_file}"
                )
            time.sleep(PAUSE)

    def _settings(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            # A list: a folder with a comma or a space in its name must be quoted.
            "unix_socket_directories": '"' + str(self._socket).replace('"', '""') + '"',
            "unix_socket_permissions": "0700",
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            # In the data folder and not in /dev/shm: that is small in a container, and there what a killed
            # server leaves is nobody's.
            "dynamic_shared_memory_type": "mmap",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Without the detail, which is where a row's contents would stand.
            "log_error_verbosity": "terse",
        }
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _make_database(self) -> None:
        try:
            with psycopg.connect(
                host=str(self._socket), port=PORT, user=USER, dbname="postgres", autocommit=True
            ) as connection:
                found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if found.fetchone() is None:
                    connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.Error as error:
            raise PrivateServerError(
                f"the private PostgreSQL runs but does not serve: {error}; see {self.log_file}"
            ) from error

    def _log_length(self) -> int:
        return self.log_file.stat().st_size if self.log_file.exists() else 0

    def _said_since(self, length: int) -> list[str]:
        """The lines of the log since it was `length` bytes long, those of a killed server's rest too."""
        try:
            with self.log_file.open("rb") as file:
                file.seek(length)
                return file.read().decode(errors="replace").splitlines()
        except OSError:
            return []
