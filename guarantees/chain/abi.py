"""The ABI of our two contracts, from their compiled artifacts: calls, answers, events and errors as bytes and back.

Pure: bytes in, values out. The encoding is eth-abi's; selectors and topics are what the Solidity ABI specification
prescribes. Values are Python's: an address is 20 bytes here, never its text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi import abi as codec
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.crypto import keccak

from contracts import artifact
from guarantees.chain.errors import MalformedError

REGISTRY = "GuaranteeRegistry"
ANCHOR = "LedgerAnchor"
CONTRACTS = (REGISTRY, ANCHOR)
WORD = 32

GUARANTOR_ROLE = keccak(text="GUARANTOR_ROLE")
"""Whoever holds it may issue."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A function, event or error: its name, its parameters, and what it returns."""

    name: str
    inputs: tuple[Mapping[str, Any], ...]
    outputs: tuple[Mapping[str, Any], ...]

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(_type(parameter) for parameter in self.inputs)

    @property
    def digest(self) -> bytes:
        """keccak256 of the canonical signature: an event's topic; the first 4 bytes are a selector."""
        return keccak(text=f"{self.name}({','.join(self.types)})")


def encode_call(contract: str, function: str, arguments: Sequence[Any]) -> bytes:
    """The data of a call. MalformedError for values that the function's types do not take."""
    signature = functions(contract)[function]
    try:
        return signature.digest[:4] + codec.encode(signature.types, arguments)
    except EncodingError as error:
        raise MalformedError(f"{contract}.{function} cannot be called with these values: {error}") from error


def decode_answer(contract: str, function: str, answer: bytes) -> Any:
    """What a call returned: the value; of a struct, its fields by name. MalformedError."""
    (parameter,) = functions(contract)[function].outputs
    return _decoded([parameter], answer, f"an answer of {contract}.{function}")[0]


def decode_fields(parameters: Sequence[Mapping[str, Any]], data: bytes, what: str) -> dict[str, Any]:
    """The values of these parameters by name. MalformedError."""
    names = [parameter["name"] for parameter in parameters]
    return dict(zip(names, _decoded(parameters, data, what), strict=True))


@cache
def functions(contract: str) -> dict[str, Signature]:
    """By name; ours has no overloads."""
    return {signature.name: signature for signature in _signatures(contract, "function")}


@cache
def events(contract: str) -> dict[bytes, Signature]:
    """By topic."""
    return {signature.digest: signature for signature in _signatures(contract, "event")}


@cache
def errors() -> dict[bytes, Signature]:
    """The custom errors of both contracts by selector, OpenZeppelin's among them."""
    found = [signature for contract in CONTRACTS for signature in _signatures(contract, "error")]
    return {signature.digest[:4]: signature for signature in found}


def _signatures(contract: str, kind: str) -> list[Signature]:
    return [
        Signature(part["name"], tuple(part["inputs"]), tuple(part.get("outputs", ())))
        for part in artifact(contract).abi
        if part["type"] == kind
    ]


def _decoded(parameters: Sequence[Mapping[str, Any]], data: bytes, what: str) -> list[Any]:
    try:
        values = codec.decode([_type(parameter) for parameter in parameters], data)
    except (DecodingError, UnicodeDecodeError, OverflowError) as error:
        raise MalformedError(f"{what} is not encoded as the contract's ABI says") from error
    return [_native(parameter, value) for parameter, value in zip(parameters, values, strict=True)]


def _type(parameter: Mapping[str, Any]) -> str:
    """A tuple is written out, as the canonical signature wants it."""
    kind: str = parameter["type"]
    if not kind.startswith("tuple"):
        return kind
    inner = ",".join(_type(component) for component in parameter["components"])
    return f"({inner}){kind.removeprefix('tuple')}"


def _native(parameter: Mapping[str, Any], value: Any) -> Any:
    """eth-abi gives an address as text, and a struct without its names."""
    if parameter["type"] == "address":
        return bytes.fromhex(value[2:])
    if parameter["type"] == "tuple":
        parts = parameter["components"]
        return {part["name"]: _native(part, field) for part, field in zip(parts, value, strict=True)}
    return value
