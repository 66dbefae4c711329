"""A revert is the same error of ours in whichever field a node puts it, and nothing else is one."""

import pytest
from eth_abi.abi import encode

from guarantees.chain import abi
from guarantees.chain.errors import NotPermittedError, RefusedError, WrongStateError
from guarantees.chain.refusals import MEANINGS, decode, refusal

SELECTOR = {signature.name: selector for selector, signature in abi.errors().items()}
ID = bytes(range(32))
DATA = SELECTOR["WrongState"] + encode(["bytes32", "uint8"], [ID, 2])
TEXT = "0x" + DATA.hex()

SHAPES = {
    "geth": {"code": 3, "message": "execution reverted", "data": TEXT},
    "anvil": {"code": 3, "message": "execution reverted: custom error 0x" + DATA.hex()[:8], "data": TEXT},
    "besu": {"code": -32000, "message": "Execution reverted", "data": TEXT},
    "hardhat": {"code": -32603, "message": "Internal error", "data": {"message": "reverted", "data": TEXT}},
    "ganache": {"code": -32000, "message": "VM Exception", "data": {"0x" + "ab" * 32: {"return": TEXT}}},
    "parity": {"code": -32015, "message": "VM execution error.", "data": "Reverted " + TEXT},
    "nested": {"code": -32603, "message": "x", "data": {"originalError": {"code": 3, "data": TEXT}}},
    "sentence": {"code": -32000, "message": f"execution reverted, data: {TEXT}"},
    "text": f"reverted with {TEXT}",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_error_from_every_node(shape: str) -> None:
    found = refusal(SHAPES[shape])
    assert isinstance(found, WrongStateError)
    assert (found.name, found.fields) == ("WrongState", {"id": ID, "found": "Presented"})
    assert "found Presented" in str(found)


@pytest.mark.parametrize(
    "said",
    [
        {"code": -32000, "message": "nonce too low"},
        {"code": -32000, "message": "unknown", "data": "0x"},
        {"code": -32000, "message": "unknown", "data": "0x12345678" + "00" * 32},
        {"code": -32000, "message": "truncated", "data": TEXT[:-2]},
        {"code": -32000, "message": f"known transaction 0x{'ab' * 32}"},
        None,
        17,
    ],
)
def test_what_is_no_revert_of_ours_is_not_taken_for_one(said: object) -> None:
    assert refusal(said) is None


def test_a_deep_object_ends_somewhere() -> None:
    said: object = {"data": TEXT}
    for _ in range(100):
        said = {"error": said}
    assert refusal(said) is None


def test_what_require_and_the_compiler_say_is_read_too() -> None:
    reason = decode(bytes.fromhex("08c379a0") + encode(["string"], ["no"]))
    panic = decode(bytes.fromhex("4e487b71") + encode(["uint256"], [17]))
    assert isinstance(reason, RefusedError)
    assert reason.fields == {"reason": "no"}
    assert isinstance(panic, RefusedError)
    assert (panic.name, panic.fields) == ("Panic", {"code": 17})


def test_openzeppelins_refusal_is_a_missing_permission() -> None:
    data = SELECTOR["AccessControlUnauthorizedAccount"] + encode(
        ["address", "bytes32"], ["0x" + "11" * 20, ID]
    )
    found = decode(data)
    assert isinstance(found, NotPermittedError)
    assert found.fields["account"] == b"\x11" * 20


def test_every_named_error_is_one_of_the_contracts() -> None:
    named = {name for names in MEANINGS.values() for name in names}
    assert named <= set(SELECTOR)
    technical = {"InvalidShortString", "StringTooLong", "SafeCastOverflowedUintDowncast"}
    assert set(SELECTOR) - named == technical
