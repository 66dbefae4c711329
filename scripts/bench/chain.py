"""The development node beside Anvil: transactions a second over HTTP, and the time from its start to its first answer.

Transactions come from one sender, one after the other, each with its receipt, as the platform's outbox sends them.
The restart is of 10,000 blocks: those of the transactions, and empty ones.
"""

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from eth_account import Account
from eth_account.signers.local import LocalAccount

from devchain.folder import Folder
from scripts.bench.commits import on_disk
from scripts.bench.measure import Result, cost, rate

ANVIL = Path("contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil")
TRANSACTIONS = 1000
BLOCKS = 10_000
ROUNDS = 3
FUNDS = 10**24


def run() -> Iterator[Result]:
    with tempfile.TemporaryDirectory(dir=on_disk()) as folder:
        ours = _measured(_Ours(Path(folder)))
        theirs = _measured(_Anvil(Path(folder) / "anvil.json"))
    yield rate("chain.transactions", ours[0], "transactions/s with receipts", "anvil", theirs[0])
    yield cost("chain.restart", ours[1], f"s to the first answer, {BLOCKS:,} blocks", "anvil", theirs[1])


class _Node:
    """A process that answers JSON-RPC on a port of this machine."""

    def __init__(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port: int = taken.getsockname()[1]
        self._http = httpx.Client(trust_env=False, timeout=120)
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def sender(self) -> LocalAccount:
        raise NotImplementedError

    def ask(self, method: str, *params: object) -> Any:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = self._http.post(f"http://127.0.0.1:{self.port}", json=request).json()
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def start(self) -> float:
        """Seconds until it answers."""
        begun = time.perf_counter()
        self._process = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL)
        while True:
            try:
                self.ask("eth_blockNumber")
            except httpx.TransportError:
                time.sleep(0.005)
            else:
                return time.perf_counter() - begun

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()


class _Ours(_Node):
    def __init__(self, var: Path) -> None:
        super().__init__()
        self._var = var

    def command(self) -> list[str]:
        program = [sys.executable, "-c", "from app.cli.main import main; main()", "chain", "run"]
        return [*program, "--var", str(self._var), "--listen", f"127.0.0.1:{self.port}", "--test-aids"]

    def sender(self) -> LocalAccount:
        (account, *_) = Folder(self._var / "chain").accounts()
        found: LocalAccount = Account.from_key(account.key.to_bytes())
        return found


class _Anvil(_Node):
    def __init__(self, state: Path) -> None:
        super().__init__()
        self._state = state

    def command(self) -> list[str]:
        options = ["--silent", "--hardfork", "cancun", "--state", str(self._state)]
        return [str(ANVIL), "--port", str(self.port), *options]

    def sender(self) -> LocalAccount:
        account: LocalAccount = Account.create()
        self.ask("anvil_setBalance", account.address, hex(FUNDS))
        return account


def _measured(node: _Node) -> tuple[float, float]:
    """Transactions a second, and the best time of a restart in seconds."""
    node.start()
    try:
        sender = node.sender()
        chain_id = int(node.ask("eth_chainId"), 16)
        signed = [_signed(sender, nonce, chain_id) for nonce in range(TRANSACTIONS)]
        begun = time.perf_counter()
        for raw in signed:
            sent = node.ask("eth_sendRawTransaction", raw)
            # Anvil answers a moment before the receipt is there.
            while (receipt := node.ask("eth_getTransactionReceipt", sent)) is None:
                pass
            if receipt["status"] != "0x1":
                raise RuntimeError("a transaction failed")
        transactions = TRANSACTIONS / (time.perf_counter() - begun)
        node.ask("anvil_mine", hex(BLOCKS - TRANSACTIONS))
        head = int(node.ask("eth_blockNumber"), 16)
        if head != BLOCKS:
            raise RuntimeError(f"{head} blocks instead of {BLOCKS}")
    finally:
        node.stop()
    return transactions, min(_restart(node) for _ in range(ROUNDS))


def _restart(node: _Node) -> float:
    try:
        took = node.start()
        if int(node.ask("eth_blockNumber"), 16) != BLOCKS:
            raise RuntimeError("the chain is not the one before the restart")
        return took
    finally:
        node.stop()


def _signed(sender: LocalAccount, nonce: int, chain_id: int) -> str:
    fees = {"maxFeePerGas": 10**10, "maxPriorityFeePerGas": 1, "gas": 21_000}
    whole: Any = {"type": 2, "chainId": chain_id, "nonce": nonce, "to": sender.address, "value": 0, **fees}
    raw: bytes = sender.sign_transaction(whole).raw_transaction
    return "0x" + raw.hex()
