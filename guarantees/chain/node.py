"""A node, by JSON-RPC over HTTP: the one module that knows web3.

web3's provider brings the request there and the answer back; what the answer means is read here, strictly and the same
for every node. Each request has a timeout and is made once: whoever asks tries again, and knows whether it may.
Errors name the node by host and port alone, since a URL may hold a password or a token.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from web3 import HTTPProvider
from web3.exceptions import Web3Exception
from web3.types import RPCEndpoint

import guarantees.chain.recursion  # noqa: F401 - after web3 and eth-account
from guarantees.chain.errors import ConfigurationError, MalformedError, NodeRefusedError, NodeUnavailableError
from guarantees.chain.events import Log
from guarantees.chain.fees import Market
from guarantees.chain.refusals import refusal

TIMEOUT = 10.0
"""Seconds for one request. A node that runs our calls answers in milliseconds; logs over a long range take a while."""

LATEST = "latest"
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")
_METHOD_NOT_FOUND = -32601


@dataclass(frozen=True, slots=True)
class Block:
    """A block's header. `base_fee` is None on a chain without base fees; the time is POSIX seconds."""

    number: int
    hash: bytes
    parent: bytes
    time: int
    gas_limit: int
    base_fee: int | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction, in the block where it is now."""

    transaction: bytes
    block: int
    block_hash: bytes
    succeeded: bool
    gas_used: int


class Node:
    """One node. Safe to share between threads.

    Every method raises NodeUnavailableError, NodeRefusedError, and MalformedError for an answer that is not what
    Ethereum's execution API says. ConfigurationError for a URL that is not http or https.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError("the chain's URL is one of http or https, such as http://127.0.0.1:8545")
        self.name = parts.hostname + (f":{parts.port}" if parts.port else "")
        self._session = requests.Session()
        # Neither a proxy nor a password comes from the environment or from ~/.netrc.
        self._session.trust_env = False
        self._provider = HTTPProvider(
            url,
            request_kwargs={"timeout": timeout},
            session=self._session,
            exception_retry_configuration=None,
        )

    def close(self) -> None:
        """Closes the connections; the next request opens new ones."""
        self._session.close()

    def __repr__(self) -> str:
        return f"Node({self.name})"

    def chain_id(self) -> int:
        return _number(self.request("eth_chainId"))

    def head(self) -> Block:
        """The newest block."""
        return _block(self.request("eth_getBlockByNumber", LATEST, False))

    def block(self, number: int) -> Block | None:
        """The block of that number on the chain as the node sees it now; None above its head."""
        found = self.request("eth_getBlockByNumber", hex(number), False)
        return None if found is None else _block(found)

    def senders(self, number: int) -> dict[tuple[bytes, int], bytes]:
        """The hash of each transaction in a block, by its sender and nonce."""
        found = self.request("eth_getBlockByNumber", hex(number), True)
        transactions = found["transactions"] if isinstance(found, Mapping) else []
        return {(_bytes(one["from"]), _number(one["nonce"])): _bytes(one["hash"]) for one in transactions}

    def code(self, address: bytes) -> bytes:
        """What stands at the address now; empty for nothing."""
        return _bytes(self.request("eth_getCode", _hex(address), LATEST))

    def nonce(self, address: bytes, block: int | None = None) -> int:
        """How many transactions of the address are mined up to and with that block, or now."""
        return _number(self.request("eth_getTransactionCount", _hex(address), _at(block)))

    def call(
        self,
        to: bytes,
        data: bytes,
        *,
        sender: bytes | None = None,
        gas: int | None = None,
        block: int | None = None,
    ) -> bytes:
        """What code answers, run after that block, or now. Raises RefusedError if it reverts."""
        request = {"to": _hex(to), "data": _hex(data)}
        if sender is not None:
            request["from"] = _hex(sender)
        if gas is not None:
            request["gas"] = hex(gas)
        return _bytes(self.request("eth_call", request, _at(block)))

    def send(self, raw: bytes) -> None:
        """Hands a signed transaction over. That it was taken does not mean that it will be mined."""
        self.request("eth_sendRawTransaction", _hex(raw))

    def receipt(self, transaction: bytes) -> Receipt | None:
        """Of a transaction that is mined on the chain as the node sees it now."""
        found = self.request("eth_getTransactionReceipt", _hex(transaction))
        if found is None or _field(found, "blockNumber") is None:
            return None
        return Receipt(
            _bytes(_field(found, "transactionHash")),
            _number(_field(found, "blockNumber")),
            _bytes(_field(found, "blockHash")),
            _number(_field(found, "status")) == 1,
            _number(_field(found, "gasUsed")),
        )

    def logs(self, addresses: Sequence[bytes], first: int, last: int) -> list[tuple[Log, int | None]]:
        """The logs of these addresses in blocks first to last, in order; with the block's time, if the node says it."""
        asked = {"address": [_hex(one) for one in addresses], "fromBlock": hex(first), "toBlock": hex(last)}
        found = self.request("eth_getLogs", asked)
        if not isinstance(found, list):
            raise MalformedError("the node's answer to eth_getLogs is not a list")
        logs = [_log(one) for one in found]
        return sorted(logs, key=lambda pair: (pair[0].block, pair[0].index))

    def market(self) -> Market:
        """What gas costs now."""
        base = self.head().base_fee
        if base is None:
            return Market(None, _number(self.request("eth_gasPrice")))
        try:
            return Market(base, _number(self.request("eth_maxPriorityFeePerGas")))
        except NodeRefusedError as error:
            if error.code != _METHOD_NOT_FOUND:
                raise
            return Market(base, 0)  # a node without the method leaves the tip to us

    def request(self, method: str, *parameters: Any) -> Any:
        """The result of one JSON-RPC request, as JSON."""
        try:
            answer: Any = self._provider.make_request(RPCEndpoint(method), list(parameters))
        except (OSError, ValueError, Web3Exception) as error:
            # `from None`: the cause's text holds the whole URL.
            raise NodeUnavailableError(
                f"the node {self.name} does not answer {method} ({type(error).__name__}): "
                "check SUNSEAL_CHAIN_URL and that the node runs"
            ) from None
        if not isinstance(answer, Mapping) or ("result" not in answer and not answer.get("error")):
            raise NodeUnavailableError(f"what {self.name} answers to {method} is not JSON-RPC: is it a node?")
        if answer.get("error"):
            self._refuse(method, answer["error"])
        return answer["result"]

    def _refuse(self, method: str, error: Any) -> None:
        reverted = (
            refusal(error) if method in {"eth_call", "eth_estimateGas", "eth_sendRawTransaction"} else None
        )
        if reverted is not None:
            raise reverted
        if isinstance(error, Mapping):
            code, said = error.get("code"), error.get("message")
            raise NodeRefusedError(method, code if isinstance(code, int) else 0, str(said)[:300])
        raise NodeRefusedError(method, 0, str(error)[:300])


