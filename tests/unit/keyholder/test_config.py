"""The configuration of a keyholder: what can be comes back as it was, what cannot is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from keyholder.config import APPROVAL, Chain, Config
from keyholder.errors import ConfigError
from keyholder.identity import Identity
from ledger.note import ED25519, NoteKey
from tests.integration.keyholder.fake_platform import LOG_KEY, NOTARY, ORIGIN, SUPERVISOR

POLICY = (
    f"log {NoteKey(ORIGIN, ED25519, LOG_KEY.verify_key).vkey}\nwitness n {NOTARY.witness.vkey}\nquorum n\n"
)
KEY = SUPERVISOR.verify_key.raw.hex()
WITNESS = Identity("k", b"k" * 32).cosigner.witness


def config(**changes: Any) -> Config:
    whole = {
        "witness": WITNESS,
        "platform": "https://platform.example/",
        "policy": POLICY,
        "supervisor": KEY,
        "mark": Path("/elsewhere/k.mark"),
        **changes,
    }
    return Config(**whole)


def test_configuration_comes_back_as_it_was() -> None:
    whole = config(
        mode=APPROVAL,
        approvers=(KEY,),
        chain=Chain(("https://c.example",), "0x" + "ab" * 20, 3),
        ca=Path("/x/ca.pem"),
    )
    assert Config.parse(whole.to_bytes()) == whole
    assert Config.parse(config().to_bytes()) == config()


def test_addresses_are_those_of_the_specification() -> None:
    assert config().ledger_url == "https://platform.example/ledger/"
    assert config().exchange_url == "https://platform.example/api/keyholders/v1/exchange"
    assert config().releases_mark == Path("/elsewhere/k.releases.mark")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:80", "http://localhost:1/x", "http://[::1]:80", "https://a.example"]
)
def test_plain_http_is_for_this_machine_alone(url: str) -> None:
    assert config(platform=url).platform == url


@pytest.mark.parametrize(
    "change",
    [
        {"platform": "http://platform.example"},
        {"platform": "http://10.0.0.1"},
        {"platform": "ftp://127.0.0.1"},
        {"platform": "https://user:word@platform.example"},
        {"mode": "whatever"},
        {"supervisor": "00"},
        {"supervisor": "zz" * 32},
        {"approvers": ("00" * 32,)},
        {"policy": "nonsense"},
        {"policy": POLICY.replace("quorum n", "quorum none")},
        {"min_bids": -1},
        {"clock_limit": -1},
    ],
)
def test_configuration_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        config(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"grace": "60"},
        {"grace": True},
        {"platform": 5},
        {"chain": {"rpc": []}},
        {"approvers": 7},
    ],
)
def test_file_of_another_form_is_refused(change: dict[str, Any]) -> None:
    value = {**json.loads(config().to_bytes()), **change}
    with pytest.raises(ConfigError):
        Config.parse(json.dumps(value).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"null"])
def test_what_is_no_configuration_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigError):
        Config.parse(data)


def test_policy_may_come_after_the_key_and_stays_of_one_log() -> None:
    without = config(policy="")
    with pytest.raises(ConfigError, match="sunseal keyholder trust"):
        without.trust()
    assert Config.parse(without.to_bytes()) == without
    trusting = without.with_policy(POLICY)
    assert trusting == config()
    other = f"log {NoteKey('other.example', ED25519, LOG_KEY.verify_key).vkey}\nwitness n {NOTARY.witness.vkey}\nquorum n\n"
    with pytest.raises(ConfigError, match="one log"):
        trusting.with_policy(other)
