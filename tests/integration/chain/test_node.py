"""A node that is away, slow, of another chain, or no node at all; and contracts that are not ours."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from guarantees.chain.errors import (
    ConfigurationError,
    MalformedError,
    NodeRefusedError,
    NodeUnavailableError,
    WrongChainError,
    WrongContractError,
)
from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from tests.integration.chain.nodes import free_port
from tests.integration.chain.world import World


class Answering:
    """An HTTP server that answers every request with the same bytes, or not at all."""

    def __init__(self) -> None:
        self.body: bytes = b""
        self.status = 200
        self.delay = threading.Event()
        self.is_slow = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                if outer.is_slow:
                    outer.delay.wait(5)
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.delay.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def answering() -> Iterator[Answering]:
    made = Answering()
    yield made
    made.close()


@pytest.fixture
def node(answering: Answering) -> Iterator[Node]:
    made = Node(f"http://user:hunter2@127.0.0.1:{answering.server.server_port}/?token=hunter3", timeout=0.5)
    yield made
    made.close()


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"[]", b"{}", b'{"result": 1', b'"text"', b"null", b"\xff"]
)
def test_what_is_no_json_rpc_is_a_clear_error(answering: Answering, node: Node, body: bytes) -> None:
    answering.body = body
    with pytest.raises(NodeUnavailableError) as caught:
        node.chain_id()
    assert "hunter" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_an_error_of_the_server_and_a_slow_one_are_clear_errors(answering: Answering, node: Node) -> None:
    answering.body, answering.status = b"{}", 503
    with pytest.raises(NodeUnavailableError, match="does not answer eth_chainId"):
        node.chain_id()
    answering.status, answering.is_slow = 200, True
    with pytest.raises(NodeUnavailableError, match="Timeout"):
        node.chain_id()


@pytest.mark.parametrize(
    "result", ["null", "17", '"17"', '"0x"', '"0xzz"', '"0x-1"', "{}", '"0x' + "f" * 65 + '"']
)
def test_a_result_that_is_not_what_was_asked_is_a_clear_error(
    answering: Answering, node: Node, result: str
) -> None:
    answering.body = b'{"jsonrpc": "2.0", "id": 0, "result": ' + result.encode() + b"}"
    with pytest.raises(MalformedError):
        node.chain_id()
    with pytest.raises(MalformedError):
        node.head()


def test_an_error_of_the_node_has_its_words_and_number(answering: Answering, node: Node) -> None:
    answering.body = b'{"jsonrpc": "2.0", "id": 0, "error": {"code": -32005, "message": "slow down"}}'
    with pytest.raises(NodeRefusedError, match="slow down") as caught:
        node.chain_id()
    assert caught.value.code == -32005


def test_a_node_that_is_away_is_a_clear_error() -> None:
    away = Node(f"http://user:hunter2@127.0.0.1:{free_port()}")
    with pytest.raises(NodeUnavailableError, match="check SUNSEAL_CHAIN_URL") as caught:
        away.head()
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(away)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8545", "ws://127.0.0.1:8545", "file:///dev/null", "http://"])
def test_a_url_that_is_not_http_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="http"):
        Node(url)


def test_another_chain_and_other_contracts_are_refused(world: World) -> None:
    node, right = world.gateway.node, world.gateway.deployment
    world.gateway.check()
    with pytest.raises(WrongChainError, match="of chain 1"):
        Gateway(node, replace(right, chain_id=1)).check()
    with pytest.raises(WrongContractError, match="no contract stands at"):
        Gateway(node, replace(right, registry=bytes(20))).check()
    swapped = replace(right, registry=right.ledger_anchor, ledger_anchor=right.registry)
    with pytest.raises(WrongContractError, match="not that of GuaranteeRegistry"):
        Gateway(node, swapped).check()


def test_a_database_stays_with_its_contracts(world: World) -> None:
    other = Gateway(world.gateway.node, world.gateway.deployment)
    other.deployment = replace(other.deployment, registry=bytes(19) + b"\x01")
    other.check = lambda: None  # type: ignore[method-assign]
    world.sender("guarantor").run()
    indexer = world.indexer()
    indexer.gateway = other
    with pytest.raises(ConfigurationError, match="a new deployment takes a new database"):
        indexer.run()
