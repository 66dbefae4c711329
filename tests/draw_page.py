"""The scripts of docs/spec/draw.md as they stand there, run on files as a stranger has them.

    redone(folder)            what redo.py prints of `population`, `terms` and `record` in a folder: a process of its own
    committed(folder)         what committed.py prints, with `names` too
    redone_here(one, two, three)     the same as `redone` in this process, for many small draws

FailedError, with what it said, where a script fails.
"""

import io
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.environment import ROOT

REDO, COMMITTED = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "spec" / "draw.md").read_text("utf-8"), re.DOTALL
)
_REDO = compile(REDO, "redo.py", "exec")


class FailedError(Exception):
    pass


def redone(folder: Path) -> list[list[Any]]:
    """[number, position, answer] of each call, or [position, inspectors] of each object."""
    return _rows(_run(REDO, folder, "population", "terms", "record"))


def committed(folder: Path) -> list[int]:
    """The positions whose names are shown."""
    said = _run(COMMITTED, folder, "population", "terms", "names", "record")
    return [int(line.split()[0]) for line in said.splitlines()]


def redone_here(population: bytes, terms: bytes, record: bytes) -> list[list[Any]]:
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("population", "terms", "record")]
        for path, content in zip(paths, (population, terms, record), strict=True):
            path.write_bytes(content)
        with patch.object(sys, "argv", ["redo.py", *map(str, paths)]), redirect_stdout(said):
            try:
                exec(_REDO, {})
            except Exception as error:
                raise FailedError(repr(error)) from error
    return _rows(said.getvalue())


def order() -> Callable[[bytes, int], list[int]]:
    """The function of that name in redo.py."""
    lines = REDO.splitlines(keepends=True)
    begin = next(at for at, line in enumerate(lines) if line.startswith("def hash512"))
    end = next(at for at, line in enumerate(lines) if line.startswith("def may"))
    names: dict[str, Any] = {}
    exec("".join([lines[0], *lines[begin:end]]), names)
    found: Callable[[bytes, int], list[int]] = names["order"]
    return found


def _run(script: str, folder: Path, *names: str) -> str:
    """By the standard library alone: -I -S leaves out whatever is installed."""
    command: Sequence[str] = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        script,
        *(str(folder / name) for name in names),
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise FailedError(done.stderr)
    return done.stdout


def _rows(said: str) -> list[list[Any]]:
    """Python's tuples and lists of numbers and plain words are JSON but for their brackets and quotes."""
    found: list[list[Any]] = []
    for line in filter(None, said.splitlines()):
        if line.startswith("("):
            found.append(json.loads(f"[{line[1:-1]}]".replace("'", '"')))
        else:
            position, _, inspectors = line.partition(" ")
            found.append([int(position), json.loads(inspectors)])
    return found
