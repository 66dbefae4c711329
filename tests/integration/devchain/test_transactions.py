"""What becomes of a transaction: mined at once, waiting, replaced, or refused, and in which words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import rlp
from eth.constants import SECPK1_N

from devchain.errors import RpcError
from devchain.evm import CHAIN_ID, FUNDS
from tests.integration.devchain.asking import GWEI, KEEPER, START, Asked, asked, creation

NOBODY = "0x1111111111111111111111111111111111111111"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Asked]:
    with asked(tmp_path) as found:
        yield found


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Asked]:
    """With test aids, and mining only when told to."""
    with asked(tmp_path, test_aids=True) as found:
        found("evm_setAutomine", False)
        yield found


def test_a_transaction_has_its_receipt_when_its_sending_is_answered(node: Asked) -> None:
    sent = node.send(to=NOBODY, value=5, gas=21_000)
    receipt = node.receipt(sent)
    assert (receipt["status"], receipt["blockNumber"], receipt["gasUsed"]) == ("0x1", "0x1", hex(21_000))
    assert node.number("eth_getBalance", NOBODY, "latest") == 5
    shown = node("eth_getTransactionByHash", sent)
    assert shown["from"] == receipt["from"] == node.account().address
    assert int(shown["gasPrice"], 16) == int(receipt["effectiveGasPrice"], 16)
    paid = FUNDS - node.number("eth_getBalance", node.account().address, "latest")
    assert paid == 5 + 21_000 * int(receipt["effectiveGasPrice"], 16)


@pytest.mark.parametrize(
    "fields", [{"gasPrice": 3 * GWEI}, {"gasPrice": 3 * GWEI, "type": 1, "accessList": []}, {}]
)
def test_legacy_access_list_and_fee_market_transactions_are_taken(
    node: Asked, fields: dict[str, object]
) -> None:
    sent = node.send(to=NOBODY, **fields)
    shown = node("eth_getTransactionByHash", sent)
    assert int(shown["chainId"], 16) == CHAIN_ID
    assert shown["hash"] == sent


def test_each_block_has_the_wall_clocks_time_and_none_is_before_its_parent(node: Asked) -> None:
    times = []
    for now in (START + 5, START + 5, START + 9, START + 2, START + 10):
        node.now = now
        block = node.receipt(node.send(to=NOBODY))["blockHash"]
        times.append(int(node("eth_getBlockByHash", block)["timestamp"], 16) - START)
    assert times == [5, 5, 9, 9, 10]


def test_the_pending_block_has_the_time_that_it_is(node: Asked) -> None:
    node.send(to=NOBODY)
    node.now += 1000
    pending = node("eth_getBlockByNumber", "pending", True)
    assert int(pending["timestamp"], 16) == START + 1000
    assert (pending["hash"], pending["number"], pending["transactions"]) == (None, "0x2", [])


def test_a_transaction_ahead_of_its_turn_waits_and_both_are_mined_in_order(node: Asked) -> None:
    later = node.send(to=NOBODY, nonce=1)
    assert node.receipt(later) is None
    assert node("eth_getTransactionByHash", later)["blockHash"] is None
    address = node.account().address
    assert node.number("eth_getTransactionCount", address, "pending") == 0
    first = node.send(to=NOBODY, nonce=0)
    assert node.receipt(first)["blockNumber"] == "0x1"
    assert node.receipt(later)["blockNumber"] == "0x2"
    assert node.number("eth_getTransactionCount", address, "latest") == 2


def test_a_waiting_transaction_is_counted_in_the_pending_nonce_and_the_pending_block(held: Asked) -> None:
    sent = held.send(to=NOBODY)
    address = held.account().address
    assert held.number("eth_getTransactionCount", address, "latest") == 0
    assert held.number("eth_getTransactionCount", address, "pending") == 1
    assert held("eth_getBlockByNumber", "pending", False)["transactions"] == [sent]
    held("evm_mine")
    assert held.receipt(sent)["status"] == "0x1"
    assert held("eth_getBlockByNumber", "pending", False)["transactions"] == []


def test_a_replacement_needs_a_tenth_more_of_both_fees(held: Asked) -> None:
    old = held.send(to=NOBODY, nonce=0, maxFeePerGas=10 * GWEI, maxPriorityFeePerGas=GWEI)
    with pytest.raises(RpcError, match="replacement transaction underpriced"):
        held.send(to=NOBODY, nonce=0, maxFeePerGas=11 * GWEI - 1, maxPriorityFeePerGas=2 * GWEI)
    with pytest.raises(RpcError, match="replacement transaction underpriced"):
        held.send(to=NOBODY, nonce=0, maxFeePerGas=20 * GWEI, maxPriorityFeePerGas=GWEI)
    new = held.send(to=NOBODY, nonce=0, maxFeePerGas=11 * GWEI, maxPriorityFeePerGas=11 * GWEI // 10)
    assert held("eth_getTransactionByHash", old) is None
    held("evm_mine")
    assert held.receipt(old) is None
    assert held.receipt(new)["blockNumber"] == "0x1"


def test_the_same_transaction_again_is_already_known_while_it_waits_and_nonce_too_low_after(
    held: Asked,
) -> None:
    raw = held.signed(to=NOBODY, nonce=0)
    held("eth_sendRawTransaction", raw)
    with pytest.raises(RpcError, match="already known") as known:
        held("eth_sendRawTransaction", raw)
    held("evm_mine")
    with pytest.raises(RpcError, match="nonce too low") as low:
        held("eth_sendRawTransaction", raw)
    assert known.value.code == low.value.code == -32003


def test_a_fee_below_the_base_fee_waits_until_it_is_met(node: Asked) -> None:
    low = node.send(to=NOBODY, maxFeePerGas=8 * GWEI // 10, maxPriorityFeePerGas=0)
    assert node.receipt(low) is None
    for _ in range(3):
        node.send("beneficiary", to=NOBODY)
    assert node.receipt(low)["status"] == "0x1"


def test_what_is_dropped_from_the_pool_is_forgotten(held: Asked) -> None:
    sent = held.send(to=NOBODY)
    assert held("anvil_dropTransaction", sent) == sent
    assert held("eth_getTransactionByHash", sent) is None
    assert held("anvil_dropTransaction", sent) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"chainId": 1}, f"invalid chain id: have 1, want {CHAIN_ID}"),
        ({"gas": 20_999}, "intrinsic gas too low: have 20999, want 21000"),
        ({"gas": 30_000_001}, "exceeds block gas limit"),
        ({"value": FUNDS}, r"insufficient funds for gas \* price \+ value"),
        ({"maxPriorityFeePerGas": 11 * GWEI}, "max priority fee per gas higher than max fee per gas"),
    ],
)
def test_what_can_never_be_mined_is_refused_and_changes_nothing(
    node: Asked, fields: dict[str, object], words: str
) -> None:
    with pytest.raises(RpcError, match=words) as refused:
        node.send(**{"to": NOBODY, **fields})
    assert refused.value.code == -32003
    assert node.number("eth_blockNumber") == 0
    assert node.number("eth_getTransactionCount", node.account().address, "pending") == 0


@pytest.mark.parametrize("raw", ["0x", "0x00", "0x02", "0xff00", "0x03c0", "0xc0"])
def test_what_is_no_transaction_is_refused(node: Asked, raw: str) -> None:
    with pytest.raises(RpcError) as refused:
        node("eth_sendRawTransaction", raw)
    assert refused.value.code == -32003


def test_a_transaction_with_another_byte_behind_it_is_refused(node: Asked) -> None:
    with pytest.raises(RpcError, match="not a signed transaction"):
        node("eth_sendRawTransaction", node.signed(to=NOBODY) + "00")


def test_a_signature_of_the_high_half_is_refused(node: Asked) -> None:
    *fields, parity, r, s = rlp.decode(bytes.fromhex(node.signed(to=NOBODY)[4:]))
    flipped = b"" if parity else b"\x01"
    high = (SECPK1_N - int.from_bytes(s, "big")).to_bytes(32, "big")
    with pytest.raises(RpcError, match="not a signed transaction"):
        node("eth_sendRawTransaction", "0x02" + rlp.encode([*fields, flipped, r, high]).hex())


def test_a_transaction_that_reverts_is_mined_as_failed(node: Asked) -> None:
    failed = node.receipt(node.send(data=bytes.fromhex("600080fd")))
    assert (failed["status"], failed["logs"]) == ("0x0", [])


def test_many_senders_waiting_are_all_mined_by_one_evm_mine_a_block_each(held: Asked) -> None:
    keeper_hash = held.send(data=creation(KEEPER))
    others = [held.send(name, to=NOBODY) for name in ("beneficiary", "poster", "regulator")]
    held("evm_mine")
    receipts = [held.receipt(one) for one in (keeper_hash, *others)]
    assert sorted(int(one["blockNumber"], 16) for one in receipts) == [1, 2, 3, 4]
    assert held("eth_getCode", receipts[0]["contractAddress"], "latest") == "0x" + KEEPER.hex()
