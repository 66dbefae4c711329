"""web3.py as the client: what it sees of this node it sees of Anvil too, from the platform's own contracts."""

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account as EthAccount
from eth_account.signers.local import LocalAccount
from web3 import Web3
from web3.contract import Contract
from web3.exceptions import ContractCustomError, TransactionNotFound, Web3RPCError
from web3.types import TxReceipt

import contracts
from devchain.evm import FUNDS
from devchain.folder import Folder
from tests.integration.contracts.contract_tools import module
from tests.integration.devchain.asking import creation
from tests.integration.devchain.node_process import running, sunseal

DAY = 24 * 3600

CALLS_ITSELF = bytes.fromhex("60006000600060006000305af100")
"""With all the gas it has, of which each call gets 63/64: some 650 calls deep."""


@dataclass
class Party:
    """A node, and a funded key that does everything."""

    web3: Web3
    key: LocalAccount

    def sign(self, transaction: Any) -> bytes:
        return bytes(self.key.sign_transaction(transaction).raw_transaction)

    def act(self, function: Any, **fields: Any) -> TxReceipt:
        whole = function.build_transaction(
            {"from": self.key.address, "nonce": self.nonce("pending")} | fields
        )
        return self.web3.eth.wait_for_transaction_receipt(
            self.web3.eth.send_raw_transaction(self.sign(whole))
        )

    def nonce(self, block: Any = "latest") -> int:
        return self.web3.eth.get_transaction_count(self.key.address, block)

    def deploy(self, name: str, *arguments: object) -> Contract:
        artifact = contracts.artifact(name)
        factory: Any = self.web3.eth.contract(abi=artifact.abi, bytecode=artifact.bytecode)
        address = self.act(factory.constructor(*arguments))["contractAddress"]
        deployed: Any = self.web3.eth.contract(address, abi=artifact.abi)
        found: Contract = deployed
        return found

    def plain(self, **fields: Any) -> bytes:
        """A transfer of nothing to itself."""
        fees = {"maxFeePerGas": 10**10, "maxPriorityFeePerGas": 10**9}
        whole = {"to": self.key.address, "value": 0, "gas": 21_000, "chainId": self.web3.eth.chain_id, **fees}
        return self.sign(whole | fields)


@pytest.fixture(scope="module", params=["sunseal chain", "anvil"])
def party(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Party]:
    if request.param == "anvil":
        with anvil() as url:
            web3 = Web3(Web3.HTTPProvider(url))
            key = EthAccount.create()
            web3.provider.make_request("anvil_setBalance", [key.address, hex(FUNDS)])  # type: ignore[arg-type]
            yield Party(web3, key)
        return
    var = tmp_path_factory.mktemp("var")
    with running(var, "--test-aids") as node:
        (account, *_) = Folder(var / "chain").accounts()
        yield Party(Web3(Web3.HTTPProvider(node.url)), EthAccount.from_key(account.key.to_bytes()))


class anvil:  # noqa: N801 -- used as a function
    """Anvil with Cancun's rules; its URL."""

    def __enter__(self) -> str:
        path = module("@foundry-rs", "anvil-linux-amd64", "bin", "anvil")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        self._process = subprocess.Popen([path, "--port", str(port), "--silent", "--hardfork", "cancun"])
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 20
        while not Web3(Web3.HTTPProvider(url)).is_connected():
            assert time.monotonic() < deadline, "anvil does not answer"
            time.sleep(0.05)
        return url

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


@pytest.fixture(scope="module")
def anchors(party: Party) -> Contract:
    return party.deploy("LedgerAnchor", party.key.address, 3 * DAY, party.key.address)


@pytest.fixture(scope="module")
def log(party: Party, anchors: Contract) -> bytes:
    receipt = party.act(anchors.functions.register("log.example/one", party.key.address))
    (found,) = anchors.events.Registered().get_logs(from_block=receipt["blockNumber"])
    result: bytes = found["args"]["log"]
    return result


def test_the_same_acts_cost_the_same_gas(party: Party, anchors: Contract, log: bytes) -> None:
    assert party.act(anchors.functions.anchor(log, 5, b"\1" * 32))["gasUsed"] == 34_617
    assert anchors.functions.anchor(log, 6, b"\2" * 32).estimate_gas({"from": party.key.address}) == 34_617


def test_an_anchor_is_read_at_a_depth(party: Party, anchors: Contract, log: bytes) -> None:
    blocks = {}
    for size in (100, 200, 300):
        receipt = party.act(anchors.functions.anchor(log, size, size.to_bytes(32, "big")))
        blocks[size] = receipt["blockNumber"]
    for size, block in blocks.items():
        assert anchors.functions.headOf(log).call(block_identifier=block)[1] == size
    assert anchors.functions.headOf(log).call(block_identifier="latest")[1] == 300
    found = anchors.events.Anchored().get_logs(from_block=blocks[100], to_block=blocks[200])
    assert [event["args"]["size"] for event in found] == [100, 200]


