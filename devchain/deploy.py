"""The platform's contracts on a development chain, deployed once however often it is asked.

What the deployer has created stands at addresses that follow from its nonces, so that a deployment that was
interrupted anywhere is found again. A contract whose artifact has changed since is deployed anew, beside the old one.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_account import Account as EthAccount

import contracts
from devchain.client import Client
from devchain.errors import FolderError, NodeError
from devchain.evm import CHAIN_ID
from devchain.folder import Account, Folder, write_private
from devchain.values import address_of
from devchain.views import created_address

ADMIN_DELAY = 3 * 24 * 3600
"""Seconds between the steps of handing over administration."""

EXAMINATION_PERIOD = 15 * 24 * 3600
"""Seconds to answer a demand: docs/spec/guarantee.md says why fifteen days."""

_MARKER = re.compile(rb"\xa2\x64ipfs\x58\x22(.{34})\x64solc", re.DOTALL)
"""The hash of all sources and settings, which the compiler puts behind the code."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """Where a contract stands, and whether it was put there just now."""

    name: str
    address: str
    block: int
    is_new: bool


def deploy(folder: Folder, client: Client) -> list[Deployed]:
    """GuaranteeRegistry and LedgerAnchor stand on the chain, and contracts.json says where.

    The deployer administers both; the account `regulator` licenses guarantors and registers logs. NodeError,
    FolderError.
    """
    accounts = {account.name: account for account in folder.accounts()}
    if (chain_id := client.number("eth_chainId")) != CHAIN_ID:
        raise NodeError(f"the node has chain {chain_id}, and is not a development chain ({CHAIN_ID})")
    deployer, regulator = accounts["deployer"], accounts["regulator"].address
    if client.number("eth_getBalance", deployer.address, "latest") == 0:
        raise FolderError(f"the keys in {folder.keys} are not those of the node's chain")
    arguments = {
        "GuaranteeRegistry": encode(
            ["address", "uint48", "address", "uint40"],
            [deployer.address, ADMIN_DELAY, regulator, EXAMINATION_PERIOD],
        ),
        "LedgerAnchor": encode(["address", "uint48", "address"], [deployer.address, ADMIN_DELAY, regulator]),
    }
    done = [_deployed(name, encoded, deployer, client) for name, encoded in arguments.items()]
    found = {one.name: {"address": one.address, "block": one.block} for one in done}
    write_private(folder.contracts, json.dumps({"chain_id": CHAIN_ID, "contracts": found}, indent=1) + "\n")
    return done


def _deployed(name: str, arguments: bytes, deployer: Account, client: Client) -> Deployed:
    artifact = contracts.artifact(name)
    mark = _mark(artifact.deployed_bytecode)
    next_nonce = client.number("eth_getTransactionCount", deployer.address, "latest")
    sender = deployer.key.public_key.to_canonical_address()
    for nonce in reversed(range(next_nonce)):
        address = address_of(created_address(sender, nonce)) or ""
        code = bytes.fromhex(client.call("eth_getCode", address, "latest")[2:])
        if code and _mark(code) == mark:
            return Deployed(name, address, _first_block(address, client), is_new=False)
    receipt = _create(artifact.bytecode + arguments, next_nonce, deployer, client)
    return Deployed(name, receipt["contractAddress"], int(receipt["blockNumber"], 16), is_new=True)


def _create(code: bytes, nonce: int, deployer: Account, client: Client) -> dict[str, Any]:
    request = {"from": deployer.address, "data": "0x" + code.hex()}
    transaction = {
        "type": 2,
        "chainId": CHAIN_ID,
        "nonce": nonce,
        "gas": client.number("eth_estimateGas", request),
        "maxPriorityFeePerGas": client.number("eth_maxPriorityFeePerGas"),
        "maxFeePerGas": 2 * client.number("eth_gasPrice"),
        "value": 0,
        "data": code,
    }
    signed = EthAccount.sign_transaction(transaction, deployer.key.to_bytes())
    transaction_hash = client.call("eth_sendRawTransaction", "0x" + signed.raw_transaction.hex())
    receipt: dict[str, Any] | None = client.call("eth_getTransactionReceipt", transaction_hash)
    if receipt is None or receipt["status"] != "0x1":
        raise NodeError(f"the deployment {transaction_hash} was not mined, or failed: ask again")
    return receipt


def _first_block(address: str, client: Client) -> int:
    """The block since which the address has code: found by halves, for the chain keeps every state."""
    return _first(
        client.number("eth_blockNumber"),
        lambda number: client.call("eth_getCode", address, hex(number)) != "0x",
    )


def _first(last: int, holds: Callable[[int], bool]) -> int:
    """The least number up to `last` for which it holds; it holds for `last`, and from the least on."""
    low, high = 0, last
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return high


def _mark(code: bytes) -> bytes | None:
    found = _MARKER.search(code)
    return found and found.group(1)
