"""What the chain's addresses show, and what they may not get away with."""

import json
from typing import Any

import pytest

from keyholder.chain import AnchorReader
from keyholder.config import Chain
from keyholder.errors import ConfigError, UnavailableError
from keyholder.http import Reply
from ledger.anchor_head import Anchored, AnswerError, majority, parse_head

ROOT = b"\x22" * 32
CONTRACT = "0x" + "ab" * 20


def struct(size: int, *, registered: bool = True, root: bytes = ROOT) -> str:
    words = [b"\x11" * 20, size.to_bytes(8, "big"), bytes([registered]), root]
    return "0x" + b"".join(word.rjust(32, b"\0") for word in words).hex()


class Chains:
    """Each address's newest block and what headOf gives there."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[Any] = []

    def post(self, url: str, content: bytes, *, limit: int, timeout: float) -> Reply:
        question = json.loads(content)
        self.asked.append(question)
        answer = self.answers[url.rpartition("/")[2]]
        if isinstance(answer, Exception):
            raise answer
        result = "0x64" if question["method"] == "eth_blockNumber" else answer
        return Reply(200, "", json.dumps({"id": 1, "jsonrpc": "2.0", "result": result}).encode())


def read(chains: Chains, depth: int = 12) -> Anchored:
    chain = Chain(tuple(f"https://chain.example/{name}" for name in chains.answers), CONTRACT, depth)
    return AnchorReader(chain, "log.example", chains).newest()  # type: ignore[arg-type]


def test_head_is_read_at_the_depth() -> None:
    chains = Chains(a=struct(17))
    assert read(chains) == Anchored(17, ROOT)
    call = chains.asked[-1]
    assert call["method"] == "eth_call"
    assert call["params"][1] == hex(100 - 12)
    assert call["params"][0]["to"] == CONTRACT
    assert call["params"][0]["data"].startswith("0x65c7d79d")
    assert len(call["params"][0]["data"]) == 2 + 8 + 64


def test_selector_is_that_of_the_contract() -> None:
    keccak = pytest.importorskip("eth_utils").keccak
    assert keccak(b"headOf(bytes32)")[:4].hex() == "65c7d79d"


def test_log_that_is_not_registered_is_anchored_nowhere() -> None:
    assert read(Chains(a=struct(17, registered=False))) == Anchored(0, b"")


def test_one_liar_of_three_changes_nothing() -> None:
    assert read(Chains(a=struct(1000), b=struct(17), c=struct(17))).size == 17
    assert read(Chains(a=struct(0), b=struct(17), c=struct(17))).size == 17
    assert read(Chains(a=UnavailableError("gone"), b=struct(17), c=struct(20))).size == 17


def test_silence_of_half_is_no_answer() -> None:
    with pytest.raises(UnavailableError, match="gone"):
        read(Chains(a=UnavailableError("gone"), b=struct(17)))


@pytest.mark.parametrize("result", ["0x", "0x00", "0x" + "zz" * 128, struct(1)[:-2]])
def test_what_is_no_head_is_no_answer(result: str) -> None:
    with pytest.raises(AnswerError):
        parse_head(result)


def test_majority_of_nothing_is_nothing() -> None:
    assert majority([], 1) == Anchored(0, b"")


@pytest.mark.parametrize(
    "chain",
    [
        ((), CONTRACT, 1),
        (("https://x",), "0xab", 1),
        (("http://x.example",), CONTRACT, 1),
        (("https://x",), CONTRACT, -1),
    ],
)
def test_chain_that_cannot_be_is_refused(chain: tuple[tuple[str, ...], str, int]) -> None:
    with pytest.raises(ConfigError):
        Chain(*chain)
