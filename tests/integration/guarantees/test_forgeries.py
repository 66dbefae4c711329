"""Forged and worthless guarantees are found at the opening, each by its own word; a good one is presented."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.signatures import SigningKey
from guarantees.chain.deployment import Deployment
from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from guarantees.signed import SignedGuarantee
from ledger.entries import GuaranteeChecked, GuaranteePresented
from tests.guarantee_example import TENDEREE, signed
from tests.guarantees import BANKS, BOND, GuaranteeWorld


def altered(made: SignedGuarantee, **fields: object) -> SignedGuarantee:
    """Other words under the signature that was made."""
    return replace(made, undertaking=replace(made.undertaking, **fields))  # type: ignore[arg-type]


def test_a_guarantee_that_holds_is_presented_on_chain(guarantees: GuaranteeWorld) -> None:
    made = guarantees.issued(1)
    assert guarantees.open(made, bid=11) == "verified"
    assert guarantees.open(made, bid=11) == "verified"  # handed over again, it finds the same
    assert guarantees.chain.gateway.guarantee(made.id).state == "Issued"
    guarantees.settle()
    assert guarantees.chain.gateway.guarantee(made.id).state == "Presented"
    (checked,) = guarantees.entries(GuaranteeChecked)
    (presented,) = guarantees.entries(GuaranteePresented)
    assert isinstance(checked, GuaranteeChecked)
    assert isinstance(presented, GuaranteePresented)
    assert (checked.outcome, checked.findings, checked.guarantee) == ("valid", (), made.id.hex())
    assert (presented.amount, presented.document) == (BOND, made.undertaking.document.hex())


def test_forgeries_are_refused_each_by_its_own_word(guarantees: GuaranteeWorld) -> None:
    world, thief = guarantees, SigningKey(b"\x77" * 32)
    good = world.issued(1)
    now = int(world.now().timestamp())
    short = world.issued(2, amount=BOND - 1)
    expired = world.issued(3, expiry=now + 5)
    uncommitted = world.sign(4)
    other_lot = world.issued(5, lot="lot-2")
    by_other_bank = world.sign(6, key=BANKS["guarantor-2"][1])
    world.commit(by_other_bank)
    conditional = world.issued(7, demand=replace(good.undertaking.demand, on_first_demand=False))
    terms = good.undertaking.demand
    with_judgment = world.issued(10, demand=replace(terms, documents=("法院判决书",)))
    ends_early = world.issued(11, expiry_event="投标人书面通知")
    wrong_expiry = world.sign(8)
    world.commit(wrong_expiry, expiry=wrong_expiry.undertaking.expiry + 1)
    world.chain.clock_ahead += _minutes(31)
    world.chain.follow()
    cases = {
        "signature-wrong": (altered(good, amount=2 * BOND), 1),
        "other-guarantors-key": (by_other_bank, 6),
        "other-lot": (other_lot, 5),
        "other-applicant": (good, 9),
        "amount-short": (short, 2),
        "expires-too-early": (expired, 3),
        "conditions": (conditional, 7),
        "chain-expiry-differs": (wrong_expiry, 8),
        "demand-needs-documents": (with_judgment, 10),
        "ends-by-event": (ends_early, 11),
    }
    for bid, (word, (made, bidder)) in enumerate(cases.items(), start=20):
        assert world.open(made, bid=bid, bidder=bidder) == word, word
    assert world.codes(25) == ["expires-too-early", "expired"]
    assert world.open(signed(thief, issuer=TENDEREE), bid=40) == "guarantor-not-listed"
    assert world.open(b"{}", bid=41) == "malformed"
    assert world.open(good.to_bytes()[:-2], bid=42) == "malformed"
    assert world.open(uncommitted, bid=43, bidder=4) == "awaiting-chain"
    world.chain.clock_ahead += _minutes(1)
    world.settle()
    assert world.codes(43) == ["not-committed"]
    assert world.open(good, bid=44) == "verified"
    assert not world.entries(GuaranteePresented)[1:]


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def test_a_guarantee_is_good_for_one_bid_alone(guarantees: GuaranteeWorld) -> None:
    made = guarantees.issued(1)
    assert guarantees.open(made, bid=11) == "verified"
    assert guarantees.open(made, bid=12) == "presented-elsewhere"
    assert guarantees.open(made, bid=13, lot="lot-2") == "other-lot"
    assert guarantees.codes(13, "lot-2") == ["other-lot", "presented-elsewhere"]
    guarantees.settle()
    assert guarantees.open(made, bid=14) == "presented-elsewhere"
    assert guarantees.codes(14) == ["presented-elsewhere", "ended-on-chain"]


def test_licence_suspended_before_the_issue_is_found_and_one_after_it_changes_nothing(
    guarantees: GuaranteeWorld,
) -> None:
    before = guarantees.issued(1)
    guarantees.chain.clock_ahead += _minutes(1)
    guarantees.suspend("guarantor")
    guarantees.chain.clock_ahead += _minutes(1)
    after = guarantees.issued(2)
    backdated = guarantees.sign(3, issued=before.undertaking.issued)
    guarantees.chain.node.set_next_time(int(guarantees.now().timestamp()))
    guarantees.commit(backdated)
    assert guarantees.open(before, bid=11) == "verified"
    assert guarantees.open(after, bid=12, bidder=2) == "not-licensed-at-issue"
    assert guarantees.open(backdated, bid=13, bidder=3) == "not-licensed-at-issue"


def test_committed_after_the_deadline_is_too_late(guarantees: GuaranteeWorld) -> None:
    guarantees.add_lot("lot-3", minutes=-1)
    made = guarantees.issued(1, lot="lot-3")
    assert guarantees.open(made, bid=11, lot="lot-3") == "committed-late"


def test_an_unreachable_chain_delays_the_check_and_not_the_opening(
    guarantees: GuaranteeWorld, caplog: pytest.LogCaptureFixture
) -> None:
    made = guarantees.sign(1)
    guarantees.chain.follow()
    assert guarantees.open(made, bid=11) == "awaiting-chain"
    assert not guarantees.entries(GuaranteeChecked)
    guarantees.chain.clock_ahead += _minutes(31)
    job = guarantees.job(gateway=_dead())
    job.run()
    assert guarantees.check(11).state == "waiting"
    assert caplog.text.count("waits for the chain") == 1
    guarantees.commit(made)
    guarantees.chain.clock_ahead += _minutes(1)
    guarantees.settle()
    assert guarantees.check(11).state == "valid"
    (entry,) = guarantees.entries(GuaranteeChecked)
    assert isinstance(entry, GuaranteeChecked)
    assert entry.outcome == "valid"


def _dead() -> Gateway:
    """A node that nobody answers for."""
    return Gateway(Node("http://127.0.0.1:9", timeout=1), Deployment(1, bytes(20), bytes(20)))
