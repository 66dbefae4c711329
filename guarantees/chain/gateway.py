"""Our two contracts on a node: checked at the start, then read by typed calls, now or as of a block.

What is read "now" may be undone by a reorganisation; whoever needs what stays reads at `confirmed_block(depth)`.
"""

import re
from dataclasses import dataclass
from typing import Any

from contracts import artifact
from guarantees.chain import abi
from guarantees.chain.calls import Call
from guarantees.chain.deployment import Deployment
from guarantees.chain.errors import RefusedError, WrongChainError, WrongContractError
from guarantees.chain.node import Node
from guarantees.chain.refusals import STATES, State

_IMMUTABLE = b"\x7f" + bytes(32)
"""PUSH32 of zeros: where the compiler leaves room for an immutable, which the constructor fills in."""


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A guarantee as the registry answers, its state by the block's clock. All zero for none."""

    state: State
    beneficiary: bytes
    expiry: int
    answer_by: int
    extension_days: int


@dataclass(frozen=True, slots=True)
class AnchoredLog:
    """The newest anchor of a log as the contract has it."""

    poster: bytes
    size: int
    registered: bool
    root: bytes


class Gateway:
    """The contracts of `deployment`, reached through `node`. Its methods raise what the node's raise."""

    def __init__(self, node: Node, deployment: Deployment) -> None:
        self.node = node
        self.deployment = deployment

    def check(self) -> None:
        """Refuse a node of another chain, and addresses without our code. To be called before anything is sent.

        Raises WrongChainError and WrongContractError, which say what was found.
        """
        wanted, found = self.deployment.chain_id, self.node.chain_id()
        if found != wanted:
            raise WrongChainError(
                f"the node {self.node.name} is of chain {found}, the contracts of chain {wanted}: "
                "correct SUNSEAL_CHAIN_URL or SUNSEAL_CHAIN_CONTRACTS"
            )
        for name in abi.CONTRACTS:
            address = self.deployment.address(name)
            code = self.node.code(address)
            if not code:
                raise WrongContractError(
                    f"no contract stands at 0x{address.hex()}, where {name} should: correct SUNSEAL_CHAIN_CONTRACTS"
                )
            if not _compiled(name).fullmatch(code):
                raise WrongContractError(
                    f"the code at 0x{address.hex()} is not that of {name} as this program was compiled with: "
                    "deploy it, or run the version of Sunseal that did"
                )

    def confirmed_block(self, depth: int) -> int:
        """The number of the newest block with `depth` blocks upon it; negative on a chain that is shorter."""
        return self.node.head().number - depth

    def transaction(self, call: Call, sender: bytes, block: int | None = None) -> bytes:
        """What the call would answer if `sender` made it after that block. RefusedError if the contract refuses."""
        to = self.deployment.address(call.contract)
        return self.node.call(to, call.data, sender=sender, gas=call.gas, block=block)

    def guarantee(self, guarantee: bytes, block: int | None = None) -> Guarantee:
        """The guarantee with this id."""
        found = self._ask(abi.REGISTRY, "guaranteeOf", [guarantee], block)
        return Guarantee(
            STATES[found["state"]],
            found["beneficiary"],
            found["expiry"],
            found["answerBy"],
            found["extensionDays"],
        )

    def is_licensed(self, guarantor: bytes, block: int | None = None) -> bool:
        """Whether it may issue."""
        return bool(self._ask(abi.REGISTRY, "hasRole", [abi.GUARANTOR_ROLE, guarantor], block))

    def examination_period(self) -> int:
        """Seconds to refuse a demand."""
        return int(self._ask(abi.REGISTRY, "EXAMINATION_PERIOD", [], None))

    def log(self, log: bytes, block: int | None = None) -> AnchoredLog:
        """The newest anchor of the log with this hash."""
        found = self._ask(abi.ANCHOR, "headOf", [log], block)
        return AnchoredLog(found["poster"], found["size"], found["registered"], found["root"])

    def why_it_failed(
        self, to: bytes, data: bytes, gas: int, *, sender: bytes, block: int
    ) -> RefusedError | None:
        """What the contract says to a transaction that failed in `block`, asked again; None if it says nothing now.

        A receipt does not keep the reason. The call is repeated on the state after the block, whose time it then has,
        and on the one before it. A transaction of the same block that changed what matters here can make the answer
        another than the true one, or none.
        """
        for at in (block, block - 1):
            try:
                self.node.call(to, data, sender=sender, gas=gas, block=at)
            except RefusedError as refused:
                return refused
        return None

    def _ask(self, contract: str, function: str, arguments: list[object], block: int | None) -> Any:
        data = abi.encode_call(contract, function, arguments)
        answer = self.node.call(self.deployment.address(contract), data, block=block)
        return abi.decode_answer(contract, function, answer)


def _compiled(name: str) -> re.Pattern[bytes]:
    """The deployed code with anything in the places of immutables."""
    parts = artifact(name).deployed_bytecode.split(_IMMUTABLE)
    return re.compile(b"\x7f.{32}".join(map(re.escape, parts)), re.DOTALL)
