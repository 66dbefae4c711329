"""The node over HTTP, on this machine only.

Whoever can reach it can use it, so it listens on loopback alone; and it takes JSON alone, which a page in a browser
cannot send elsewhere without being let (and nobody is let: no CORS).
"""

import ipaddress
import logging
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import waitress
from waitress.server import BaseWSGIServer

from devchain.aids import Aids
from devchain.chain import Chain
from devchain.errors import DevChainError
from devchain.folder import Folder
from devchain.methods import Methods
from devchain.node import Node
from devchain.rpc import Rpc
from devchain.store import Store

MAX_REQUEST = 5 * 2**20
MAX_FRAMES = 20_000
THREADS = 8
"""Connections read at once; what they ask is done one at a time."""


class ListenError(DevChainError):
    """The address is not one of this machine's own, or is taken."""


@contextmanager
def opened(folder: Folder, clock: Callable[[], int], *, test_aids: bool = False) -> Iterator[Rpc]:
    """The node in this folder, begun if it is new, held by this process until the end. FolderError."""
    with folder.locked():
        accounts = folder.make_accounts(secrets.token_bytes)
        store = Store(folder.chain)
        try:
            chain = Chain(store, (account.address for account in accounts), clock())
            node = Node(store, chain, clock)
            aids = Aids(node).table() if test_aids else {}
            yield Rpc(Methods(node).table() | aids, node.lock)
        finally:
            store.close()


def bind(rpc: Rpc, host: str, port: int) -> BaseWSGIServer:
    """A server that listens; `run` it. Port 0 takes a free one. ListenError."""
    try:
        is_own = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_own = host == "localhost"
    if not is_own:
        raise ListenError(f"{host} is not loopback: a development node is for this machine alone")
    # Its warnings of a full queue say only that more was asked at once than there are threads.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        return waitress.create_server(
            _application(rpc),
            host=host,
            port=port,
            threads=THREADS,
            ident=None,
            max_request_body_size=MAX_REQUEST,
        )
    except OSError as error:
        raise ListenError(f"cannot listen at {host}:{port}: {error.strerror}") from error


def allow_deep_calls() -> None:
    """Lets contracts call each other as deep as a block's gas goes, some 650 times, at about six Python frames each."""
    sys.setrecursionlimit(MAX_FRAMES)


def wall_clock() -> int:
    return int(time.time())


def _application(rpc: Rpc) -> Callable[..., Iterable[bytes]]:
    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        def respond(status: str, body: bytes, kind: str = "text/plain; charset=utf-8") -> Iterable[bytes]:
            start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
            return [body]

        if environ["REQUEST_METHOD"] != "POST":
            return respond("405 Method Not Allowed", b"JSON-RPC is sent with POST\n")
        if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
            return respond("415 Unsupported Media Type", b"JSON-RPC is sent as application/json\n")
        answer = rpc.answer(environ["wsgi.input"].read())
        if answer is None:
            start_response("204 No Content", [])
            return []
        return respond("200 OK", answer, "application/json")

    return application
