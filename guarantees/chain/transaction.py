"""Transactions as bytes: what is signed, and what is sent. Pure.

EIP-1559 (type 2) where there is a tip, else the form of before with EIP-155's protection against replay on another
chain. No value is ever sent.

A signer gives r and s of ECDSA over secp256k1, as an HSM does; `complete` finds what else a transaction needs: s in the
lower half of the order (EIP-2), and which of two public keys the signature is of.
"""

from dataclasses import dataclass, field
from typing import Any

import rlp
from eth_keys.datatypes import Signature
from eth_keys.exceptions import BadSignature
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

from guarantees.chain.errors import KeystoreError
from guarantees.chain.fees import Fee

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of secp256k1's group (SEC 2, section 2.4.1)."""

_TYPE_1559 = b"\x02"


@dataclass(frozen=True, slots=True)
class Recoverable:
    """A signature with the parity of its point's y: from it follows the signer's address."""

    parity: int
    r: int
    s: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """One call of a contract (`to`, 20 bytes), or with no data a transfer of nothing. Prints without its data."""

    chain_id: int
    nonce: int
    fee: Fee
    gas: int
    to: bytes
    data: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """The 32 bytes that are signed."""
        if self.fee.tip is None:
            return keccak(rlp.encode([*self._legacy(), self.chain_id, 0, 0]))
        return keccak(_TYPE_1559 + rlp.encode(self._dynamic(self.fee.tip)))

    def signed(self, signature: Recoverable) -> bytes:
        """What is sent; its keccak256 is the transaction's hash."""
        if self.fee.tip is None:
            v = 35 + 2 * self.chain_id + signature.parity
            return bytes(rlp.encode([*self._legacy(), v, signature.r, signature.s]))
        fields = [*self._dynamic(self.fee.tip), signature.parity, signature.r, signature.s]
        return _TYPE_1559 + bytes(rlp.encode(fields))

    def _dynamic(self, tip: int) -> list[Any]:
        no_access_list: list[Any] = []
        fees = [tip, self.fee.most]
        return [self.chain_id, self.nonce, *fees, self.gas, self.to, 0, self.data, no_access_list]

    def _legacy(self) -> list[Any]:
        return [self.nonce, self.fee.most, self.gas, self.to, 0, self.data]


def hash_of(raw: bytes) -> bytes:
    """The hash by which a node knows the transaction."""
    return keccak(raw)


def complete(r: int, s: int, digest: bytes, address: bytes) -> Recoverable:
    """The signature of `digest` in the form a transaction needs.

    KeystoreError if it is not one of the key with that address: an HSM was asked for another key, or returned
    something else.
    """
    low = min(s, ORDER - s)
    for parity in (0, 1):
        try:
            found = Signature(vrs=(parity, r, low)).recover_public_key_from_msg_hash(digest)
        except (BadSignature, ValidationError):
            continue
        if found.to_canonical_address() == address:
            return Recoverable(parity, r, low)
    raise KeystoreError(f"the signature is not one of the key 0x{address.hex()}: is it the right key?")
