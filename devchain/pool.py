"""Transactions that wait: for an earlier one of their sender's, for a lower base fee, or for `evm_mine`.

In memory only: like any node's, this pool is empty after a restart, and a sender must send again what it still wants.
"""

from collections.abc import Callable, Iterator

from eth.abc import SignedTransactionAPI
from eth_typing import Address

from devchain.errors import RefusedError

CAPACITY = 4096
REPLACEMENT_PERCENT = 110
"""What a replacement's fees must be at least, of those of what it replaces: go-ethereum's rule."""


class Pool:
    """By sender and nonce; of each at most one."""

    def __init__(self) -> None:
        self._waiting: dict[Address, dict[int, SignedTransactionAPI]] = {}
        self._by_hash: dict[bytes, SignedTransactionAPI] = {}

    def add(self, transaction: SignedTransactionAPI) -> None:
        """Takes it, in the place of one with the same sender and nonce if it offers enough more.

        Raises RefusedError: "already known", "replacement transaction underpriced", "txpool is full".
        """
        if transaction.hash in self._by_hash:
            raise RefusedError("already known")
        of_sender = self._waiting.setdefault(transaction.sender, {})
        old = of_sender.get(transaction.nonce)
        if old is not None:
            if not _outbids(transaction, old):
                raise RefusedError("replacement transaction underpriced")
            del self._by_hash[old.hash]
        elif len(self._by_hash) >= CAPACITY:
            raise RefusedError("txpool is full")
        of_sender[transaction.nonce] = transaction
        self._by_hash[transaction.hash] = transaction

    def remove(self, transaction: SignedTransactionAPI) -> None:
        del self._by_hash[transaction.hash]
        of_sender = self._waiting[transaction.sender]
        del of_sender[transaction.nonce]
        if not of_sender:
            del self._waiting[transaction.sender]

    def __len__(self) -> int:
        return len(self._by_hash)

    def get(self, transaction_hash: bytes) -> SignedTransactionAPI | None:
        return self._by_hash.get(transaction_hash)

    def next_nonce(self, sender: Address, nonce: int) -> int:
        """The first nonce from `nonce` on that nothing of the sender's has."""
        of_sender = self._waiting.get(sender, {})
        while nonce in of_sender:
            nonce += 1
        return nonce

    def ready(self, nonce_of: Callable[[Address], int], base_fee: int) -> SignedTransactionAPI | None:
        """One that the next block can have: its sender's next, and willing to pay the base fee."""
        for sender, of_sender in self._waiting.items():
            transaction = of_sender.get(nonce_of(sender))
            if transaction is not None and transaction.max_fee_per_gas >= base_fee:
                return transaction
        return None

    def __iter__(self) -> Iterator[SignedTransactionAPI]:
        return iter(list(self._by_hash.values()))


def _outbids(new: SignedTransactionAPI, old: SignedTransactionAPI) -> bool:
    return all(
        100 * offered >= REPLACEMENT_PERCENT * before
        for offered, before in (
            (new.max_fee_per_gas, old.max_fee_per_gas),
            (new.max_priority_fee_per_gas, old.max_priority_fee_per_gas),
        )
    )
