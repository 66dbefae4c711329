"""JSON-RPC 2.0 (jsonrpc.org/specification): a request's bytes to its answer's, single or a batch."""

import inspect
import json
import logging
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from devchain.errors import RpcError

MAX_BATCH = 1000
MAX_DEPTH = 64
"""Of lists and objects in one another. The node allows so much recursion (server.MAX_FRAMES) that json's parser could
run out of stack, and take the process with it, before the limit stops it."""

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL = (
    -32700,
    -32600,
    -32601,
    -32602,
    -32603,
)
_SIGNING = {"eth_sendTransaction", "eth_sign", "eth_signTransaction", "personal_unlockAccount"}
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*+"')
_BRACKETS = re.compile(r"[\[\]{}]")

_log = logging.getLogger(__name__)


class Rpc:
    """Answers by calling the methods of `table`, one at a time under `lock`."""

    def __init__(self, table: Mapping[str, Callable[..., object]], lock: threading.Lock) -> None:
        self._table = table
        self._signatures = {name: inspect.signature(method) for name, method in table.items()}
        self._lock = lock

    def answer(self, body: bytes) -> bytes | None:
        """None if there is nothing to answer: notifications only."""
        try:
            text = body.decode()
            if _depth(text) > MAX_DEPTH:
                return _bytes(_failed(None, RpcError(PARSE_ERROR, "the request is nested too deeply")))
            request = json.loads(text)
        except ValueError:
            return _bytes(_failed(None, RpcError(PARSE_ERROR, "the request is not JSON")))
        if not isinstance(request, list):
            answer = self._one(request)
            return None if answer is None else _bytes(answer)
        if not 0 < len(request) <= MAX_BATCH:
            return _bytes(_failed(None, RpcError(INVALID_REQUEST, f"a batch has 1 to {MAX_BATCH} requests")))
        answers = [answer for one in request if (answer := self._one(one)) is not None]
        return _bytes(answers) if answers else None

    def _one(self, request: object) -> dict[str, object] | None:
        if not isinstance(request, dict) or not _is_request(request):
            shown = request.get("id") if isinstance(request, dict) else None
            return _failed(
                shown if _is_id(shown) else None, RpcError(INVALID_REQUEST, "not a request of JSON-RPC 2.0")
            )
        try:
            result = self._call(request["method"], request.get("params", []))
        except RpcError as error:
            answer = _failed(request.get("id"), error)
        except Exception:  # noqa: BLE001 -- a server answers, whatever failed
            # The transaction of the store was rolled back: the chain is as it was before this request.
            _log.exception("%s failed", request["method"])
            answer = _failed(request.get("id"), RpcError(INTERNAL, "internal error: see the node's output"))
        else:
            answer = {"jsonrpc": "2.0", "id": request.get("id"), "result": result}
        return answer if "id" in request else None

    def _call(self, name: str, params: Any) -> object:
        method = self._table.get(name)
        if method is None:
            hint = ": this node holds no keys, send signed transactions" if name in _SIGNING else ""
            raise RpcError(METHOD_NOT_FOUND, f"the method {name[:80]} does not exist{hint}")
        if not isinstance(params, list):
            raise RpcError(INVALID_PARAMS, "params is a list")
        try:
            self._signatures[name].bind(*params)
        except TypeError as error:
            raise RpcError(INVALID_PARAMS, f"{name}: {error}") from error
        with self._lock:
            return method(*params)


def _is_request(request: Mapping[str, object]) -> bool:
    return (
        request.get("jsonrpc") == "2.0"
        and isinstance(request.get("method"), str)
        and isinstance(request.get("params", []), list | dict)
        and _is_id(request.get("id"))
    )


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _is_id(value: object) -> bool:
    return value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))


def _failed(request_id: object, error: RpcError) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": request_id, "error": error.as_json()}


def _bytes(answer: object) -> bytes:
    return json.dumps(answer, separators=(",", ":")).encode()
