"""The node is killed while transactions stream in, again and again: what it had answered for is there afterwards."""

import random
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from eth_account import Account as EthAccount

from devchain.evm import CHAIN_ID
from devchain.folder import Account, Folder
from tests.integration.devchain.asking import KEEPER, creation, word
from tests.integration.devchain.node_process import NodeProcess, running, start

SENDERS = ("guarantor", "guarantor-2", "beneficiary")


class Stream:
    """A sender of transactions, one after the other, until the node no longer answers. `answered` has receipts."""

    def __init__(self, url: str, account: Account, keeper: str | None) -> None:
        self._url, self._account, self._keeper = url, account, keeper
        self.answered: list[dict[str, Any]] = []
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        with httpx.Client(trust_env=False) as client:
            try:
                nonce = int(
                    ask(client, self._url, "eth_getTransactionCount", self._account.address, "pending"), 16
                )
                while True:
                    self._send(client, nonce)
                    nonce += 1
            except httpx.HTTPError:
                return

    def _send(self, client: httpx.Client, nonce: int) -> None:
        fields = {"nonce": nonce, "gas": 200_000, "maxFeePerGas": 10**10, "maxPriorityFeePerGas": 1}
        target = {"to": self._keeper, "data": word(nonce)} if self._keeper else {"data": creation(KEEPER)}
        signed = EthAccount.sign_transaction(
            fields | target | {"chainId": CHAIN_ID, "type": 2, "value": 0}, self._account.key.to_bytes()
        )
        sent = ask(client, self._url, "eth_sendRawTransaction", "0x" + signed.raw_transaction.hex())
        receipt = ask(client, self._url, "eth_getTransactionReceipt", sent)
        assert receipt["status"] == "0x1"
        self.answered.append(receipt)


def ask(client: httpx.Client, url: str, method: str, *params: object) -> Any:
    answer = client.post(url, json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).json()
    assert "error" not in answer, answer
    return answer["result"]


def check_whole(url: str, receipts: list[dict[str, Any]]) -> None:
    """Every block links to its parent, has its state, and its events are indexed once; every receipt is as it was."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        head = int(ask(client, url, "eth_blockNumber"), 16)
        parent, events = None, []
        for number in range(head + 1):
            block = ask(client, url, "eth_getBlockByNumber", hex(number), False)
            assert parent is None or block["parentHash"] == parent["hash"]
            assert parent is None or int(block["timestamp"], 16) >= int(parent["timestamp"], 16)
            assert int(ask(client, url, "eth_getBalance", "0x" + "11" * 20, hex(number)), 16) == 0
            assert len(block["transactions"]) == (number > 0)
            for transaction in block["transactions"]:
                events += ask(client, url, "eth_getTransactionReceipt", transaction)["logs"]
            parent = block
        for receipt in receipts:
            assert ask(client, url, "eth_getTransactionReceipt", receipt["transactionHash"]) == receipt
        assert ask(client, url, "eth_getLogs", {"fromBlock": "0x0"}) == events


def crash_in_the_middle(var: Path, times: int, longest: float, seed: int) -> None:
    chance = random.Random(seed)
    receipts: list[dict[str, Any]] = []
    keeper: str | None = None
    for _ in range(times):
        node = NodeProcess(var)
        accounts = {account.name: account for account in Folder(var / "chain").accounts()}
        streams = [Stream(node.url, accounts[name], keeper) for name in SENDERS]
        time.sleep(chance.uniform(0.05, longest))
        node.kill()
        for stream in streams:
            stream.thread.join()
            receipts += stream.answered
        created = [receipt["contractAddress"] for receipt in receipts if receipt["contractAddress"]]
        keeper = created[0] if created else None
    assert len(receipts) > times, "the node was killed too early to have answered for anything"
    with running(var) as node:
        check_whole(node.url, receipts)


def test_what_had_a_receipt_is_there_after_kill_9_in_the_middle(tmp_path: Path) -> None:
    crash_in_the_middle(tmp_path, times=2, longest=0.8, seed=1)


@pytest.mark.long
def test_what_had_a_receipt_is_there_after_twenty_kills(tmp_path: Path) -> None:
    crash_in_the_middle(tmp_path, times=20, longest=1.5, seed=2)


@pytest.mark.long
def test_a_kill_while_the_chain_is_begun_leaves_one_that_begins(tmp_path: Path) -> None:
    chance = random.Random(3)
    for attempt in range(12):
        var = tmp_path / str(attempt)
        begun = start(var)
        time.sleep(chance.uniform(0.3, 1.2))
        begun.kill()
        begun.communicate()
        with running(var) as node:
            check_whole(node.url, [])
