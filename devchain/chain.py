"""The chain itself: its blocks, one for each transaction, and code run upon any of them.

Not thread-safe; `node.py` holds the lock. No clock: `now` is an argument.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from eth.abc import (
    BlockAPI,
    BlockHeaderAPI,
    ComputationAPI,
    ReceiptAPI,
    SignedTransactionAPI,
    StateAPI,
    UnsignedTransactionAPI,
)
from eth.constants import ZERO_ADDRESS
from eth.db.atomic import AtomicDB
from eth.exceptions import HeaderNotFound, Revert, TransactionNotFound
from eth.vm.chain_context import ChainContext
from eth.vm.spoof import SpoofTransaction
from eth_typing import Address, BlockNumber, Hash32
from eth_utils.exceptions import ValidationError

from devchain.errors import ExecutionError, RefusedError, RevertedError
from devchain.evm import CHAIN_ID, GAS_LIMIT, DevEvm, DevVM, write_genesis
from devchain.store import LogRow, Store

ERROR_STRING = bytes.fromhex("08c379a0")
"""The selector of Error(string), which `require` and `revert` give."""

CALL_STIPEND = 2300


@dataclass(frozen=True, slots=True)
class Call:
    """Code to run without a transaction. `to` is empty for a creation."""

    sender: Address
    to: bytes
    data: bytes
    value: int
    gas: int


@dataclass(frozen=True, slots=True)
class Mined:
    """A transaction in its block, alone."""

    header: BlockHeaderAPI
    transaction: SignedTransactionAPI
    receipt: ReceiptAPI


class Chain:
    """The chain in `store`; begins one whose genesis funds `addresses` if there is none."""

    def __init__(self, store: Store, addresses: Iterable[str], now: int) -> None:
        self._store = store
        self._db = AtomicDB(store.nodes)
        if store.number("genesis") is None:
            with store.transaction():
                write_genesis(self._db, addresses, now)
                store.set_number("genesis", now)
        self._evm = DevEvm(self._db)

    # Blocks and transactions

    def head(self) -> BlockHeaderAPI:
        return self._evm.get_canonical_head()

    def header(self, number: int) -> BlockHeaderAPI | None:
        try:
            return self._evm.get_canonical_block_header_by_number(BlockNumber(number))
        except HeaderNotFound:
            return None

    def header_by_hash(self, block_hash: bytes) -> BlockHeaderAPI | None:
        try:
            return self._evm.get_block_header_by_hash(Hash32(block_hash))
        except HeaderNotFound:
            return None

    def block(self, header: BlockHeaderAPI) -> BlockAPI:
        return self._evm.get_block_by_header(header)

    def mined(self, transaction_hash: bytes) -> Mined | None:
        """The transaction, its block and its receipt, by three look-ups however long the chain is."""
        try:
            number, index = self._evm.get_canonical_transaction_index(Hash32(transaction_hash))
        except TransactionNotFound:
            return None
        return Mined(
            self._evm.get_canonical_block_header_by_number(number),
            self._evm.get_canonical_transaction_by_index(number, index),
            self._evm.get_transaction_receipt_by_index(number, index),
        )

    def next_header(self, now: int) -> BlockHeaderAPI:
        """What the next block's header would begin as: at `now`, but never before the head."""
        head = self.head()
        time = max(now, head.timestamp)
        header: BlockHeaderAPI = DevVM.create_header_from_parent(
            head, timestamp=time, coinbase=ZERO_ADDRESS, gas_limit=GAS_LIMIT
        )
        return header

    def mine(self, transaction: SignedTransactionAPI | None, now: int) -> BlockHeaderAPI:
        """A block of this transaction, or of none, is durably the head when this returns.

        Raises RefusedError, and nothing changed, if the transaction is not valid on the head.
        """
        with self._store.transaction():
            vm = self._evm.get_vm(self.next_header(now))
            transactions = [] if transaction is None else [transaction]
            try:
                header, receipts, _ = vm.apply_all_transactions(transactions, vm.get_header())
            except ValidationError as error:
                raise RefusedError(str(error)) from error
            filled = vm.set_block_transactions_and_withdrawals(vm.get_block(), header, transactions, receipts)
            block = vm.mine_block(filled).block
            self._evm.chaindb.persist_block(block)
            for receipt in receipts:
                self._store.add_logs(_log_rows(block, receipt))
        return block.header

    # State

    def state(self, header: BlockHeaderAPI) -> StateAPI:
        """The state after that block; what is done to it is forgotten."""
        return DevVM.build_state(
            self._db,
            header,
            ChainContext(CHAIN_ID),
            DevVM.get_prev_hashes(header.parent_hash, self._evm.chaindb) or (),
        )

    def call(self, call: Call, header: BlockHeaderAPI) -> bytes:
        """What the code answers, run after that block with its number and time. RevertedError, ExecutionError."""
        return _output(self._run(call, call.gas, header))

    def estimate(self, call: Call, header: BlockHeaderAPI) -> int:
        """Gas with which it succeeds, the least or within a hundredth of it. RevertedError, ExecutionError.

        What a run with all gas spent, before refunds, is the answer unless the code looks at what gas remains or
        calls others, which get at most 63/64 of it (EIP-150).
        """
        whole = self._run(call, call.gas, header)
        _output(whole)
        spent = call.gas - whole.get_gas_remaining()
        if not self._run(call, spent, header).is_error:
            return spent
        low, high = spent, call.gas
        likely = (spent + CALL_STIPEND) * 64 // 63
        if likely < high and not self._run(call, likely, header).is_error:
            high = likely
        while high - low > high // 100:
            middle = (low + high) // 2
            if self._run(call, middle, header).is_error:
                low = middle
            else:
                high = middle
        return high

    def _run(self, call: Call, gas: int, header: BlockHeaderAPI) -> ComputationAPI:
        """Without a price for gas, so that a sender need have none, as go-ethereum does."""
        state = self.state(header.copy(base_fee_per_gas=0))
        unsigned: UnsignedTransactionAPI = DevVM.create_unsigned_transaction(
            nonce=state.get_nonce(call.sender),
            gas_price=0,
            gas=gas,
            to=Address(call.to),
            value=call.value,
            data=call.data,
        )
        if gas < unsigned.intrinsic_gas:
            raise ExecutionError(f"intrinsic gas too low: have {gas}, want {unsigned.intrinsic_gas}")
        if state.get_balance(call.sender) < call.value:
            raise ExecutionError("insufficient funds for gas * price + value")
        transaction = SpoofTransaction(unsigned, from_=call.sender)
        return state.apply_transaction(transaction)  # type: ignore[arg-type]


def _output(computation: ComputationAPI) -> bytes:
    if not computation.is_error:
        return bytes(computation.output)
    if isinstance(computation.error, Revert):
        output = bytes(computation.output)
        raise RevertedError(output, _reason(output))
    said = str(computation.error)
    raise ExecutionError(f"{type(computation.error).__name__}: {said}")


def _reason(output: bytes) -> str | None:
    """The string of Error(string), if that is what it is: by the ABI a word 32, the length, and the bytes."""
    word, size = output[4:36], int.from_bytes(output[36:68], "big")
    said = output[68 : 68 + size]
    if output[:4] != ERROR_STRING or int.from_bytes(word, "big") != 32 or len(said) != size:
        return None
    return said.decode(errors="replace")


def _log_rows(block: BlockAPI, receipt: ReceiptAPI) -> list[LogRow]:
    (transaction,) = block.transactions
    return [
        LogRow(
            block.number,
            position,
            block.hash,
            transaction.hash,
            log.address,
            tuple(topic.to_bytes(32, "big") for topic in log.topics),
            log.data,
        )
        for position, log in enumerate(receipt.logs)
    ]
