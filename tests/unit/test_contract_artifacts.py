"""The compiled contracts as a program that is installed finds them."""

import json

import pytest

import contracts
from scripts.contracts import ARTIFACTS, NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_artifact_is_what_the_compiler_left(name: str) -> None:
    kept = json.loads((ARTIFACTS / f"{name}.json").read_text("utf-8"))
    found = contracts.artifact(name)
    assert found.abi == kept["abi"]
    assert "0x" + found.bytecode.hex() == kept["bytecode"]
    assert "0x" + found.deployed_bytecode.hex() == kept["deployedBytecode"]
    assert found.deployed_bytecode in found.bytecode


@pytest.mark.parametrize("name", ["", "Nothing", "compiler-input", "../artifacts/LedgerAnchor"])
def test_what_is_no_contract_is_an_error(name: str) -> None:
    with pytest.raises(LookupError, match="no contract"):
        contracts.artifact(name)
