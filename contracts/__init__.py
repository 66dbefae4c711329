"""The compiled contracts, as data: what deploys them and what speaks to them.

Law: imports nothing of ours, and reads nothing but its own `artifacts/`, which a test holds against the sources.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Artifact:
    """A contract as the compiler left it. `abi` is the JSON ABI; treat it as read-only, callers share it."""

    abi: list[dict[str, Any]]
    bytecode: bytes
    """What a creating transaction carries, before the constructor's encoded arguments."""
    deployed_bytecode: bytes
    """What then stands at the address, with zeros for the immutables, which the constructor fills in."""


@cache
def artifact(name: str) -> Artifact:
    """The contract of that name, such as "GuaranteeRegistry". Raises LookupError if none has it."""
    file = files(__name__) / "artifacts" / f"{name}.json"
    if not name.isidentifier() or not file.is_file():
        raise LookupError(f"no contract {name!r} among the artifacts")
    found = json.loads(file.read_text("utf-8"))
    return Artifact(
        abi=found["abi"],
        bytecode=_bytes(found["bytecode"]),
        deployed_bytecode=_bytes(found["deployedBytecode"]),
    )


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
