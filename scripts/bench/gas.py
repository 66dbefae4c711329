"""What the contracts' acts cost in gas, beside the nearest thing that others' contracts do (docs/gas.md).

Issuing a guarantee commits a hash with its expiry: beside it stands an attestation of the same two values in the
Ethereum Attestation Service, and the minting of OpenZeppelin's token. Acts that nobody else has stand beside their aim.
Without the others' npm packages (make setup-dev) every act stands beside its aim alone.
"""

from collections.abc import Iterator

from scripts.bench.measure import Result, cost
from scripts.gas import ours, peers


def run() -> Iterator[Result]:
    acts = ours.measured()
    others = peers.measured() if peers.are_installed() else []
    for name, other in zip(("token", "attestation"), others, strict=False):
        yield cost(f"gas.issue.{name}", acts[0].gas, "gas", other.act, other.gas)
    for act in acts:
        if act.aim is not None:
            yield cost(f"gas.{act.act}", act.gas, "gas", "the aim", act.aim)
