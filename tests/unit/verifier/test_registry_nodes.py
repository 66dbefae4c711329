"""The events of guarantees as nodes show them: read in few questions, and believed only as far as most agree."""

from contextlib import ExitStack
from typing import Any

import pytest

from contracts import artifact
from tests.unit.verifier.registry_stub import CHAIN_ID, CONTRACT, answers, domain, event
from tests.unit.verifier.test_registry import node
from verifier.errors import SourceError
from verifier.registry_events import DOMAIN, FIRST_ROLE, LAYOUT, ROLE_GRANTED, read_domain
from verifier.registry_nodes import Registered, RegistryNodes

A, B = "0a" * 32, "0b" * 32
ISSUED = event(10, "Issued", A, "11" * 20, "cc" * 32, 1_800_000_000)
SHOWN = event(20, "Presented", A, "22" * 20, 1000, "dd" * 32)
FRESH = event(95, "Released", A)
EVENTS = (ISSUED, SHOWN, FRESH)


def read(*nodes: Any, **options: Any) -> Registered:
    with ExitStack() as stack:
        urls = tuple(stack.enter_context(node(one)) for one in nodes)
        return RegistryNodes(urls, CONTRACT, **options).read()


def test_layout_is_that_of_the_contract() -> None:
    keccak = pytest.importorskip("eth_utils").keccak
    found = {}
    for one in artifact("GuaranteeRegistry").abi:
        if one["type"] == "event":
            names = [part["name"] for part in sorted(one["inputs"], key=lambda part: not part["indexed"])]
            signature = f"{one['name']}({','.join(part['type'] for part in one['inputs'])})"
            found[keccak(signature.encode()).hex()] = (one["name"], *names[1:])
    assert {topic: found[topic] for topic in LAYOUT} == LAYOUT
    assert found[ROLE_GRANTED][0] == "RoleGranted"
    assert int(FIRST_ROLE, 16) == 0
    assert keccak(b"eip712Domain()")[:4].hex() == DOMAIN


def test_events_are_split_at_the_depth() -> None:
    asked: list[str] = []
    found = read(answers(EVENTS, asked=asked), depth=10)
    assert (found.block, found.head, found.time) == (90, 100, 1_700_000_000)
    assert [(one.block, one.name, one.guarantee) for one in found.events] == [
        (10, "Issued", A),
        (20, "Presented", A),
    ]
    assert [one.name for one in found.fresh] == ["Released"]
    assert found.events[0].account("guarantor") == "11" * 20
    assert (found.events[1].number("amount"), found.events[1].word("document")) == (1000, "dd" * 32)
    assert asked.count("eth_getLogs") == 1
    assert len(asked) == 5


def test_thousands_of_guarantees_are_a_handful_of_questions() -> None:
    asked: list[str] = []
    many = [event(10, "Issued", f"{i:064x}", "11" * 20, "cc" * 32, 9) for i in range(5000)]
    assert len(read(answers(many, asked=asked)).events) == 5000
    assert len(asked) == 5


@pytest.mark.parametrize("most", [1, 7, 50])
def test_a_node_that_takes_few_blocks_at_once_shows_the_same(most: int) -> None:
    whole = read(answers(EVENTS))
    asked: list[str] = []
    assert read(answers(EVENTS, most=most, asked=asked)) == whole
    assert asked.count("eth_getLogs") <= 2 * 100 / most + 20


def test_most_of_the_nodes_count() -> None:
    honest, liar = answers(EVENTS), answers((ISSUED,))
    assert read(liar, honest, honest) == read(honest)
    late = answers(EVENTS[:2], head=94)
    assert read(honest, late, late).fresh == ()
    with pytest.raises(SourceError, match="do not agree"):
        read(honest, liar)
    with pytest.raises(SourceError, match="cannot be read"):
        RegistryNodes(("http://127.0.0.1:9",), CONTRACT).read()


def test_a_node_of_another_chain_or_without_the_contract_is_named() -> None:
    assert read(answers(EVENTS), chain_id=CHAIN_ID).events
    with pytest.raises(SourceError, match="a node of the chain 5, not of 20170117"):
        read(answers(EVENTS, chain_id=5), chain_id=CHAIN_ID)
    with pytest.raises(SourceError, match="no contract that registers guarantees there"):
        read(answers(EVENTS, contract="0x" + "0c" * 20))


def test_a_node_without_old_events_leaves_the_rest_to_be_verified() -> None:
    pruned = read(
        answers(EVENTS, logs=lambda found: [one for one in found if int(one["blockNumber"], 16) > 15])
    )
    assert (pruned.events, "from its deployment on" in pruned.problem) == ((), True)
    # since a block above the deployment, with a role that was granted later
    assert "from its deployment on" in read(answers(EVENTS), since=15).problem
    assert "from its deployment on" in read(answers(EVENTS), since=2).problem
    assert read(answers(EVENTS), since=1).problem == ""


def changed(**fields: Any) -> Any:
    return lambda found: [one | fields for one in found]


@pytest.mark.parametrize(
    "logs",
    [
        lambda _: {},
        lambda _: ["0x"],
        changed(address="0x" + "0c" * 20),
        changed(blockNumber="0x65"),
        changed(blockNumber=7),
        changed(topics=None),
        changed(topics=["0xzz"]),
        changed(data=None),
        lambda found: [found[0], *(one | {"data": one["data"] + "00"} for one in found[1:])],
        lambda found: [found[0], *(one | {"topics": one["topics"][:1]} for one in found[1:])],
    ],
)
def test_what_are_no_events_is_no_answer(logs: Any) -> None:
    found = read(answers(EVENTS, logs=logs))
    assert (found.events, bool(found.problem)) == ((), True)


def test_a_contract_of_another_name_or_address_is_not_the_registry() -> None:
    assert read_domain(domain(7)) == ("Sunseal GuaranteeRegistry", 7, CONTRACT[2:])
    for said in (
        domain(CHAIN_ID, "LedgerAnchor"),
        domain(CHAIN_ID, contract="0x" + "0c" * 20),
        "0x",
        "0x00",
        7,
    ):

        def lying(request: Any, said: Any = said) -> Any:
            if request["method"] == "eth_call":
                return {"id": 1, "result": said}
            return answers(EVENTS)(request)

        with pytest.raises(SourceError, match="cannot be read"):
            read(lying)
