"""The contracts' own tests, run by forge: units, refusals, fuzzing, invariants, gas and the example of the page."""

import json
import os
import subprocess

import pytest

from tests.integration.contracts.contract_tools import CONTRACTS, forge

COUNTED = {
    "test/Fuzz.t.sol:FuzzTest": 6,
    "test/Gas.t.sol:GasTest": 4,
    "test/GuaranteeRegistry.t.sol:GuaranteeRegistryTest": 20,
    "test/Invariants.t.sol:InvariantsTest": 1,
    "test/LedgerAnchor.t.sol:LedgerAnchorTest": 10,
    "test/Refusals.t.sol:RefusalsTest": 30,
    "test/SpecExample.t.sol:SpecExampleTest": 1,
}
"""So that a suite that forge no longer finds is not taken for one that passes."""


def run(profile: str, *options: str) -> dict[str, dict[str, str]]:
    """What forge says of each test: suite, then test, then its status."""
    result = subprocess.run(
        [forge(), "test", "--json", *options],
        cwd=CONTRACTS,
        env={**os.environ, "FOUNDRY_PROFILE": profile},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        suites = json.loads(result.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        pytest.fail(f"forge gave no result:\n{result.stdout[-2000:]}\n{result.stderr[-2000:]}")
    return {
        suite: {
            name: test["status"] + f" {test['reason'] or ''}" for name, test in found["test_results"].items()
        }
        for suite, found in suites.items()
    }


def check(suites: dict[str, dict[str, str]], counted: dict[str, int]) -> None:
    failed = {name: said for tests in suites.values() for name, said in tests.items() if said != "Success "}
    assert not failed
    assert {suite: len(tests) for suite, tests in suites.items()} == counted


@pytest.mark.long
def test_every_test_of_the_contracts_passes_and_none_is_lost() -> None:
    check(run("default"), COUNTED)


def test_the_contracts_do_and_refuse_what_the_page_says() -> None:
    check(
        run("default", "--no-match-contract", "InvariantsTest|FuzzTest"),
        {
            suite: count
            for suite, count in COUNTED.items()
            if "Invariants" not in suite and "Fuzz.t" not in suite
        },
    )


@pytest.mark.long
def test_invariants_hold_over_125000_acts() -> None:
    suite = "test/Invariants.t.sol:InvariantsTest"
    check(run("long", "--match-contract", "InvariantsTest"), {suite: 1})
