"""Blocks, transactions, receipts and logs as JSON-RPC shows them (Ethereum execution API)."""

import rlp
from eth.abc import BlockHeaderAPI, SignedTransactionAPI
from eth_typing import Address
from eth_utils.crypto import keccak

from devchain.chain import Mined
from devchain.evm import base_fee
from devchain.store import LogRow
from devchain.values import address_of, hex_of

Json = dict[str, object]
SUCCESS = b"\x01"


def header_json(header: BlockHeaderAPI) -> Json:
    """All of a block but its transactions."""
    return {
        "number": hex_of(header.block_number),
        "hash": hex_of(header.hash),
        "parentHash": hex_of(header.parent_hash),
        "nonce": hex_of(header.nonce),
        "sha3Uncles": hex_of(header.uncles_hash),
        "logsBloom": hex_of(header.bloom.to_bytes(256, "big")),
        "transactionsRoot": hex_of(header.transaction_root),
        "stateRoot": hex_of(header.state_root),
        "receiptsRoot": hex_of(header.receipt_root),
        "miner": address_of(header.coinbase),
        "difficulty": hex_of(header.difficulty),
        "totalDifficulty": hex_of(0),
        "extraData": hex_of(header.extra_data),
        "size": hex_of(len(rlp.encode(header))),
        "gasLimit": hex_of(header.gas_limit),
        "gasUsed": hex_of(header.gas_used),
        "timestamp": hex_of(header.timestamp),
        "mixHash": hex_of(header.mix_hash),
        "baseFeePerGas": hex_of(header.base_fee_per_gas),
        "withdrawalsRoot": hex_of(header.withdrawals_root),
        "blobGasUsed": hex_of(header.blob_gas_used),
        "excessBlobGas": hex_of(header.excess_blob_gas),
        "parentBeaconBlockRoot": hex_of(header.parent_beacon_block_root),
        "withdrawals": [],
        "uncles": [],
    }


def transaction_json(transaction: SignedTransactionAPI, header: BlockHeaderAPI | None) -> Json:
    """A transaction, in its block or waiting for one."""
    kind = transaction.type_id or 0
    shown: Json = {
        "hash": hex_of(transaction.hash),
        "type": hex_of(kind),
        "chainId": hex_of(transaction.chain_id),
        "nonce": hex_of(transaction.nonce),
        "blockHash": hex_of(header.hash) if header else None,
        "blockNumber": hex_of(header.block_number) if header else None,
        "transactionIndex": hex_of(0) if header else None,
        "from": address_of(transaction.sender),
        "to": address_of(transaction.to),
        "value": hex_of(transaction.value),
        "gas": hex_of(transaction.gas),
        "gasPrice": hex_of(price(transaction, header) if header else transaction.max_fee_per_gas),
        "input": hex_of(transaction.data),
        "r": hex_of(transaction.r),
        "s": hex_of(transaction.s),
    }
    if kind == 0:
        return shown | {"v": hex_of(35 + 2 * (transaction.chain_id or 0) + transaction.y_parity)}
    shown |= {
        "v": hex_of(transaction.y_parity),
        "yParity": hex_of(transaction.y_parity),
        "accessList": [
            {"address": address_of(where), "storageKeys": [hex_of(key.to_bytes(32, "big")) for key in keys]}
            for where, keys in transaction.access_list
        ],
    }
    if kind == 1:
        return shown
    return shown | {
        "maxFeePerGas": hex_of(transaction.max_fee_per_gas),
        "maxPriorityFeePerGas": hex_of(transaction.max_priority_fee_per_gas),
    }


def receipt_json(mined: Mined, logs: list[LogRow]) -> Json:
    """What became of a transaction; it is the only one of its block."""
    transaction, header, receipt = mined.transaction, mined.header, mined.receipt
    created = None if transaction.to else created_address(transaction.sender, transaction.nonce)
    return {
        "transactionHash": hex_of(transaction.hash),
        "transactionIndex": hex_of(0),
        "blockHash": hex_of(header.hash),
        "blockNumber": hex_of(header.block_number),
        "from": address_of(transaction.sender),
        "to": address_of(transaction.to),
        "type": hex_of(transaction.type_id or 0),
        "gasUsed": hex_of(receipt.gas_used),
        "cumulativeGasUsed": hex_of(receipt.gas_used),
        "effectiveGasPrice": hex_of(price(transaction, header)),
        "contractAddress": created and address_of(created),
        "status": hex_of(int(receipt.state_root == SUCCESS)),
        "logsBloom": hex_of(receipt.bloom.to_bytes(256, "big")),
        "logs": [log_json(row) for row in logs],
    }


def log_json(row: LogRow) -> Json:
    return {
        "address": address_of(row.address),
        "topics": [hex_of(topic) for topic in row.topics],
        "data": hex_of(row.data),
        "blockNumber": hex_of(row.block),
        "blockHash": hex_of(row.block_hash),
        "transactionHash": hex_of(row.transaction_hash),
        "transactionIndex": hex_of(0),
        "logIndex": hex_of(row.position),
        "removed": False,
    }


def price(transaction: SignedTransactionAPI, header: BlockHeaderAPI) -> int:
    """Wei a unit of gas that the transaction paid in that block (EIP-1559)."""
    return min(transaction.max_fee_per_gas, base_fee(header) + transaction.max_priority_fee_per_gas)


def created_address(sender: bytes, nonce: int) -> Address:
    """Where a contract stands that this transaction of the sender creates."""
    return Address(keccak(rlp.encode([sender, nonce]))[12:])
