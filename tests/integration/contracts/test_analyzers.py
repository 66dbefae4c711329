"""Slither finds nothing above "informational", and halmos proves every transition, where they are installed."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.environment import program
from tests.integration.contracts.contract_tools import CONTRACTS, forge

pytestmark = pytest.mark.long

PROOFS = 7
GRAVE = {"High", "Medium", "Low"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The contracts in a folder of the test's own, for both tools write into it."""
    for name in ("src", "test", "tools"):
        shutil.copytree(CONTRACTS / name, tmp_path / name)
    for name in ("foundry.toml", "slither.config.json"):
        shutil.copy(CONTRACTS / name, tmp_path / name)
    (tmp_path / "node_modules").symlink_to(CONTRACTS / "node_modules")
    return tmp_path


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs it with forge on the path, which both tools call."""
    path = os.pathsep.join([str(Path(forge()).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=400
    )


def test_slither_finds_nothing_above_informational(copy: Path) -> None:
    result = run(copy, program("slither"), ".", "--json", "findings.json", "--fail-none")
    assert (copy / "findings.json").exists(), result.stderr[-2000:]
    report = json.loads((copy / "findings.json").read_text())
    assert report["success"], report["error"]
    found = report["results"].get("detectors", [])
    assert not [one["description"] for one in found if one["impact"] in GRAVE]


def test_halmos_proves_every_transition(copy: Path) -> None:
    command = (program("halmos"), "--function", "check_", "--json-output", "proofs.json", "--no-status")
    result = run(copy, *command, "--contract", "TransitionsTest")
    assert (copy / "proofs.json").exists(), result.stdout[-2000:] + result.stderr[-2000:]
    (tests,) = json.loads((copy / "proofs.json").read_text())["test_results"].values()
    assert len(tests) == PROOFS
    assert [one["name"] for one in tests if one["exitcode"] != 0] == []
