"""Fees, calls, events, standings and the contracts' file: what needs neither node nor database."""

import json
from pathlib import Path

import pytest

from guarantees.chain import abi, calls, fees, standing
from guarantees.chain.deployment import Deployment
from guarantees.chain.errors import ConfigurationError, MalformedError
from guarantees.chain.events import UNDECODED, Event, Log, decode
from guarantees.chain.fees import Fee, Market
from guarantees.chain.refusals import State

ADDRESS = bytes(range(20))
WORD = bytes(range(32))


@pytest.mark.parametrize("market", [Market(0, 0), Market(7, 0), Market(10**9, 10**9), Market(None, 20)])
def test_each_replacement_offers_a_tenth_more_of_both(market: Market) -> None:
    fee = fees.first(market)
    for _ in range(20):
        more = fees.replacement(fee, market, 10**15)
        assert more is not None
        assert 10 * more.most >= 11 * fee.most
        assert (more.tip is None) == (fee.tip is None)
        if more.tip is not None and fee.tip is not None:
            assert 10 * more.tip >= 11 * fee.tip
            assert more.tip <= more.most
        fee = more


def test_a_replacement_follows_a_market_that_rose() -> None:
    assert fees.replacement(Fee(10, 1), Market(1000, 5), 10**9) == Fee(2005, 5)


def test_nothing_above_the_limit_is_offered() -> None:
    assert fees.replacement(Fee(100, 1), Market(10, 1), 124) is None
    assert fees.replacement(Fee(100, 1), Market(10, 1), 125) is not None


def test_a_batch_has_room_in_a_block_and_no_more_than_its_limit() -> None:
    assert calls.issue_batch([(WORD, 1)] * calls.MAX_BATCH).gas < 15_000_000
    with pytest.raises(MalformedError, match="several"):
        calls.issue_batch([(WORD, 1)] * (calls.MAX_BATCH + 1))


def test_a_value_that_does_not_fit_is_refused_before_it_is_sent() -> None:
    with pytest.raises(MalformedError):
        calls.issue(WORD, 2**40)
    with pytest.raises(MalformedError):
        calls.issue(b"short", -1)


def test_a_call_prints_without_the_terms_in_it() -> None:
    assert WORD.hex() not in repr(calls.release(WORD))
    assert "data" not in repr(calls.release(WORD))


def log(data: bytes, *topics: bytes) -> Log:
    return Log(ADDRESS, topics, data, 5, WORD, 0, WORD)


def test_an_event_that_does_not_decode_is_kept_with_its_bytes() -> None:
    topic = next(topic for topic, one in abi.events(abi.ANCHOR).items() if one.name == "Registered")
    broken = bytes(31) + b"\x20" + bytes(31) + b"\x01" + b"\xff" + bytes(31)
    for one in (log(broken, topic, WORD), log(b"", topic, WORD), log(b"abc", WORD), log(b"abc")):
        found = decode(one, abi.ANCHOR, 7)
        assert found.name == UNDECODED
        assert found.fields["data"] == one.data


def test_text_with_a_nul_fits_into_the_database() -> None:
    event = Event("c", "n", {"origin": "a\x00b", "log": WORD}, 1, WORD, 1, 0, WORD)
    assert event.json_fields() == {"origin": "a\\0b", "log": "0x" + WORD.hex()}


def test_an_event_of_a_guarantee_that_was_never_issued_is_an_error() -> None:
    with pytest.raises(ValueError, match="never issued"):
        standing.after(None, Event(abi.REGISTRY, "Released", {"id": WORD}, 1, WORD, 1, 0, WORD))


def test_a_demand_outlives_the_expiry() -> None:
    issued = Event(
        abi.REGISTRY,
        "Issued",
        {"id": WORD, "guarantor": ADDRESS, "commitment": WORD, "expiry": 100},
        1,
        WORD,
        1,
        0,
        WORD,
    )
    demanded = {"id": WORD, "answerBy": 200, "amount": 1, "extensionDays": 0, "statement": WORD}
    found = standing.fold([issued])
    assert found is not None
    assert (found.at(100), found.at(101)) == (State.ISSUED, State.EXPIRED)
    found = standing.fold([issued, Event(abi.REGISTRY, "Demanded", demanded, 2, WORD, 1, 0, WORD)])
    assert found is not None
    assert found.at(10**9) == State.DEMANDED


def test_the_contracts_file_of_the_development_chain_and_the_flat_one(tmp_path: Path) -> None:
    file, address = tmp_path / "contracts.json", "0x" + ADDRESS.hex()
    nested = {abi.REGISTRY: {"address": address, "block": 9}, abi.ANCHOR: {"address": address, "block": 4}}
    file.write_text(json.dumps({"chain_id": 5, "contracts": nested}))
    assert Deployment.read(file) == Deployment(5, ADDRESS, ADDRESS, 4)
    file.write_text(json.dumps({"chain_id": 5, abi.REGISTRY: address, abi.ANCHOR: address}))
    assert Deployment.read(file) == Deployment(5, ADDRESS, ADDRESS, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"chain_id": 0}',
        '{"chain_id": 1, "GuaranteeRegistry": "0x12", "LedgerAnchor": "0x12"}',
    ],
)
def test_a_contracts_file_that_does_not_say_is_a_clear_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "contracts.json"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match="chain deploy"):
        Deployment.read(file)
