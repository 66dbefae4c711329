"""The errors of the development node.

    DevChainError
      FolderError         the folder is in use, or is not a chain's, or lacks its keys
      NodeError           a node, asked over HTTP, does not answer or refuses
      RpcError            an answer of JSON-RPC: code, message, data
        InvalidParams     the caller's parameters
        RefusedError      a transaction that will never, or not so, be mined
        RevertedError     code that reverted; `data` is what it said
        ExecutionError    code that failed otherwise: out of gas, an invalid instruction

The messages that senders act upon ("nonce too low", "already known", "replacement transaction underpriced",
"insufficient funds for gas * price + value") are go-ethereum's words; the codes are EIP-1474's, and 3 for a revert.
"""


class DevChainError(Exception):
    """Anything this package refuses."""


class FolderError(DevChainError):
    """The folder cannot be used; the message says what to do."""


class NodeError(DevChainError):
    """A node does not answer, or answers with an error."""


class RpcError(DevChainError):
    """An error that JSON-RPC answers with."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "message": self.message} | ({"data": self.data} if self.data else {})


class InvalidParams(RpcError):  # noqa: N818 -- the specification's name
    """Parameters that are not what the method takes."""

    def __init__(self, message: str) -> None:
        super().__init__(-32602, message)


class RefusedError(RpcError):
    """A transaction that is not taken."""

    def __init__(self, message: str) -> None:
        super().__init__(-32003, message)


class RevertedError(RpcError):
    """The code called reverted; `output` is its return data."""

    def __init__(self, output: bytes, reason: str | None) -> None:
        message = f"execution reverted: {reason}" if reason else "execution reverted"
        super().__init__(3, message, "0x" + output.hex())


class ExecutionError(RpcError):
    """The code called failed and left no return data."""

    def __init__(self, message: str) -> None:
        super().__init__(-32000, message)
