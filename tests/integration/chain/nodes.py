"""The two nodes that the gateway is tested on, behind one face: Anvil, and our own `sunseal chain`.

Both have the same chain id, the same keys (made from a seed, so that addresses are the same), and the same contracts,
deployed by `sunseal chain deploy`.
"""

import socket
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import httpx

from devchain.client import Client
from devchain.deploy import deploy
from devchain.errors import NodeError
from devchain.evm import CHAIN_ID
from devchain.folder import Folder
from guarantees.chain.deployment import Deployment
from guarantees.chain.keystore import KeystoreSigner
from tests.integration.contracts.contract_tools import module

ANVIL = "anvil"
OURS = "sunseal chain"
KINDS = (ANVIL, OURS)
START_SECONDS = 30


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class NodeProcess:
    """A node of either kind in a process of its own. Only `sunseal chain` has its chain again after a kill."""

    def __init__(self, kind: str, var: Path, *, seed: int = 1) -> None:
        self.kind = kind
        self.folder = Folder(var / "chain")
        self.folder.path.mkdir(parents=True, exist_ok=True)
        self.folder.make_accounts(Random(seed).randbytes)
        self.signers = {one.name: KeystoreSigner(one.key.to_bytes()) for one in self.folder.accounts()}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._http = httpx.Client(trust_env=False, timeout=30)
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        if self.kind == ANVIL:
            program = module("@foundry-rs", "anvil-linux-amd64", "bin", "anvil")
            command = [program, "--port", str(self.port), "--chain-id", str(CHAIN_ID), "--silent"]
        else:
            main = "from app.cli.main import main; main()"
            listen = ("--listen", f"127.0.0.1:{self.port}", "--test-aids")
            command = [
                sys.executable,
                "-c",
                main,
                "chain",
                "run",
                "--var",
                str(self.folder.path.parent),
                *listen,
            ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                self.ask("eth_chainId")
                break
            except httpx.HTTPError:
                assert self._process.poll() is None, f"{self.kind} ended by itself"
                assert time.monotonic() < end, f"{self.kind} does not start"
                time.sleep(0.05)
        if self.kind == ANVIL:
            for signer in self.signers.values():
                self.ask("anvil_setBalance", "0x" + signer.address.hex(), hex(10**24))

    def kill(self) -> None:
        """kill -9, and wait for its end."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def ask(self, method: str, *parameters: object) -> Any:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        answer = self._http.post(self.url, json=request).json()
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def deploy(self) -> Deployment:
        """Anvil answers before it has mined, and the deployment asks for the receipt at once: then it asks again."""
        client, end = Client(self.url), time.monotonic() + START_SECONDS
        try:
            while True:
                try:
                    deploy(self.folder, client)
                    return Deployment.read(self.folder.contracts)
                except NodeError:
                    assert time.monotonic() < end, "the contracts are not deployed"
                    time.sleep(0.05)
        finally:
            client._http.close()

    def close(self) -> None:
        self.kill()
        self._http.close()

    def mine(self, count: int = 1) -> None:
        self.ask("anvil_mine", hex(count))

    def hold_back(self, *, is_on: bool = True) -> None:
        """Transactions wait for `mine`, or are mined at once again."""
        self.ask("evm_setAutomine", not is_on)

    def set_next_time(self, timestamp: int) -> None:
        self.ask("evm_setNextBlockTimestamp", timestamp)

    def drop(self, transaction: bytes) -> None:
        self.ask("anvil_dropTransaction", "0x" + transaction.hex())

    def number(self) -> int:
        return int(self.ask("eth_blockNumber"), 16)
