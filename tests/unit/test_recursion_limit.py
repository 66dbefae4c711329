"""No library of ours leaves the limit of recursion raised: deeply nested JSON would then crash the interpreter."""

import subprocess
import sys

import pytest

from tests.environment import ROOT


@pytest.mark.parametrize(
    "module",
    [
        "guarantees.chain.node",
        "guarantees.chain.keystore",
        "devchain.chain",
        "app.factory",
        "app.cli.gateway",
    ],
)
def test_importing_it_leaves_the_limit_as_it_was(module: str) -> None:
    code = f"import sys, {module}; print(sys.getrecursionlimit())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1000"