def _block(found: Any) -> Block:
    base = found.get("baseFeePerGas") if isinstance(found, Mapping) else None
    return Block(
        _number(_field(found, "number")),
        _bytes(_field(found, "hash")),
        _bytes(_field(found, "parentHash")),
        _number(_field(found, "timestamp")),
        _number(_field(found, "gasLimit")),
        None if base is None else _number(base),
    )


def _log(found: Any) -> tuple[Log, int | None]:
    log = Log(
        _bytes(_field(found, "address")),
        tuple(_bytes(topic) for topic in _field(found, "topics")),
        _bytes(_field(found, "data")),
        _number(_field(found, "blockNumber")),
        _bytes(_field(found, "blockHash")),
        _number(_field(found, "logIndex")),
        _bytes(_field(found, "transactionHash")),
    )
    time = found.get("blockTimestamp")
    return log, None if time is None else _number(time)


def _field(found: Any, name: str) -> Any:
    if not isinstance(found, Mapping) or name not in found:
        raise MalformedError(f"the node's answer has no {name}")
    return found[name]


def _number(value: Any) -> int:
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise MalformedError("the node's answer has no number in hexadecimal where one belongs")
    return int(value, 16)


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str) or not value.startswith("0x"):
        raise MalformedError("the node's answer has no bytes in hexadecimal where they belong")
    try:
        return bytes.fromhex(value[2:])
    except ValueError:
        raise MalformedError("the node's answer has no bytes in hexadecimal where they belong") from None


def _hex(value: bytes) -> str:
    return "0x" + value.hex()


def _at(block: int | None) -> str:
    return LATEST if block is None else hex(block)
