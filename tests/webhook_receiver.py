"""A bank's machine: a real HTTP server that takes webhooks, checks their signatures, and answers as it is told."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from crypto.http_signatures import HttpRequest, SignedRequest, named_key, verify
from crypto.party_keys import PublicKey

SLOW = 0
"""In the place of a status: begins to answer, and never ends."""


@dataclass
class Received:
    """One request as it arrived."""

    path: str
    request: HttpRequest
    status: int

    @property
    def body(self) -> Any:
        return json.loads(self.request.content)

    @property
    def event(self) -> str:
        return dict(self.request.fields)["Sunseal-Event"]

    def check(self, key: PublicKey, *, now: datetime) -> SignedRequest:
        return verify(self.request, named_key(self.request), key, now=now)


@dataclass
class Receiver:
    """`answers` are the statuses to come, 204 after the last. `on_request` is called while the sender waits."""

    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    on_request: Callable[[], None] = lambda: None
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        handler = type("Handler", (_Handler,), {"receiver": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        uri = f"http://{self.headers['Host']}{self.path}"
        status = self.receiver.answers.pop(0) if self.receiver.answers else 204
        request = HttpRequest("POST", uri, tuple(self.headers.items()), content)
        self.receiver.received.append(Received(self.path, request, status))
        self.receiver.on_request()
        if status == SLOW:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self.receiver.stopped.wait(0.05):
                self.wfile.write(b"X-A: b\r\n")  # a byte now and then, for ever
                time.sleep(0.05)
            return
        self.send_response(status)
        for name, value in self.receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's
        pass