def test_a_refusal_has_the_contracts_error(party: Party, anchors: Contract, log: bytes) -> None:
    size = anchors.functions.headOf(log).call()[1]
    refused = anchors.functions.anchor(log, size, b"\1" * 32)
    selector = Web3.keccak(text="NotForwards(bytes32,uint64,uint64)")[:4]
    expected = Web3.to_hex(selector + log + 2 * size.to_bytes(32, "big"))
    for ask in (refused.call, refused.estimate_gas):
        with pytest.raises(ContractCustomError) as said:
            ask({"from": party.key.address})
        assert said.value.data == expected


def test_a_failed_transaction_has_its_receipt(party: Party, anchors: Contract, log: bytes) -> None:
    receipt = party.act(anchors.functions.anchor(log, 0, b"\1" * 32), gas=100_000)
    assert (receipt["status"], receipt["logs"]) == (0, [])


def test_calls_nest_as_deep_as_a_blocks_gas_goes(party: Party) -> None:
    factory: Any = party.web3.eth.contract(abi=[], bytecode=creation(CALLS_ITSELF))
    address = party.act(factory.constructor())["contractAddress"]
    fields = {"nonce": party.nonce(), "to": address, "gas": 25_000_000}
    sent = party.web3.eth.send_raw_transaction(party.plain(**fields))
    receipt = party.web3.eth.wait_for_transaction_receipt(sent)
    assert (receipt["status"], receipt["gasUsed"]) == (1, 82_326)


def test_words_that_a_sender_acts_upon(party: Party) -> None:
    web3 = party.web3
    nonce = party.nonce()
    mined = party.plain(nonce=nonce)
    web3.eth.send_raw_transaction(mined)
    with pytest.raises(Web3RPCError, match="nonce too low"):
        web3.eth.send_raw_transaction(party.plain(nonce=nonce, value=1))
    waiting = party.plain(nonce=nonce + 2)
    waiting_hash = web3.eth.send_raw_transaction(waiting)
    with pytest.raises(Web3RPCError, match=r"already (known|imported)"):
        web3.eth.send_raw_transaction(waiting)
    with pytest.raises(Web3RPCError, match="replacement transaction underpriced"):
        web3.eth.send_raw_transaction(party.plain(nonce=nonce + 2, value=1))
    more = {"maxFeePerGas": 2 * 10**10, "maxPriorityFeePerGas": 2 * 10**9}
    better_hash = web3.eth.send_raw_transaction(party.plain(nonce=nonce + 2, value=1, **more))
    assert (party.nonce("latest"), web3.eth.get_transaction(better_hash)["nonce"]) == (nonce + 1, nonce + 2)
    with pytest.raises(TransactionNotFound):
        web3.eth.get_transaction_receipt(better_hash)
    web3.eth.send_raw_transaction(party.plain(nonce=nonce + 1))
    assert web3.eth.wait_for_transaction_receipt(better_hash)["status"] == 1
    with pytest.raises(TransactionNotFound):
        web3.eth.get_transaction(waiting_hash)
    with pytest.raises(Web3RPCError, match=r"(?i)insufficient funds"):
        web3.eth.send_raw_transaction(party.plain(nonce=nonce + 3, value=2 * FUNDS))


def test_a_held_back_transaction_is_pending_until_it_is_mined(party: Party) -> None:
    web3 = party.web3
    make: Any = web3.provider.make_request
    make("evm_setAutomine", [False])
    try:
        before = party.nonce()
        sent = web3.eth.send_raw_transaction(party.plain(nonce=before))
        assert (party.nonce("latest"), party.nonce("pending")) == (before, before + 1)
        assert web3.eth.get_transaction(sent).get("blockHash") is None
        make("evm_mine", [])
        assert web3.eth.get_transaction_receipt(sent)["status"] == 1
    finally:
        make("evm_setAutomine", [True])


def test_the_clock_can_be_moved(party: Party) -> None:
    web3 = party.web3
    make: Any = web3.provider.make_request
    make("evm_increaseTime", [DAY])
    make("evm_mine", [])
    assert abs(web3.eth.get_block("latest")["timestamp"] - time.time() - DAY) < 60


def test_deploying_again_finds_what_was_deployed(tmp_path: Path) -> None:
    with running(tmp_path) as node:
        first = sunseal("deploy", "--var", str(tmp_path), "--node", node.url)
        assert (first.returncode, first.stdout.count("deployed now")) == (0, 2), first.stderr
        written = (tmp_path / "chain" / "contracts.json").read_text()
        (tmp_path / "chain" / "contracts.json").unlink()
        node.kill()
    with running(tmp_path) as node:
        again = sunseal("deploy", "--var", str(tmp_path), "--node", node.url)
        assert again.stdout.count("was there") == 2
        assert (tmp_path / "chain" / "contracts.json").read_text() == written
    gone = sunseal("deploy", "--var", str(tmp_path), "--node", node.url)
    assert (gone.returncode, "sunseal chain run" in gone.stderr) == (1, True)


def test_deploying_on_another_chain_than_the_folders_is_refused(tmp_path: Path) -> None:
    with running(tmp_path / "one") as node, running(tmp_path / "two"):
        refused = sunseal("deploy", "--var", str(tmp_path / "two"), "--node", node.url)
    assert "are not those of the node's chain" in refused.stderr
