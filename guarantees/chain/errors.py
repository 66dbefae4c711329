"""The errors of the gateway: what the node did, what a contract said, and what the operator set wrongly.

    ChainError
      ConfigurationError        the deployment or a key cannot be used as it is given
        WrongChainError         the node is of another chain
        WrongContractError      at an address stands no code, or not ours
        KeystoreError           a key file, or its passphrase, that cannot be read
      NodeError                 the node; what failed may be tried again
        NodeUnavailableError    it does not answer, or not in time, or not in JSON-RPC
        NodeRefusedError        it answers with an error that is not a contract's
      MalformedError            bytes of the chain, or for it, that are not what our contracts speak
      RefusedError              one of our contracts refused: it reverted. `name` and `fields` are what it said
        NotPermittedError       the caller is not who may do this
        UnknownError            there is no such guarantee, or no such log
        DoneAlreadyError        it was done before
        WrongStateError         it stands elsewhere than the act needs, or the time for it is over
        UnsoundError            the act itself makes no sense: an amount, an expiry, a batch of nothing
      PurposeTakenError         another act was put into the outbox under this purpose
      TransactionError          a transaction failed otherwise than by a refusal, such as without gas

No message here holds a key, a passphrase, a URL's credentials or the terms of a guarantee.
"""

from collections.abc import Mapping
from typing import Any


class ChainError(Exception):
    """Anything this package refuses."""


class ConfigurationError(ChainError):
    """The deployment or a key cannot be used as it is given."""


class WrongChainError(ConfigurationError):
    """The node is of another chain."""


class WrongContractError(ConfigurationError):
    """At an address stands no code, or other code than ours."""


class KeystoreError(ConfigurationError):
    """A key file, or the file with its passphrase, that cannot be read or opened."""


class NodeError(ChainError):
    """The node could not do it now."""


class NodeUnavailableError(NodeError):
    """The node does not answer, or not in time, or not in JSON-RPC."""


class NodeRefusedError(NodeError):
    """The node answers with an error. `said` is its sentence, `code` its number."""

    def __init__(self, method: str, code: int, said: str) -> None:
        super().__init__(f"the node refuses {method}: {said} (code {code})")
        self.code = code
        self.said = said


class MalformedError(ChainError):
    """Bytes of the chain, or for it, that are not what our contracts speak."""


class TransactionError(ChainError):
    """A transaction that was mined and failed, and no contract said why."""


class PurposeTakenError(ChainError):
    """Another act was put into the outbox under this purpose."""


class RefusedError(ChainError):
    """A contract's refusal: the name of its custom error, and the error's fields by name."""

    def __init__(self, name: str, fields: Mapping[str, Any]) -> None:
        told = ", ".join(f"{key} {_shown(value)}" for key, value in fields.items())
        super().__init__(f"the contract refuses: {name}" + (f" ({told})" if told else ""))
        self.name = name
        self.fields = dict(fields)


class NotPermittedError(RefusedError):
    """The caller is not who may do this."""


class UnknownError(RefusedError):
    """There is no such guarantee, or no such log."""


class DoneAlreadyError(RefusedError):
    """It was done before."""


class WrongStateError(RefusedError):
    """It stands elsewhere than the act needs, or the time for the act is over."""


class UnsoundError(RefusedError):
    """The act itself makes no sense: an amount, an expiry, a batch of nothing."""


def _shown(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
