"""The committed artifacts are those of the sources, and say what the contracts promise."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from scripts import contracts
from tests.integration.contracts.contract_tools import CONTRACTS, module

EIP_170 = 24_576
"""The largest code that an account can have, in bytes."""


def artifact(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((contracts.ARTIFACTS / f"{name}.json").read_text("utf-8"))
    return loaded


def test_the_committed_artifacts_are_what_the_sources_give_byte_for_byte() -> None:
    module("solc")
    module("@openzeppelin", "contracts")
    assert contracts.differences() == []


def test_a_changed_artifact_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module("solc")
    module("@openzeppelin", "contracts")
    for path in contracts.ARTIFACTS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "LedgerAnchor.json").write_bytes((tmp_path / "LedgerAnchor.json").read_bytes() + b"\n")
    (tmp_path / "GuaranteeRegistry.json").unlink()
    (tmp_path / "Stray.json").touch()
    monkeypatch.setattr(contracts, "ARTIFACTS", tmp_path)
    assert contracts.differences() == [
        "GuaranteeRegistry.json is missing",
        "LedgerAnchor.json is not what the sources give",
        "Stray.json comes from no source",
    ]


def test_the_command_refuses_what_is_neither_build_nor_check() -> None:
    command = [sys.executable, "-m", "scripts.contracts", "clean"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=CONTRACTS.parent)
    assert result.returncode == 1
    assert result.stderr.strip() == "usage: python -m scripts.contracts build|check"


def test_what_forge_tests_is_compiled_as_what_is_deployed() -> None:
    forge = tomllib.loads((CONTRACTS / "foundry.toml").read_text())["profile"]["default"]
    optimizer = contracts.SETTINGS["optimizer"]
    assert forge["evm_version"] == contracts.SETTINGS["evmVersion"]
    assert forge["via_ir"] == contracts.SETTINGS["viaIR"]
    assert (forge["optimizer"], forge["optimizer_runs"]) == (optimizer["enabled"], optimizer["runs"])


def test_the_compiler_input_has_the_sources_as_they_are() -> None:
    given = json.loads((contracts.ARTIFACTS / contracts.INPUT).read_text("utf-8"))
    ours = {name for name in given["sources"] if name.startswith("src/")}
    assert ours == {f"src/{path.name}" for path in (CONTRACTS / "src").glob("*.sol")}
    for name in ours:
        assert given["sources"][name]["content"] == (CONTRACTS / name).read_text("utf-8")


@pytest.mark.parametrize("name", contracts.NAMES)
def test_code_fits_an_account_and_calls_no_other_code(name: str) -> None:
    code = bytes.fromhex(artifact(name)["deployedBytecode"].removeprefix("0x"))
    assert 0 < len(code) <= EIP_170
    assert "delegatecall" not in "".join(path.read_text() for path in (CONTRACTS / "src").glob("*.sol"))


@pytest.mark.parametrize("name", contracts.NAMES)
def test_every_function_event_and_error_of_ours_is_documented(name: str) -> None:
    found = artifact(name)
    source = "".join(path.read_text("utf-8") for path in (CONTRACTS / "src").glob("*.sol"))
    documented = "".join(
        json.dumps(found[notes].get(part, {}))
        for notes in ("userdoc", "devdoc")
        for part in ("methods", "events", "errors", "stateVariables")
    )
    for item in found["abi"]:
        kind = item["type"]
        if kind in ("function", "event", "error") and f"{kind} {item['name']}(" in source:
            assert f'"{item["name"]}(' in documented, item["name"]


def test_a_guarantee_is_one_slot() -> None:
    layout = artifact("GuaranteeRegistry")["storageLayout"]
    (slots,) = [entry for entry in layout["storage"] if entry["label"] == "_kept"]
    kept = layout["types"][layout["types"][slots["type"]]["value"]]
    assert int(kept["numberOfBytes"]) == 32
