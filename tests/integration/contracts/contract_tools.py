"""Where the contracts' tools are, and the one line that says why a test skips without them."""

import pytest

from tests.environment import ROOT, program

CONTRACTS = ROOT / "contracts"


def module(*parts: str) -> str:
    """A path in contracts/node_modules; skips where the package, or node, is not installed."""
    program("node")
    path = CONTRACTS.joinpath("node_modules", *parts)
    if not path.exists():
        pytest.skip(f"contracts/node_modules has no {'/'.join(parts)}: make setup-dev installs it")
    return str(path)


def forge() -> str:
    """The path of forge, which also needs solc and OpenZeppelin."""
    module("solc")
    module("@openzeppelin", "contracts")
    return module("@foundry-rs", "forge-linux-amd64", "bin", "forge")
