"""The client in the browser and the Python reference agree: one set of vectors, checked by both."""

import subprocess

import pytest

from scripts.node import command
from tests.environment import ROOT
from tests.vectors.client_vectors import FOLDER, files

MADE = dict(files())


@pytest.mark.parametrize("name", MADE)
def test_the_vectors_are_what_the_reference_makes(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == MADE[name], "run: python -m tests.vectors.client_vectors"


def test_the_program_in_the_browser_gets_the_same() -> None:
    if not (ROOT / "client" / "node_modules").is_dir():
        pytest.skip("client/node_modules is not installed: make client installs it")
    done = subprocess.run(
        command(["--test", "client/test/*.test.ts"]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
