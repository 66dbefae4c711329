"""The sender's own promises, on both nodes: once, in order, unstuck, and clear about what is in the way."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from guarantees.chain import calls, outbox
from guarantees.chain.errors import NodeRefusedError, PurposeTakenError
from guarantees.chain.fees import Fee, first
from guarantees.chain.keystore import KeystoreSigner
from guarantees.chain.models import AttemptRow, KeyRow, OutboxRow
from guarantees.chain.sender import Sender
from guarantees.chain.signer import signed_by
from guarantees.chain.transaction import Transaction, hash_of
from tests.integration.chain.world import YEAR, World


def issue(world: World, number: int) -> calls.Call:
    return calls.issue(world.commitment(world.terms(number)), world.chain_time() + YEAR)


def attempts(world: World, purpose: str) -> list[AttemptRow]:
    with world.database.session() as session:
        query = select(AttemptRow).join(OutboxRow).where(OutboxRow.purpose == purpose).order_by(AttemptRow.id)
        return list(session.execute(query).scalars())


def foreign(world: World, name: str, nonce: int, *, tip: int = 10**9) -> bytes:
    """A transaction of the key that is not in the outbox, sent to the node; its hash."""
    fee = first(world.gateway.node.market())
    transaction = Transaction(
        world.gateway.deployment.chain_id, nonce, Fee(fee.most + tip, tip), 21_000, world.address(name), b""
    )
    raw = signed_by(world.node.signers[name], transaction)
    world.gateway.node.send(raw)
    return hash_of(raw)


def test_what_is_wanted_twice_is_done_once(world: World) -> None:
    call = issue(world, 1)
    world.want("guarantor", "issue", call)
    world.want("guarantor", "issue", call)
    with pytest.raises(PurposeTakenError):
        world.want("guarantor", "issue", issue(world, 2))
    world.run("guarantor")
    assert world.progress("issue").state == outbox.CONFIRMED
    assert world.gateway.node.nonce(world.address("guarantor")) == 1


def test_what_was_wanted_in_a_transaction_that_rolled_back_is_not_wanted(world: World) -> None:
    with world.database.session() as session:
        outbox.want(session, issue(world, 1), key=world.address("guarantor"), purpose="x", now=world.now())
        session.rollback()
    assert not world.sender("guarantor").run()


def test_forty_acts_are_mined_in_the_order_in_which_they_were_wanted(world: World) -> None:
    for number in range(40):
        world.want("guarantor", f"issue {number}", issue(world, number))
    world.run("guarantor")
    found = [world.progress(f"issue {number}") for number in range(40)]
    assert all(one.state == outbox.CONFIRMED for one in found)
    blocks = [one.block or 0 for one in found]
    assert blocks == sorted(blocks)


def test_a_refused_act_does_not_hold_up_those_behind_it(world: World) -> None:
    world.want("guarantor", "bad", calls.issue(bytes(32), 1))
    world.want("guarantor", "good", issue(world, 1))
    world.run("guarantor")
    assert world.progress("bad").state == outbox.REVERTED
    assert world.progress("good").state == outbox.CONFIRMED


def test_an_act_for_more_gas_than_a_block_has_gets_no_nonce(world: World) -> None:
    call = issue(world, 1)
    world.want("guarantor", "huge", calls.Call(call.contract, call.data, 10**9))
    world.want("guarantor", "good", call)
    world.run("guarantor")
    found = world.progress("huge")
    assert found.state == outbox.REFUSED
    assert found.error is not None
    assert "split the batch" in found.error["sentence"]
    assert world.progress("good").state == outbox.CONFIRMED


def test_an_act_is_final_only_with_the_depth_upon_it(world: World) -> None:
    world.sender("guarantor", depth=3)
    world.want("guarantor", "issue", issue(world, 1))
    world.run("guarantor")
    world.sender("guarantor").run()
    assert world.progress("issue").state == outbox.MINED
    world.node.mine(2)
    world.run("guarantor")
    assert world.progress("issue").state == outbox.MINED
    world.node.mine(1)
    world.run("guarantor")
    assert world.progress("issue").state == outbox.CONFIRMED


def test_what_the_node_forgot_is_sent_again(world: World) -> None:
    world.sender("guarantor")
    world.node.hold_back()
    world.want("guarantor", "issue", issue(world, 1))
    world.run("guarantor")
    world.node.drop(attempts(world, "issue")[0].hash)
    world.node.mine()
    world.run("guarantor")
    assert world.progress("issue").state == outbox.SENT
    world.clock_ahead += timedelta(seconds=20)
    world.run("guarantor")
    world.node.mine()
    world.run("guarantor")
    assert world.progress("issue").state == outbox.CONFIRMED
    assert len(attempts(world, "issue")) == 1


def test_a_stuck_transaction_is_replaced_with_a_higher_fee(world: World) -> None:
    world.sender("guarantor")
    world.node.hold_back()
    world.want("guarantor", "issue", issue(world, 1))
    world.run("guarantor")
    world.clock_ahead += timedelta(seconds=60)
    world.run("guarantor")
    world.run("guarantor")
    old, new = attempts(world, "issue")
    assert old.nonce == new.nonce
    assert new.max_fee >= old.max_fee * 1.1
    assert (new.tip or 0) >= (old.tip or 0) * 1.1
    world.node.mine()
    world.run("guarantor")
    found = world.progress("issue")
    assert (found.state, found.transaction) == (outbox.CONFIRMED, new.hash)


def test_the_older_attempt_counts_if_it_is_the_one_that_was_mined(world: World) -> None:
    world.sender("guarantor")
    world.node.hold_back()
    world.want("guarantor", "issue", issue(world, 1))
    world.run("guarantor")
    world.clock_ahead += timedelta(seconds=60)
    world.run("guarantor")
    world.run("guarantor")
    old, new = attempts(world, "issue")
    world.node.drop(new.hash)
    world.gateway.node.send(old.raw)
    world.node.mine()
    world.run("guarantor")
    found = world.progress("issue")
    assert (found.state, found.transaction) == (outbox.CONFIRMED, old.hash)
    assert world.gateway.node.nonce(world.address("guarantor")) == 1


def test_a_transaction_that_the_node_finds_too_cheap_is_replaced_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.want("guarantor", "issue", issue(world, 1))
    send, sender = world.gateway.node.send, world.sender("guarantor")
    refused: list[bytes] = []

    def choosy(raw: bytes) -> None:
        if raw in refused or not refused:
            refused.append(raw)
            raise NodeRefusedError("eth_sendRawTransaction", -32000, "transaction underpriced")
        send(raw)

    monkeypatch.setattr(world.gateway.node, "send", choosy)
    with pytest.raises(NodeRefusedError, match="underpriced"):
        sender.run()
    assert world.progress("issue").trouble == "transaction underpriced"
    world.clock_ahead += timedelta(seconds=60)
    with pytest.raises(NodeRefusedError, match="underpriced"):
        sender.run()
    world.run("guarantor")
    assert world.progress("issue").state == outbox.CONFIRMED
    assert len(attempts(world, "issue")) == 2


def test_no_more_than_the_limit_is_offered_and_that_is_said(world: World) -> None:
    world.sender("guarantor", highest_fee=1)
    world.node.hold_back()
    world.want("guarantor", "issue", issue(world, 1))
    world.run("guarantor")
    world.clock_ahead += timedelta(seconds=60)
    world.run("guarantor")
    assert len(attempts(world, "issue")) == 1
    assert "more than the limit is not offered" in (world.progress("issue").trouble or "")


def test_a_nonce_that_another_program_used_is_named_and_the_act_done_with_the_next(world: World) -> None:
    world.sender("guarantor", depth=2)
    world.node.hold_back()
    world.want("guarantor", "issue", issue(world, 1))
    world.run("guarantor")
    world.node.drop(attempts(world, "issue")[0].hash)
    other = foreign(world, "guarantor", 0)
    world.node.mine()
    world.run("guarantor")
    assert world.progress("issue").state == outbox.SENT  # the depth is not upon it: nothing is decided
    assert len(attempts(world, "issue")) == 1
    world.node.mine(2)
    world.sender("guarantor").run()
    world.run("guarantor")
    assert [one.nonce for one in attempts(world, "issue")] == [0, 1]
    world.node.mine(4)
    world.run("guarantor")
    assert world.progress("issue").state == outbox.CONFIRMED
    assert world.gateway.node.receipt(other) is not None


def test_the_foreign_transaction_is_told_by_its_hash(world: World) -> None:
    world.sender("guarantor")
    world.node.hold_back()
    world.want("guarantor", "issue", issue(world, 1))
    world.run("guarantor")
    world.node.drop(attempts(world, "issue")[0].hash)
    other = foreign(world, "guarantor", 0)
    world.node.mine()
    world.sender("guarantor", depth=0).run()
    assert other.hex() in (world.progress("issue").trouble or "")


def test_a_key_that_others_used_before_goes_on_from_the_chains_nonce(world: World) -> None:
    world.want("guarantor", "issue 1", issue(world, 1))
    world.run("guarantor")
    foreign(world, "guarantor", 1)
    foreign(world, "guarantor", 2)
    world.want("guarantor", "issue 2", issue(world, 2))
    world.run("guarantor")
    assert world.progress("issue 2").state == outbox.CONFIRMED
    assert attempts(world, "issue 2")[0].nonce == 3


def test_a_gap_between_nonces_is_filled(world: World) -> None:
    """As after a reorganisation that undid a foreign transaction of the key."""
    with world.database.session() as session:
        session.add(KeyRow(address=world.address("guarantor"), next_nonce=2))
        session.commit()
    world.want("guarantor", "issue", issue(world, 1))
    for _ in range(4):
        world.run("guarantor")
    assert world.progress("issue").state == outbox.CONFIRMED
    with world.database.session() as session:
        fillers = session.execute(select(func.count()).where(OutboxRow.contract == "")).scalar_one()
    assert fillers == 2
    assert world.gateway.node.nonce(world.address("guarantor")) == 3


def test_a_key_without_money_says_so_and_goes_on_when_it_has_some(world: World) -> None:
    world.node.signers["poor"] = KeystoreSigner(sha256(b"poor").digest())
    world.want("poor", "issue", issue(world, 1))
    with pytest.raises(NodeRefusedError, match=r"(?i)insufficient funds"):
        world.sender("poor").run()
    found = world.progress("issue")
    assert found.state == outbox.SIGNED
    assert "nsufficient funds" in (found.trouble or "")


def test_a_second_sender_of_the_key_waits(world: World) -> None:
    first_sender = world.sender("guarantor")
    first_sender.run()
    second = Sender(first_sender._setting)
    world.want("guarantor", "issue", issue(world, 1))
    assert not second.run()
    second.close()
    assert world.progress("issue").state == outbox.WANTED
