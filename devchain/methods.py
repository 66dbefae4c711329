"""The methods of JSON-RPC that the node has, by name. Each parses its parameters, and asks the node."""

from collections.abc import Callable, Mapping

from eth.abc import BlockHeaderAPI
from eth.constants import ZERO_ADDRESS

from devchain import values
from devchain.chain import Call
from devchain.errors import InvalidParams, RpcError
from devchain.evm import CHAIN_ID, GAS_LIMIT, base_fee
from devchain.log_filter import parse_filter
from devchain.node import Node
from devchain.store import LogQuery
from devchain.values import hex_of
from devchain.views import Json, header_json, log_json, price, receipt_json, transaction_json

Method = Callable[..., object]

CLIENT = "sunseal-devchain/1"
TIP = 10**9
"""Wei a unit of gas that is suggested above the base fee."""

FEE_BLOCKS = 1024
_CALL_FIELDS = {
    *("from", "to", "data", "input", "value", "gas", "nonce", "type", "chainId"),
    *("gasPrice", "maxFeePerGas", "maxPriorityFeePerGas"),
}


class Methods:
    """The methods upon a node whose lock the caller holds."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._chain = node.chain

    def table(self) -> dict[str, Method]:
        return {
            "eth_accounts": list,
            "eth_blockNumber": lambda: hex_of(self._chain.head().block_number),
            "eth_call": self.call,
            "eth_chainId": lambda: hex_of(CHAIN_ID),
            "eth_estimateGas": self.estimate_gas,
            "eth_feeHistory": self.fee_history,
            "eth_gasPrice": lambda: hex_of(base_fee(self._node.next_header()) + TIP),
            "eth_getBalance": self.get_balance,
            "eth_getBlockByHash": self.get_block_by_hash,
            "eth_getBlockByNumber": self.get_block_by_number,
            "eth_getCode": self.get_code,
            "eth_getLogs": self.get_logs,
            "eth_getStorageAt": self.get_storage_at,
            "eth_getTransactionByHash": self.get_transaction_by_hash,
            "eth_getTransactionCount": self.get_transaction_count,
            "eth_getTransactionReceipt": self.get_transaction_receipt,
            "eth_maxPriorityFeePerGas": lambda: hex_of(TIP),
            "eth_sendRawTransaction": lambda raw: hex_of(self._node.send(values.data(raw, "transaction"))),
            "eth_syncing": lambda: False,
            "net_listening": lambda: True,
            "net_version": lambda: str(CHAIN_ID),
            "web3_clientVersion": lambda: CLIENT,
        }

    # State

    def get_balance(self, address: object, block: object = "latest") -> object:
        return hex_of(self._chain.state(self._header(block)).get_balance(values.address(address)))

    def get_code(self, address: object, block: object = "latest") -> object:
        return hex_of(self._chain.state(self._header(block)).get_code(values.address(address)))

    def get_storage_at(self, address: object, slot: object, block: object = "latest") -> object:
        state = self._chain.state(self._header(block))
        # A slot is a quantity, but clients send it as 32 bytes too.
        number = (
            int.from_bytes(values.data(slot, "slot"), "big")
            if _is_word(slot)
            else values.quantity(slot, "slot")
        )
        return hex_of(state.get_storage(values.address(address), number).to_bytes(32, "big"))

    def get_transaction_count(self, address: object, block: object = "latest") -> object:
        is_pending = values.block(block) == "pending"
        return hex_of(self._node.nonce(values.address(address), self._header(block), pending=is_pending))

    # Code

    def call(self, call: object, block: object = "latest") -> object:
        return hex_of(self._chain.call(_call(call), self._header(block)))

    def estimate_gas(self, call: object, block: object = "pending") -> object:
        return hex_of(self._chain.estimate(_call(call), self._header(block)))

    # Blocks

    def get_block_by_number(self, block: object, full: object = False) -> Json | None:
        wanted = values.block(block)
        if wanted == "pending":
            shown = header_json(self._node.next_header()) | {"hash": None, "nonce": None}
            return shown | {"transactions": self._waiting(is_full=values.flag(full, "full"))}
        header = self._find(wanted)
        return self._block(header, full) if header else None

    def get_block_by_hash(self, block_hash: object, full: object = False) -> Json | None:
        header = self._chain.header_by_hash(values.digest(block_hash))
        return self._block(header, full) if header else None

    def _block(self, header: BlockHeaderAPI, full: object) -> Json:
        found = self._chain.block(header).transactions
        is_full = values.flag(full, "full")
        return header_json(header) | {
            "transactions": [transaction_json(one, header) if is_full else hex_of(one.hash) for one in found]
        }

    def _waiting(self, *, is_full: bool) -> list[object]:
        return [transaction_json(one, None) if is_full else hex_of(one.hash) for one in self._node.pool]

    # Transactions and logs

    def get_transaction_by_hash(self, transaction_hash: object) -> Json | None:
        wanted = values.digest(transaction_hash)
        if waiting := self._node.pool.get(wanted):
            return transaction_json(waiting, None)
        mined = self._chain.mined(wanted)
        return transaction_json(mined.transaction, mined.header) if mined else None

    def get_transaction_receipt(self, transaction_hash: object) -> Json | None:
        mined = self._chain.mined(values.digest(transaction_hash))
        if mined is None:
            return None
        number = mined.header.block_number
        return receipt_json(mined, list(self._node.store.logs(LogQuery(number, number))))

    def get_logs(self, given: object) -> list[Json]:
        query = parse_filter(given, self._number)
        return [log_json(row) for row in self._node.store.logs(query)] if query else []

    def _number(self, block: values.Block) -> int | None:
        """A block's number for the range of a filter, also one that is still to come; None for an unknown hash."""
        if isinstance(block, int):
            return block
        if block == "pending":
            return self._chain.head().block_number
        header = self._find(block)
        return header.block_number if header else None

    # Fees

    def fee_history(self, blocks: object, newest: object, percentiles: object = None) -> Json:
        wanted = min(values.count(blocks, "blocks"), FEE_BLOCKS)
        last = self._header("latest" if values.block(newest) == "pending" else newest).block_number
        first = max(0, last - wanted + 1)
        headers = [self._header(hex(number)) for number in range(first, last + 1)]
        after = self._chain.header(last + 1) or self._node.next_header()
        shown: Json = {
            "oldestBlock": hex_of(first),
            "baseFeePerGas": [hex_of(base_fee(header)) for header in [*headers, after]],
            "gasUsedRatio": [header.gas_used / header.gas_limit for header in headers],
        }
        if not isinstance(percentiles, list) or not percentiles:
            return shown
        return shown | {"reward": [[hex_of(self._tip(header))] * len(percentiles) for header in headers]}

    def _tip(self, header: BlockHeaderAPI) -> int:
        """What the block's transaction paid above the base fee: with one transaction, every percentile is it."""
        found = self._chain.block(header).transactions
        return price(found[0], header) - base_fee(header) if found else 0

    # Which block

    def _find(self, block: values.Block) -> BlockHeaderAPI | None:
        match block:
            case values.BlockHash(value):
                return self._chain.header_by_hash(value)
            case "pending":
                return self._node.next_header()
            case "latest":
                return self._chain.head()
            case "earliest":
                return self._chain.header(0)
            case _:
                return self._chain.header(block)

    def _header(self, block: object) -> BlockHeaderAPI:
        header = self._find(values.block(block))
        if header is None:
            raise RpcError(-32001, f"header not found: there is no block {block}")
        return header


def _is_word(slot: object) -> bool:
    return isinstance(slot, str) and len(slot) == 66


def _call(given: object) -> Call:
    """The object of eth_call and eth_estimateGas. Fees and nonce are taken and not looked at."""
    if not isinstance(given, Mapping):
        raise InvalidParams("the call: an object with to and data")
    if unknown := set(given) - _CALL_FIELDS:
        raise InvalidParams(f"the call: {sorted(unknown)} is not supported")
    fields = {name: value for name, value in given.items() if value is not None}
    both = [values.data(fields[name], name) for name in ("input", "data") if name in fields]
    if len(set(both)) > 1:
        raise InvalidParams("the call: data and input differ")
    return Call(
        sender=values.address(fields["from"], "from") if "from" in fields else ZERO_ADDRESS,
        to=values.address(fields["to"], "to") if fields.get("to") not in (None, "0x") else b"",
        data=both[0] if both else b"",
        value=values.quantity(fields.get("value", "0x0"), "value"),
        gas=min(values.quantity(fields.get("gas", hex(GAS_LIMIT)), "gas"), GAS_LIMIT),
    )
