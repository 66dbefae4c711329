"""A node within the test's process, asked as over HTTP, with a clock of the test's own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account as EthAccount

from devchain.errors import RpcError
from devchain.evm import CHAIN_ID
from devchain.folder import Account, Folder
from devchain.rpc import Rpc
from devchain.server import opened

START = 1_800_000_000
GWEI = 10**9

KEEPER = bytes.fromhex("60003560005560003560006000a100")
"""Keeps the first word it is called with in slot 0, and logs it as an event's only topic. Written by hand, as these
all are, so that the tests need no compiler."""

REVERTER = bytes.fromhex("366000600037366000fd")
"""Reverts with what it is called with."""

READER = bytes.fromhex("426000524360205260005460405260606000f3")
"""Answers with the block's time, its number, and slot 0."""


def creation(code: bytes) -> bytes:
    """Creates a contract with just this code: PUSH, CODECOPY, RETURN."""
    return bytes([0x60, len(code), 0x60, 12, 0x60, 0, 0x39, 0x60, len(code), 0x60, 0, 0xF3]) + code


@dataclass
class Asked:
    """The node. `now` is its clock."""

    rpc: Rpc
    folder: Folder
    clock: list[int]

    @property
    def now(self) -> int:
        return self.clock[0]

    @now.setter
    def now(self, value: int) -> None:
        self.clock[0] = value

    def raw(self, body: object) -> Any:
        answer = self.rpc.answer(json.dumps(body).encode())
        return None if answer is None else json.loads(answer)

    def __call__(self, method: str, *params: object) -> Any:
        """The result; RpcError for an error."""
        answer = self.raw({"jsonrpc": "2.0", "id": 7, "method": method, "params": list(params)})
        assert answer["id"] == 7
        if "error" in answer:
            raise RpcError(**answer["error"])
        return answer["result"]

    def number(self, method: str, *params: object) -> int:
        return int(self(method, *params), 16)

    def account(self, name: str = "guarantor") -> Account:
        (found,) = [one for one in self.folder.accounts() if one.name == name]
        return found

    def signed(self, name: str = "guarantor", /, **fields: object) -> str:
        """A signed transaction; fields replace what would do."""
        account = self.account(name)
        if "nonce" not in fields:
            fields["nonce"] = self.number("eth_getTransactionCount", account.address, "pending")
        whole = {
            "type": 2,
            "chainId": CHAIN_ID,
            "gas": 200_000,
            "maxFeePerGas": 10 * GWEI,
            "maxPriorityFeePerGas": GWEI,
            "value": 0,
        } | fields
        if "gasPrice" in fields:
            for replaced in ("type", "maxFeePerGas", "maxPriorityFeePerGas"):
                whole.pop(replaced)
            whole |= fields
        raw: bytes = EthAccount.sign_transaction(whole, account.key.to_bytes()).raw_transaction
        return "0x" + raw.hex()

    def send(self, name: str = "guarantor", /, **fields: object) -> str:
        result: str = self("eth_sendRawTransaction", self.signed(name, **fields))
        return result

    def receipt(self, transaction_hash: str) -> Any:
        return self("eth_getTransactionReceipt", transaction_hash)

    def create(self, code: bytes) -> str:
        """The address of a new contract with this code."""
        address: str = self.receipt(self.send(data=creation(code)))["contractAddress"]
        return address


@contextmanager
def asked(path: Path, *, test_aids: bool = False, now: int = START) -> Iterator[Asked]:
    clock = [now]
    folder = Folder(path)
    with opened(folder, lambda: clock[0], test_aids=test_aids) as rpc:
        yield Asked(rpc, folder, clock)


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")
