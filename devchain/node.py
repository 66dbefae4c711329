"""The node: the chain, what waits for it, and the clock, behind one lock.

A transaction that is valid now is mined before its sending is answered, in a block of its own. One whose nonce lies
ahead, or that offers less than the base fee, waits in the pool, as on any node.
"""

import threading
from collections.abc import Callable

import rlp
from eth.abc import BlockHeaderAPI, SignedTransactionAPI
from eth.constants import SECPK1_N
from eth.exceptions import PyEVMError
from eth_typing import Address
from eth_utils.exceptions import ValidationError

from devchain.chain import Chain
from devchain.errors import InvalidParams, RefusedError
from devchain.evm import CHAIN_ID, GAS_LIMIT, DevVM, base_fee
from devchain.pool import Pool
from devchain.store import Store

TYPES = (None, 0, 1, 2)
"""Kinds of transaction that are taken: legacy, with an access list, with EIP-1559's fees. Blobs are not."""

MAX_BYTES = 128 * 1024
"""Of a transaction, as go-ethereum has it."""

_TRANSACTIONS = DevVM.get_transaction_builder()


class Node:
    """Callers hold `lock` around whatever they do with it, its chain and its pool."""

    def __init__(self, store: Store, chain: Chain, clock: Callable[[], int]) -> None:
        self.lock = threading.Lock()
        self.store = store
        self.chain = chain
        self.pool = Pool()
        self.automine = True
        self._clock = clock
        self._next_timestamp: int | None = None

    def now(self) -> int:
        """POSIX seconds, with whatever test aids have added."""
        return self._clock() + (self.store.number("shift") or 0)

    # Test aids

    def shift_clock(self, seconds: int) -> int:
        """Puts the node's clock ahead, also after a restart; answers by how much in all."""
        shift = (self.store.number("shift") or 0) + seconds
        with self.store.transaction():
            self.store.set_number("shift", shift)
        return shift

    def set_next_timestamp(self, timestamp: int) -> None:
        """The next block has this time, and the clock goes on from there."""
        head = self.chain.head()
        if timestamp < head.timestamp:
            raise InvalidParams(f"the head is of {head.timestamp}: no block can be earlier")
        self.shift_clock(timestamp - self.now())
        self._next_timestamp = timestamp

    # Time and blocks

    def next_header(self) -> BlockHeaderAPI:
        return self.chain.next_header(self._block_time())

    def mine_ready(self) -> int:
        """A block for each transaction that can have one now; answers how many."""
        count = 0
        while transaction := self._ready():
            try:
                self._mine(transaction)
                count += 1
            except RefusedError:
                # Valid when it came, but not after what was mined since: an account that paid for something else.
                continue
            finally:
                self.pool.remove(transaction)
        return count

    def mine_empty(self) -> None:
        self._mine(None)

    def _mine(self, transaction: SignedTransactionAPI | None) -> None:
        self.chain.mine(transaction, self._block_time())
        self._next_timestamp = None

    def _block_time(self) -> int:
        return self.now() if self._next_timestamp is None else self._next_timestamp

    def _ready(self) -> SignedTransactionAPI | None:
        if not len(self.pool):
            return None
        header = self.next_header()
        state = self.chain.state(header)
        return self.pool.ready(state.get_nonce, base_fee(header))

    # Transactions

    def nonce(self, sender: Address, header: BlockHeaderAPI, *, pending: bool) -> int:
        nonce = self.chain.state(header).get_nonce(sender)
        return self.pool.next_nonce(sender, nonce) if pending else nonce

    def send(self, raw: bytes) -> bytes:
        """Takes a signed transaction, and answers with its hash. RefusedError says why it is not taken."""
        transaction = _decoded(raw)
        self._check(transaction)
        self.pool.add(transaction)
        if self.automine:
            self.mine_ready()
            is_waiting = self.pool.get(transaction.hash) is not None
            if not is_waiting and self.chain.mined(transaction.hash) is None:
                raise RefusedError("the transaction was valid by itself, but could not be mined")
        return transaction.hash

    def _check(self, transaction: SignedTransactionAPI) -> None:
        """What can be said of it whatever else waits."""
        if transaction.chain_id is None:
            raise RefusedError("only replay-protected (EIP-155) transactions are taken")
        if transaction.chain_id != CHAIN_ID:
            raise RefusedError(f"invalid chain id: have {transaction.chain_id}, want {CHAIN_ID}")
        if transaction.gas > GAS_LIMIT:
            raise RefusedError(f"exceeds block gas limit: {transaction.gas} of {GAS_LIMIT}")
        if transaction.gas < transaction.intrinsic_gas:
            raise RefusedError(
                f"intrinsic gas too low: have {transaction.gas}, want {transaction.intrinsic_gas}"
            )
        if transaction.max_priority_fee_per_gas > transaction.max_fee_per_gas:
            raise RefusedError("max priority fee per gas higher than max fee per gas")
        state = self.chain.state(self.chain.head())
        if (nonce := state.get_nonce(transaction.sender)) > transaction.nonce:
            raise RefusedError(f"nonce too low: next nonce {nonce}, tx nonce {transaction.nonce}")
        cost = transaction.gas * transaction.max_fee_per_gas + transaction.value
        if (balance := state.get_balance(transaction.sender)) < cost:
            raise RefusedError(
                f"insufficient funds for gas * price + value: balance {balance}, tx cost {cost}"
            )


def _decoded(raw: bytes) -> SignedTransactionAPI:
    if len(raw) > MAX_BYTES:
        raise RefusedError(f"oversized data: {len(raw)} bytes of {MAX_BYTES}")
    if not raw:
        raise RefusedError("not a signed transaction: no bytes")
    try:
        transaction = _TRANSACTIONS.decode(raw)
        transaction.check_signature_validity()
        canonical = transaction.encode()
    except (rlp.RLPException, PyEVMError, ValidationError, ValueError, TypeError, KeyError) as error:
        raise RefusedError(f"not a signed transaction: {error}") from error
    if transaction.type_id not in TYPES:
        raise RefusedError(f"transaction type {transaction.type_id} not supported")
    if canonical != raw or transaction.s > SECPK1_N // 2:
        raise RefusedError("not a signed transaction: its encoding or signature is not the canonical one")
    return transaction
