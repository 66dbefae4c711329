"""The worked example of docs/spec/guarantee.md, redone without any of Ethereum's programs."""

import hashlib
import re

import pytest

from tests.environment import ROOT
from tests.integration.contracts.keccak import keccak256

PAGE = (ROOT / "docs" / "spec" / "guarantee.md").read_text("utf-8")
VALUES = dict(re.findall(r"^(\w+) = (.+)$", PAGE, re.MULTILINE))


def raw(name: str) -> bytes:
    return bytes.fromhex(VALUES[name].removeprefix("0x"))


def word(name: str) -> bytes:
    """The value in 32 bytes, as EIP-712 has it."""
    value = VALUES[name]
    return raw(name).rjust(32, b"\0") if value.startswith("0x") else int(value).to_bytes(32, "big")


@pytest.mark.parametrize("length", [0, 1, 135, 136, 137, 1000])
def test_the_permutation_is_that_of_sha3(length: int) -> None:
    message = bytes(range(256)) * 4
    assert keccak256(message[:length], padding=0x06) == hashlib.sha3_256(message[:length]).digest()


def test_the_padding_is_that_of_ethereum() -> None:
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"").hex() == empty


def test_the_documents_hash_is_of_the_bytes_on_the_page() -> None:
    document = PAGE.partition("the 25 bytes `")[2].partition("`")[0].encode()
    assert len(document) == 25
    assert hashlib.sha256(document).digest() == raw("document")


def test_commitment_and_id_follow_from_the_fields() -> None:
    fields = b"".join(map(word, ("document", "salt", "amount", "beneficiary", "guarantor")))
    assert raw("struct_bytes") == keccak256(VALUES["type"].encode()) + fields
    assert raw("struct_hash") == keccak256(raw("struct_bytes"))
    names = keccak256(b"Sunseal GuaranteeRegistry") + keccak256(b"1")
    domain = keccak256(VALUES["domain_type"].encode()) + names + word("chain") + word("registry")
    assert raw("domain_bytes") == domain
    assert raw("domain_separator") == keccak256(domain)
    digest = keccak256(b"\x19\x01" + raw("domain_separator") + raw("struct_hash"))
    assert raw("commitment") == digest
    assert raw("id") == keccak256(word("guarantor") + digest)
