"""Blocks that vanish: what was mined in them is sent again, and what was indexed from them is taken back."""

from typing import Any

from guarantees.chain import calls, index, outbox
from guarantees.chain.rebuild import rebuild
from guarantees.chain.refusals import State
from tests.integration.chain.world import YEAR, World


def snapshot(world: World) -> Any:
    return world.node.ask("evm_snapshot")


def revert(world: World, taken: Any) -> None:
    assert world.node.ask("evm_revert", taken)


def indexed(world: World, guarantee: bytes) -> bool:
    world.follow()
    with world.database.session() as session:
        return index.guarantee(session, guarantee) is not None


def test_a_mined_transaction_whose_block_vanishes_is_sent_again(anvil_world: World) -> None:
    world = anvil_world
    terms = world.terms(1)
    world.sender("guarantor", depth=3)
    taken = snapshot(world)
    world.want("guarantor", "issue", calls.issue(world.commitment(terms), world.chain_time() + YEAR))
    world.run("guarantor")
    world.run("guarantor")
    mined = world.progress("issue")
    assert mined.state == outbox.MINED
    assert indexed(world, world.id(terms))

    revert(world, taken)
    world.node.mine(2)  # another chain, as long
    assert not indexed(world, world.id(terms))
    world.run("guarantor")
    world.node.mine(4)
    world.run("guarantor")
    again = world.progress("issue")
    assert (again.state, again.transaction) == (outbox.CONFIRMED, mined.transaction)
    assert again.block != mined.block
    assert indexed(world, world.id(terms))
    assert world.gateway.guarantee(world.id(terms)).state == State.ISSUED
    assert rebuild(world.indexer()).is_equal


def test_a_reorganisation_deeper_than_the_depth_is_mended_all_the_same(anvil_world: World) -> None:
    world = anvil_world
    taken = snapshot(world)
    terms = world.presented(1)
    world.done("beneficiary", "release", calls.release(world.id(terms)))
    assert indexed(world, world.id(terms))
    revert(world, taken)
    assert not indexed(world, world.id(terms))
    for _ in range(4):
        world.run("guarantor")
        world.run("beneficiary")
    assert world.progress("issue 1").state == outbox.CONFIRMED
    assert indexed(world, world.id(terms))
    assert world.gateway.guarantee(world.id(terms)).state == State.RELEASED
    assert rebuild(world.indexer()).is_equal


def test_anvils_own_reorganisation_takes_nothing_away_for_good(anvil_world: World) -> None:
    world = anvil_world
    world.sender("guarantor", depth=2)
    wanted = [world.terms(number) for number in range(6)]
    for number, terms in enumerate(wanted):
        world.want(
            "guarantor", f"issue {number}", calls.issue(world.commitment(terms), world.chain_time() + YEAR)
        )
    world.run("guarantor")
    world.follow()
    world.node.ask("anvil_reorg", 4, [])
    world.follow()
    for _ in range(3):
        world.run("guarantor")
        world.node.mine()
    world.node.mine(3)
    world.run("guarantor")
    world.follow()
    for number, terms in enumerate(wanted):
        assert world.progress(f"issue {number}").state == outbox.CONFIRMED
        assert world.gateway.guarantee(world.id(terms)).state == State.ISSUED
        assert indexed(world, world.id(terms))
    assert world.gateway.node.nonce(world.address("guarantor")) == len(wanted)
    assert rebuild(world.indexer()).is_equal


def test_an_act_whose_first_mining_was_undone_can_be_refused_the_second_time(anvil_world: World) -> None:
    world = anvil_world
    world.sender("guarantor", depth=2)
    taken = snapshot(world)
    world.want("guarantor", "issue", calls.issue(world.commitment(world.terms(1)), world.chain_time() + 300))
    world.run("guarantor")
    revert(world, taken)
    world.node.set_next_time(world.chain_time() + 1000)
    world.node.mine(2)
    world.run("guarantor")
    world.node.mine(3)
    world.run("guarantor")
    found = world.progress("issue")
    assert found.state == outbox.REVERTED
    assert found.error is not None
    assert found.error["name"] == "ExpiryNotInFuture"
