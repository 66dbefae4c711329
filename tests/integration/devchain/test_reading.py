"""What the node tells of blocks, of states long past, of events, and of code that fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devchain.errors import RpcError
from devchain.evm import FUNDS
from devchain.store import LogQuery, LogRow, Store
from tests.integration.devchain.asking import KEEPER, READER, REVERTER, START, Asked, asked, word

ZERO = "0x" + "00" * 32


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Asked]:
    with asked(tmp_path) as found:
        yield found


def keep(node: Asked, keeper: str, number: int) -> int:
    """Lets the keeper keep the number; the block in which it did."""
    return int(node.receipt(node.send(to=keeper, data=word(number)))["blockNumber"], 16)


def test_storage_balance_nonce_and_code_of_any_block_can_be_read(node: Asked) -> None:
    keeper = node.create(KEEPER)
    blocks = {number: keep(node, keeper, number) for number in (11, 22, 33)}
    for number, block in blocks.items():
        assert node.number("eth_getStorageAt", keeper, "0x0", hex(block)) == number
        assert node.number("eth_getStorageAt", keeper, ZERO, {"blockNumber": hex(block)}) == number
        assert node.number("eth_getTransactionCount", node.account().address, hex(block)) == block
    assert node.number("eth_getStorageAt", keeper, "0x0", "earliest") == 0
    assert node("eth_getCode", keeper, "0x0") == "0x"
    assert node("eth_getCode", keeper, "finalized") == "0x" + KEEPER.hex()
    assert node.number("eth_getBalance", node.account().address, "0x0") == FUNDS


def test_a_call_sees_the_time_number_and_state_of_its_block(node: Asked) -> None:
    reader = node.create(READER)
    node.now += 100
    node.send(to=node.account().address)

    def words(block: object) -> list[int]:
        answer = bytes.fromhex(node("eth_call", {"to": reader}, block)[2:])
        return [int.from_bytes(answer[at : at + 32], "big") for at in (0, 32)]

    node.now += 50
    assert words("0x1") == [START, 1]
    assert words("latest") == [START + 100, 2]
    assert words("pending") == [START + 150, 3]
    head = node("eth_getBlockByNumber", "0x1", False)["hash"]
    assert words({"blockHash": head}) == [START, 1]


def test_a_call_changes_nothing(node: Asked) -> None:
    keeper = node.create(KEEPER)
    before = node("eth_getBlockByNumber", "latest", False)
    node("eth_call", {"to": keeper, "data": "0x" + word(5).hex()}, "latest")
    node("eth_estimateGas", {"to": keeper, "data": "0x" + word(5).hex()})
    assert node("eth_getBlockByNumber", "latest", False) == before
    assert node.number("eth_getStorageAt", keeper, "0x0", "latest") == 0


@pytest.mark.parametrize("method", ["eth_call", "eth_estimateGas"])
def test_a_revert_is_error_3_with_what_the_code_said(node: Asked, method: str) -> None:
    reverter = node.create(REVERTER)
    with pytest.raises(RpcError) as failed:
        node(method, {"to": reverter, "input": "0xdeadbeef"}, "latest")
    assert (failed.value.code, failed.value.data) == (3, "0xdeadbeef")
    assert failed.value.message == "execution reverted"


def test_the_reason_of_a_revert_is_in_its_message(node: Asked) -> None:
    reverter = node.create(REVERTER)
    said = bytes.fromhex("08c379a0") + word(32) + word(3) + b"why".ljust(32, b"\0")
    with pytest.raises(RpcError, match=r"^execution reverted: why$"):
        node("eth_call", {"to": reverter, "data": "0x" + said.hex()}, "latest")


def test_a_revert_without_data_says_so_with_empty_data(node: Asked) -> None:
    reverter = node.create(REVERTER)
    with pytest.raises(RpcError) as failed:
        node("eth_call", {"to": reverter}, "latest")
    assert (failed.value.code, failed.value.data) == (3, "0x")


def test_code_that_fails_otherwise_is_another_error_than_a_revert(node: Asked) -> None:
    broken = node.create(bytes.fromhex("fe"))
    with pytest.raises(RpcError) as failed:
        node("eth_call", {"to": broken}, "latest")
    assert failed.value.code == -32000


def test_the_gas_estimated_is_just_enough(node: Asked) -> None:
    keeper = node.create(KEEPER)
    call = {"to": keeper, "data": "0x" + word(5).hex(), "from": node.account().address}
    gas = node.number("eth_estimateGas", call)
    assert node.receipt(node.send(to=keeper, data=word(5), gas=gas))["status"] == "0x1"
    assert node.receipt(node.send(to=keeper, data=word(6), gas=gas - 20_000))["status"] == "0x0"
    assert node.number("eth_estimateGas", {"to": node.account().address}) == 21_000


def test_a_block_is_found_by_number_hash_and_name_and_links_to_its_parent(node: Asked) -> None:
    sent = node.send(to=node.account().address)
    by_number = node("eth_getBlockByNumber", "0x1", False)
    assert by_number == node("eth_getBlockByHash", by_number["hash"], False)
    assert by_number == node("eth_getBlockByNumber", "latest", False)
    assert by_number["transactions"] == [sent]
    assert by_number["parentHash"] == node("eth_getBlockByNumber", "earliest", False)["hash"]
    (whole,) = node("eth_getBlockByNumber", "0x1", True)["transactions"]
    assert whole == node("eth_getTransactionByHash", sent)


def test_what_is_not_there_is_null_and_a_state_that_is_not_there_an_error(node: Asked) -> None:
    for method in ("eth_getBlockByHash", "eth_getTransactionByHash", "eth_getTransactionReceipt"):
        arguments = [ZERO, False] if method == "eth_getBlockByHash" else [ZERO]
        assert node(method, *arguments) is None
    assert node("eth_getBlockByNumber", "0x1", False) is None
    with pytest.raises(RpcError, match="header not found"):
        node("eth_getBalance", node.account().address, "0x1")


def test_the_history_of_fees_is_that_of_the_blocks(node: Asked) -> None:
    for _ in range(3):
        node.send(to=node.account().address)
    history = node("eth_feeHistory", "0x2", "latest", [10, 50])
    fees = [
        node("eth_getBlockByNumber", number, False)["baseFeePerGas"] for number in ("0x2", "0x3", "pending")
    ]
    assert history["oldestBlock"] == "0x2"
    assert history["baseFeePerGas"] == fees
    assert history["reward"] == [[hex(10**9)] * 2] * 2
    assert history["gasUsedRatio"] == [21_000 / 30_000_000] * 2


# Events


def test_events_are_found_by_address_topic_and_block_in_order(node: Asked) -> None:
    first, second = node.create(KEEPER), node.create(KEEPER)
    for number in (1, 2, 1):
        keep(node, first, number)
        keep(node, second, number)

    def found(**fields: object) -> list[tuple[str, int, int]]:
        logs = node("eth_getLogs", {"fromBlock": "0x0", "toBlock": "latest"} | fields)
        return [(log["address"], int(log["topics"][0], 16), int(log["blockNumber"], 16)) for log in logs]

    one, two = "0x" + word(1).hex(), "0x" + word(2).hex()
    everything = [
        (address, n, 3 + at)
        for at, (n, address) in enumerate((n, address) for n in (1, 2, 1) for address in (first, second))
    ]
    assert found() == everything
    assert found(address=first) == everything[::2]
    assert found(topics=[one]) == [row for row in everything if row[1] == 1]
    assert found(address=[first, second], topics=[[one, two]]) == everything
    assert found(address=second, topics=[two]) == [everything[3]]
    assert found(topics=[None, one]) == []
    assert found(topics=[one, None, None, None, None]) == found(topics=[one])
    assert found(fromBlock="0x5", toBlock="0x6") == everything[2:4]
    assert found(fromBlock="0x6", toBlock="0x5") == []
    assert found(fromBlock="0x64", toBlock="0x65") == []


def test_the_events_of_one_block_are_those_of_its_receipt(node: Asked) -> None:
    keeper = node.create(KEEPER)
    receipt = node.receipt(node.send(to=keeper, data=word(7)))
    assert node("eth_getLogs", {"blockHash": receipt["blockHash"]}) == receipt["logs"]
    assert receipt["logs"][0]["topics"] == ["0x" + word(7).hex()]
    with pytest.raises(RpcError, match="no such block"):
        node("eth_getLogs", {"blockHash": ZERO})


@pytest.mark.parametrize(
    "query",
    [
        LogQuery(0, 10**6, addresses=(b"\1" * 20,)),
        LogQuery(0, 10**6, addresses=(b"\1" * 20, b"\2" * 20), topics=((b"\3" * 32,),)),
        LogQuery(0, 10**6, topics=((b"\3" * 32,),)),
        LogQuery(0, 10**6, topics=((), (b"\3" * 32,))),
    ],
)
def test_a_search_over_the_whole_chain_reads_an_index_and_not_every_event(
    tmp_path: Path, query: LogQuery
) -> None:
    store = Store(tmp_path / "chain.sqlite")
    read = 0

    def count() -> int:
        nonlocal read
        read += 1
        return 0

    rows = 20_000
    common = (b"\4" * 32, b"\5" * 32)
    with store.transaction():
        store.add_logs([LogRow(n, 0, b"b" * 32, b"t" * 32, b"\6" * 20, common, b"") for n in range(rows)])
        store.add_logs([LogRow(77, 1, b"b" * 32, b"t" * 32, b"\1" * 20, (b"\3" * 32, b"\3" * 32), b"")])
    store._db.set_progress_handler(count, 100)
    assert [row.block for row in store.logs(query)] == [77]
    assert read < rows / 1000, "hundreds of instructions"
    store.close()
