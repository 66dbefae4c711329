"""Web processes for tests to start and to kill, and a line to them that can be cut."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from tests.environment import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class WebProcess:
    """One web process on a port of its own; `start` again after a kill takes the same port."""

    def __init__(self, url: str, folder: Path, step: str = "none") -> None:
        self.port = free_port()
        self._arguments = [url, str(folder), str(self.port), step]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.faults.submission.web", *self._arguments]
        self._process = subprocess.Popen(command, cwd=ROOT)
        end = time.monotonic() + 30
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self._process.poll() is None, "the web process ended by itself"
            assert time.monotonic() < end, "the web process does not answer"
            time.sleep(0.05)

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def kept_alive(web: WebProcess) -> Iterator[None]:
    """The process, started again whenever it has died."""
    stopped = threading.Event()

    def watch() -> None:
        while not stopped.wait(0.05):
            if not web.is_alive():
                web.start()

    web.start()
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        stopped.set()
        watcher.join()
        web.kill()


class CuttingLine:
    """A TCP proxy that cuts each connection after a random number of bytes, in either direction."""

    def __init__(self, target: int, seed: int, at_least: int, at_most: int) -> None:
        self._target = target
        self._random = Random(seed)
        self._range = (at_least, at_most)
        self.cuts = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        budget = [self._random.randint(*self._range)]
        try:
            server = socket.create_connection(("127.0.0.1", self._target), 5)
        except OSError:
            client.close()
            return
        with client, server:
            back = threading.Thread(target=self._pump, args=(server, client, budget), daemon=True)
            back.start()
            self._pump(client, server, budget)
            back.join()

    def _pump(self, source: socket.socket, target: socket.socket, budget: list[int]) -> None:
        try:
            while content := source.recv(min(65536, max(1, budget[0]))):
                target.sendall(content)
                budget[0] -= len(content)
                if budget[0] <= 0:
                    self.cuts += 1
                    break
        except OSError:
            pass
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
