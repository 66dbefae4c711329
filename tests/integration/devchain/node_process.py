"""A node as a process of its own, which a test may kill."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVING = re.compile(r"serving (http://\S+),")


class NodeProcess:
    """`sunseal chain run` over a folder, on a port of its own choosing."""

    def __init__(self, var: Path, *options: str) -> None:
        self.process = start(var, *options)
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()
        found = SERVING.search(self.first_line)
        if found is None:
            self.process.wait()
            raise AssertionError(self.first_line + self.process.stdout.read())
        self.url = found.group(1)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self._ended()

    def stop(self) -> str:
        """Ends it politely; what it had said since its first line."""
        self.process.terminate()
        return self._ended()

    def _ended(self) -> str:
        assert self.process.stdout is not None
        said = self.process.stdout.read()  # communicate() would leave out what readline() has read ahead
        self.process.communicate(timeout=20)
        return said


def start(var: Path, *options: str) -> subprocess.Popen[str]:
    """The process, which may not be ready."""
    command = [*_command("run"), "--var", str(var), "--listen", "127.0.0.1:0", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@contextmanager
def running(var: Path, *options: str) -> Iterator[NodeProcess]:
    node = NodeProcess(var, *options)
    try:
        yield node
    finally:
        if node.process.poll() is None:
            node.kill()


def sunseal(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(*arguments), capture_output=True, text=True, check=False, timeout=120)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from app.cli.main import main; main()", "chain", *arguments]
