"""A chain with a fixed clock and fixed keys, on which acts are done and their gas is read from the receipts."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth.constants import ZERO_ADDRESS
from eth_account import Account as EthAccount
from eth_keys.datatypes import PrivateKey
from eth_typing import Address
from eth_utils.crypto import keccak
from web3 import Web3

from devchain.chain import Call, Chain
from devchain.evm import CHAIN_ID, GAS_LIMIT, DevVM
from devchain.store import Store
from devchain.views import created_address

START = 1_767_225_600
"""The chain's first second: 2026-01-01."""

FEE = 10**10
_TRANSACTIONS = DevVM.get_transaction_builder()


def digest(label: str) -> bytes:
    """32 bytes with hardly a zero, as real ones are."""
    return bytes(keccak(text=label))


class MeasurementError(Exception):
    """An act failed that should have been done: there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A contract on the chain: how to encode calls to it, and where."""

    contract: Any
    address: bytes


class Meter:
    """`now` is the next block's time."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.now = START

    def deploy(self, by: str, abi: list[dict[str, Any]], code: bytes | str, *arguments: object) -> Deployed:
        contract: Any = Web3().eth.contract(abi=abi, bytecode=code)
        data = contract.constructor(*arguments).data_in_transaction
        address = created_address(_key(by).public_key.to_canonical_address(), self._nonce(by))
        self._send(by, b"", data)
        return Deployed(contract, address)

    def act(self, by: str, deployed: Deployed, function: str, *arguments: object) -> int:
        """The transaction's gas. MeasurementError if it fails."""
        return self._send(by, deployed.address, deployed.contract.encode_abi(function, args=arguments))

    def read(self, deployed: Deployed, function: str, *arguments: object) -> bytes:
        """What a function answers, as bytes; it costs nothing."""
        data = bytes.fromhex(deployed.contract.encode_abi(function, args=arguments)[2:])
        call = Call(ZERO_ADDRESS, deployed.address, data, 0, GAS_LIMIT)
        return self.chain.call(call, self.chain.head())

    def _send(self, by: str, to: bytes, data: object) -> int:
        fields: dict[str, object] = {"nonce": self._nonce(by), "gas": GAS_LIMIT, "value": 0, "data": data}
        fees = {"chainId": CHAIN_ID, "maxFeePerGas": FEE, "maxPriorityFeePerGas": 1, "type": 2}
        whole = fields | fees | ({"to": Web3.to_checksum_address(to)} if to else {})
        raw = EthAccount.sign_transaction(whole, _key(by).to_bytes()).raw_transaction
        transaction = _TRANSACTIONS.decode(bytes(raw))
        self.chain.mine(transaction, self.now)
        mined = self.chain.mined(transaction.hash)
        if mined is None or mined.receipt.state_root != b"\x01":
            raise MeasurementError(f"an act of {by} failed")
        return mined.receipt.gas_used

    def _nonce(self, by: str) -> int:
        sender = Address(_key(by).public_key.to_canonical_address())
        return self.chain.state(self.chain.head()).get_nonce(sender)


def address_of(name: str) -> str:
    return _key(name).public_key.to_checksum_address()


def _key(name: str) -> PrivateKey:
    return PrivateKey(keccak(text=f"gas table: {name}"))


@contextmanager
def meter(*names: str) -> Iterator[Meter]:
    """A chain on which these have funds."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "chain.sqlite")
        try:
            yield Meter(Chain(store, [address_of(name) for name in names], START))
        finally:
            store.close()
