"""A stranger holds the ledger's guarantees against the contract, on a real node: `sunseal verify --chain --registry`."""

from dataclasses import replace

import pytest

from guarantees.after.clocks import End
from guarantees.after.demand_rules import Answer
from guarantees.chain import calls
from ledger.entries import Entry
from tests.guarantees import BENEFICIARY, GuaranteeWorld
from tests.integration.guarantees.test_after import (
    answer,
    answer_on_chain,
    demand,
    differences,
    end,
    presented,
)
from tests.log import ORIGIN
from tests.story import SUPERVISOR
from verifier.guarantees import Guarantees
from verifier.registry import InLedger, Registry, compare
from verifier.report import Level, Report


def told(world: GuaranteeWorld) -> dict[str, InLedger]:
    """What the entries lead to."""
    report = Report()
    found = Guarantees(ORIGIN, SUPERVISOR.verify_key, report)
    for index, entry in enumerate(world.entries(Entry)):
        found.take(index, entry)
    assert not [one.sentence for one in report if one.level is Level.WRONG]
    return found.standing()


def findings(world: GuaranteeWorld, here: dict[str, InLedger]) -> dict[str, tuple[Level, str]]:
    registry = Registry((world.chain.node.url,), "0x" + world.chain.gateway.deployment.registry.hex())
    report = Report()
    compare(here, registry.of(list(here)), report)
    return {name: (one.level, one.sentence) for name, one in zip(here, report, strict=True)}


def test_each_state_is_proved_and_each_lie_is_found(guarantees: GuaranteeWorld) -> None:
    world = guarantees
    stands, paid, refused, longer = (presented(world, bid=bid) for bid in (11, 12, 13, 14))
    released = presented(world, bid=21, lot="lot-2")
    end(world, End.CONTRACTED, lot="lot-2")
    for made, given in ((paid, Answer.PAID), (refused, Answer.REFUSED), (longer, Answer.EXTENDED)):
        demand(world, made, extension_days=30)
        world.settle()
        answer(world, made, given)
    here = told(world)
    assert {name: one.state for name, one in here.items()} == {
        stands.id.hex(): "presented",
        paid.id.hex(): "paid",
        refused.id.hex(): "refused",
        longer.id.hex(): "presented",
        released.id.hex(): "released",
    }
    assert {level for level, _ in findings(world, here).values()} == {Level.PROVED}

    name = stands.id.hex()
    for lie in ("paid", "released", "refused", "expired"):
        changed = replace(here[name], state=lie, expiry=here[name].expiry + (lie == "expired"))
        level, sentence = findings(world, {name: changed})[name]
        assert (level, f"is {lie} here and presented on the chain" in sentence) == (Level.WRONG, True)
    unknown = {"ee" * 32: here[name]}
    assert "never issued" in findings(world, unknown)["ee" * 32][1]

    demand(world, stands)
    level, sentence = findings(world, told(world))[name]
    assert (level, "the chain has yet to follow" in sentence) == (Level.NOTED, True)
    world.settle()
    assert findings(world, told(world))[name][0] is Level.PROVED


@pytest.mark.parametrize("given", [Answer.REFUSED, Answer.EXTENDED])
def test_a_beneficiary_that_releases_lets_an_answer_without_notice_stand(
    guarantees: GuaranteeWorld, given: Answer
) -> None:
    world = guarantees
    made = presented(world)
    demand(world, made, extension_days=30)
    world.settle()
    answer_on_chain(world, made, given, bytes(32), settle=False)
    world.chain.done(BENEFICIARY, f"let go {made.id.hex()}", calls.release(made.id))
    world.settle()
    assert world.row(made).state == "released"
    here = told(world)
    assert here[made.id.hex()].state == "released"
    assert findings(world, here)[made.id.hex()][0] is Level.PROVED
    assert differences(world) == ["answer"], "no document came"
