"""JSON-RPC 2.0 and HTTP as their specifications have them, and requests that are not what a method takes."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from devchain.errors import RpcError
from devchain.evm import CHAIN_ID
from devchain.rpc import Rpc
from devchain.server import MAX_REQUEST, ListenError, bind
from tests.integration.devchain.asking import Asked, asked
from tests.integration.devchain.node_process import running


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Asked]:
    with asked(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("var")) as process:
        yield process.url


def request(method: str, /, *params: object, **fields: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)} | fields


def code(answer: Any) -> int:
    found: int = answer["error"]["code"]
    return found


def test_the_node_says_what_it_is(node: Asked) -> None:
    assert node.number("eth_chainId") == int(node("net_version")) == CHAIN_ID
    assert node("web3_clientVersion").startswith("sunseal-devchain/")
    assert node("eth_accounts") == []
    assert node("eth_syncing") is False
    assert node.number("eth_gasPrice") > node.number("eth_maxPriorityFeePerGas") > 0


def test_a_batch_is_answered_in_order_with_each_requests_id(node: Asked) -> None:
    batch = [request("eth_chainId", id="a"), request("nothing", id=2), request("eth_blockNumber", id=None)]
    first, second, third = node.raw(batch)
    assert (first["id"], first["result"]) == ("a", hex(CHAIN_ID))
    assert (second["id"], code(second)) == (2, -32601)
    assert (third["id"], third["result"]) == (None, "0x0")


def test_notifications_are_done_and_not_answered(node: Asked) -> None:
    notification = request("eth_chainId")
    del notification["id"]
    assert node.raw(notification) is None
    assert node.raw([notification, notification]) is None
    assert len(node.raw([notification, request("eth_chainId")])) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_a_parse_error(node: Asked, body: bytes) -> None:
    answer = json.loads(node.rpc.answer(body) or b"null")
    assert (answer["id"], code(answer)) == (None, -32700)


@pytest.mark.parametrize(
    "body",
    [
        1,
        "eth_chainId",
        [],
        {},
        request("eth_chainId", jsonrpc="1.0"),
        request("x", method=1),
        request("x", id=[]),
    ],
)
def test_what_is_not_a_request_is_invalid(node: Asked, body: object) -> None:
    assert code(node.raw(body)) == -32600


def test_each_bad_request_of_a_batch_is_answered(node: Asked) -> None:
    assert [code(answer) for answer in node.raw([1, 2])] == [-32600, -32600]


def test_a_batch_has_a_limit(node: Asked) -> None:
    assert len(node.raw([request("eth_chainId")] * 1000)) == 1000
    assert code(node.raw([request("eth_chainId")] * 1001)) == -32600


def test_an_unknown_method_is_named_and_signing_is_explained(node: Asked) -> None:
    with pytest.raises(RpcError, match="the method eth_nothing does not exist") as unknown:
        node("eth_nothing")
    assert unknown.value.code == -32601
    with pytest.raises(RpcError, match="send signed transactions"):
        node("eth_sendTransaction", {})


@pytest.mark.parametrize("name", ["evm_mine", "evm_increaseTime", "evm_setAutomine", "anvil_dropTransaction"])
def test_test_aids_are_not_there_unless_asked_for(node: Asked, name: str) -> None:
    with pytest.raises(RpcError, match="does not exist"):
        node(name)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("eth_getBalance", []),
        ("eth_getBalance", ["0x11", "latest"]),
        ("eth_getBalance", ["0x" + "11" * 20, "newest"]),
        ("eth_getBalance", ["0x" + "11" * 20, "0x01"]),
        ("eth_getBalance", ["0x" + "11" * 20, 1]),
        ("eth_getBalance", ["0x" + "11" * 20, "latest", "more"]),
        ("eth_getBlockByNumber", ["latest", "yes"]),
        ("eth_getBlockByHash", ["0x11", False]),
        ("eth_getTransactionReceipt", [None]),
        ("eth_getStorageAt", ["0x" + "11" * 20, "0x" + "f" * 65, "latest"]),
        ("eth_call", ["0x"]),
        ("eth_call", [{"to": "0x" + "11" * 20, "data": "0x1"}, "latest"]),
        ("eth_call", [{"data": "0x11", "input": "0x22"}, "latest"]),
        ("eth_call", [{"accessList": []}, "latest"]),
        ("eth_call", [{"to": "0x" + "11" * 20}, "latest", {}]),
        ("eth_getLogs", [{"address": "0x11"}]),
        ("eth_getLogs", [{"topics": "0x11"}]),
        ("eth_getLogs", [{"topics": [["0x" + "11" * 32] * 1001]}]),
        ("eth_getLogs", [{"blockHash": "0x" + "11" * 32, "fromBlock": "0x0"}]),
        ("eth_getLogs", [{"from": "0x0"}]),
        ("eth_sendRawTransaction", ["hello"]),
        ("eth_feeHistory", ["many", "latest"]),
    ],
)
def test_parameters_that_a_method_does_not_take_are_invalid(
    node: Asked, method: str, params: list[object]
) -> None:
    assert code(node.raw(request(method, *params))) == -32602


def test_parameters_by_name_are_invalid(node: Asked) -> None:
    assert code(node.raw(request("eth_chainId", params={}))) == -32602


def test_a_fault_of_the_node_is_an_internal_error_that_tells_the_caller_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails() -> None:
        raise ZeroDivisionError("a secret")

    answer = json.loads(
        Rpc({"fails": fails}, threading.Lock()).answer(json.dumps(request("fails")).encode()) or b""
    )
    assert (code(answer), "secret" in answer["error"]["message"]) == (-32603, False)
    assert "a secret" in caplog.text


# Over HTTP


def test_only_json_sent_with_post_is_taken(url: str) -> None:
    body = json.dumps(request("eth_chainId"))
    assert httpx.get(url).status_code == 405
    assert httpx.post(url, content=body, headers={"Content-Type": "text/plain"}).status_code == 415
    answer = httpx.post(url, content=body, headers={"Content-Type": "application/json; charset=utf-8"})
    assert answer.json()["result"] == hex(CHAIN_ID)
    assert "access-control-allow-origin" not in answer.headers


def test_a_notification_has_no_content(url: str) -> None:
    assert httpx.post(url, json={"jsonrpc": "2.0", "method": "eth_chainId"}).status_code == 204


def test_a_request_that_is_too_long_is_refused(url: str) -> None:
    headers = {"Content-Type": "application/json"}
    assert httpx.post(url, content=b" " * (MAX_REQUEST + 1), headers=headers).status_code == 413


def test_requests_at_once_are_each_answered(url: str) -> None:
    found: list[str] = []

    def ask() -> None:
        with httpx.Client() as client:
            found.extend(
                client.post(url, json=request("eth_blockNumber")).json()["result"] for _ in range(20)
            )

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["0x0"] * 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org", "::", ""])
def test_it_listens_on_loopback_alone(node: Asked, host: str) -> None:
    with pytest.raises(ListenError, match="not loopback"):
        bind(node.rpc, host, 0)
