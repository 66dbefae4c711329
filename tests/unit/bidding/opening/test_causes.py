"""The table of faults (办31): total, and each fault said in both languages."""

import pytest

from bidding.opening import causes
from bidding.opening.causes import TABLE, TAKEN_AS, Cause, Fault, Responsibility
from bidding.opening.errors import SENTENCES
from bidding.package.sentences import SENTENCES as PACKAGE_CODES
from ledger.entries import BidFailed, decode, encode

BID_RULES = ("unknown-bid", "withdrawn", "replaced", "no-part", "share", "share-seen", "knowledge")
"""Of docs/spec/opening.md, those that leave out one bid of a part for good."""


def test_every_cause_has_a_responsibility_and_a_sentence_in_both_languages() -> None:
    assert set(TABLE) == set(Cause)
    for responsibility, said in TABLE.values():
        assert responsibility in TAKEN_AS
        assert said.zh.endswith("。")
        assert said.en.endswith(".")


def test_bidders_answer_for_what_they_made_and_for_nothing_else() -> None:
    others = {cause for cause, (responsibility, _) in TABLE.items() if responsibility is Responsibility.OTHER}
    assert others == {Cause.KEYHOLDERS, Cause.STORAGE, Cause.LISTED_WRONGLY}


@pytest.mark.parametrize("rule", BID_RULES)
def test_every_rule_that_leaves_out_a_bid_has_its_fault(rule: str) -> None:
    fault = causes.of_rule(rule)
    assert fault.responsibility is (Responsibility.OTHER if rule in BID_RULES[:3] else Responsibility.BIDDER)


def test_a_bid_that_was_not_called_for_has_no_fault() -> None:
    with pytest.raises(KeyError):
        causes.of_rule("not-called")


@pytest.mark.parametrize("code", sorted(PACKAGE_CODES))
def test_every_code_of_a_package_is_its_bidders_fault_and_fits_an_entry(code: str) -> None:
    fault = causes.of_package(code)
    assert fault.responsibility is Responsibility.BIDDER
    entry = BidFailed("ab" * 32, "price", 4, fault.cause, fault.detail, fault.responsibility)
    assert decode(encode(entry)) == entry
    assert code in fault.said.zh
    assert "撤销" in fault.said.zh


def test_what_follows_is_said_with_the_cause() -> None:
    assert Fault(Cause.KEYHOLDERS).said.zh.endswith("视为撤回其投标文件，投标人有权要求责任方赔偿直接损失。")
    assert "revoked" in Fault(Cause.HEADER).said.en


def test_refusals_are_said_in_both_languages() -> None:
    assert all(said.zh and said.en for said in SENTENCES.values())
