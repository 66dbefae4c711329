"""Transactions are the bytes that eth-account makes, and a signature of an HSM becomes one of a transaction."""

from typing import Any

import pytest
from eth_account import Account
from eth_keys.datatypes import PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guarantees.chain.errors import KeystoreError
from guarantees.chain.fees import Fee
from guarantees.chain.keystore import KeystoreSigner
from guarantees.chain.signer import signed_by
from guarantees.chain.transaction import ORDER, Transaction, complete, hash_of

KEY = bytes(31) + b"\x07"
TO = bytes(range(20))
KEYS = st.integers(min_value=1, max_value=ORDER - 1).map(lambda number: number.to_bytes(32, "big"))


@given(
    key=KEYS,
    chain_id=st.integers(1, 2**31),
    nonce=st.integers(0, 2**32),
    most=st.integers(1, 2**60),
    tip=st.none() | st.integers(0, 2**40),
    gas=st.integers(21_000, 30_000_000),
    data=st.binary(max_size=300),
)
def test_signed_bytes_are_those_of_eth_account(
    key: bytes, chain_id: int, nonce: int, most: int, tip: int | None, gas: int, data: bytes
) -> None:
    fee = Fee(most if tip is None else max(most, tip), tip)
    transaction = Transaction(chain_id, nonce, fee, gas, TO, data)
    fields: dict[str, Any] = {"chainId": chain_id, "nonce": nonce, "gas": gas, "value": 0, "data": data}
    fields["to"] = "0x" + TO.hex()
    if tip is None:
        fields["gasPrice"] = most
    else:
        fields |= {"type": 2, "maxFeePerGas": fee.most, "maxPriorityFeePerGas": tip}
    theirs = Account.sign_transaction(fields, key)
    ours = signed_by(KeystoreSigner(key), transaction)
    assert ours == bytes(theirs.raw_transaction)
    assert hash_of(ours) == bytes(theirs.hash)


@given(digest=st.binary(min_size=32, max_size=32), is_high=st.booleans())
def test_either_half_of_s_becomes_the_lower_one_with_the_right_parity(digest: bytes, is_high: bool) -> None:
    signature = PrivateKey(KEY).sign_msg_hash(digest)
    s = ORDER - signature.s if is_high else signature.s
    address = PrivateKey(KEY).public_key.to_canonical_address()
    found = complete(signature.r, s, digest, address)
    assert (found.parity, found.r, found.s) == (signature.v, signature.r, signature.s)


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (5, 7), (ORDER, 1), (2**256, 1)])
def test_what_is_no_signature_of_the_key_is_refused(r: int, s: int) -> None:
    with pytest.raises(KeystoreError, match="not one of the key"):
        complete(r, s, bytes(32), KeystoreSigner(KEY).address)


def test_a_signature_of_another_key_is_refused() -> None:
    r, s = KeystoreSigner(KEY).sign(bytes(32))
    with pytest.raises(KeystoreError):
        complete(r, s, bytes(32), bytes(20))
