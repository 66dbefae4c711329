"""The witness over HTTP: `POST /add-checkpoint` and `GET /<origin hash>/checkpoint` (c2sp.org/tlog-witness).

Made to stand behind a reverse proxy, which does TLS and limits rates. It has limits of its own all the same:
on the size of a request, on the time a request may take to arrive, on the time a connection may be idle, and
on the number of connections. A request has a Content-Length; chunked ones are refused, and a proxy that gets
them buffers. Nothing of a body is logged.
"""

import io
import re
import socket
import socketserver
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from threading import BoundedSemaphore
from typing import Any

from keyholder.witness.journal import Journal
from keyholder.witness.mark import Probe, no_probe
from keyholder.witness.service import Answer, Witness, sentence_answer
from ledger.witness_messages import MAX_REQUEST_SIZE

ADD_CHECKPOINT = "/add-checkpoint"

_CHECKPOINT = re.compile(r"/([0-9a-f]{64})/checkpoint", re.ASCII)
_LENGTH = re.compile(r"[0-9]{1,12}", re.ASCII)
_DRAIN_SECONDS = 1.0
_OVERFULL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may cost. Seconds and bytes.

    arrive:      a request may take from its first byte to its last, and an answer to be taken.
    idle:        a connection may be without a request.
    body:        a request's body may be long.
    connections: may be open at once; each has a thread.
    """

    arrive: float = 10.0
    idle: float = 15.0
    body: int = MAX_REQUEST_SIZE
    connections: int = 64


class WitnessServer(socketserver.ThreadingTCPServer):
    """Answers for `witness` at `address`, a thread a connection; port 0 takes any free one.

    `serve_forever` runs it. Threads that still answer when the process ends are cut off, which costs nothing:
    what was cosigned is on the disk before it is sent.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        witness: Witness,
        journal: Journal,
        *,
        limits: Limits | None = None,
        probe: Probe = no_probe,
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.witness = witness
        self.journal = journal
        self.limits = limits or Limits()
        self.probe = probe
        self._free = BoundedSemaphore(self.limits.connections)
        super().__init__(address, _Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._free.acquire(blocking=False):
            with suppress(OSError):
                request.settimeout(0)
                request.send(_OVERFULL)
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        # A traceback could hold what a request held; its kind is enough to find the place.
        error = sys.exception()
        if not isinstance(error, OSError):
            self.journal.write("error", f"a request failed here: {type(error).__name__}")


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"
    # What names no version is answered like any other request: with a status.
    default_request_version = "HTTP/1.0"
    wbufsize = -1
    disable_nagle_algorithm = True
    _has_unread_body = False

    def setup(self) -> None:
        super().setup()
        self._arrival = _Arrival(self.connection, self.server.limits)
        self.rfile.close()
        self.rfile = io.BufferedReader(self._arrival, 1 << 16)

    def handle_one_request(self) -> None:
        self._arrival.await_request()
        super().handle_one_request()

    def finish(self) -> None:
        super().finish()
        if self._has_unread_body:
            self._arrival.drain()

    def do_POST(self) -> None:
        if self.path != ADD_CHECKPOINT:
            self._turn_away(HTTPStatus.NOT_FOUND, "there is nothing to POST to here but /add-checkpoint")
            return
        length = self._body_length()
        if length is None:
            return
        try:
            body = self.rfile.read(length)
        except TimeoutError:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the request took too long to arrive")
            return
        if len(body) < length:
            self.close_connection = True
            return
        answer = self.server.witness.add_checkpoint(body)
        self.server.probe("answering")
        self._send(answer)
        self.server.probe("answered")

    def do_GET(self) -> None:
        self._has_unread_body = "Content-Length" in self.headers or "Transfer-Encoding" in self.headers
        self.close_connection = self.close_connection or self._has_unread_body
        match = _CHECKPOINT.fullmatch(self.path)
        if match:
            self._send(self.server.witness.checkpoint(match[1]))
        elif self.path == ADD_CHECKPOINT:
            self._send(sentence_answer(405, "add-checkpoint is a POST"), allow="POST")
        else:
            self._send(sentence_answer(404, "there is /add-checkpoint and /<origin hash>/checkpoint"))

    def do_HEAD(self) -> None:
        self.do_GET()

    def handle_expect_100(self) -> bool:
        # Before the client is asked for a body that would be refused.
        if self._body_length() is None:
            return False
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """What the base class refuses, without repeating what was sent."""
        self._turn_away(HTTPStatus(code), HTTPStatus(code).phrase)

    def version_string(self) -> str:
        """Who answers, and nothing of the versions underneath."""
        return "sunseal-witness"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: the witness's journal has what it did, and the proxy's log who asked."""

    def _body_length(self) -> int | None:
        """The length of the body to read; None where the request has been refused for it."""
        lengths = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers or not lengths:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "the request needs a Content-Length")
        elif len(lengths) > 1 or not _LENGTH.fullmatch(lengths[0]):
            self._refuse(HTTPStatus.BAD_REQUEST, "the Content-Length is not a number")
        elif int(lengths[0]) > self.server.limits.body:
            self._refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {self.server.limits.body} bytes"
            )
        else:
            return int(lengths[0])
        return None

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        """A request to cosign that is not even read."""
        self.server.journal.write("refused", sentence, status=status.value)
        self._turn_away(status, sentence)

    def _turn_away(self, status: HTTPStatus, sentence: str) -> None:
        """An answer before the request was read to its end: the connection is no longer of use."""
        self.close_connection = True
        self._has_unread_body = True
        self._send(sentence_answer(status.value, sentence))

    def _send(self, answer: Answer, *, allow: str | None = None) -> None:
        self.connection.settimeout(self.server.limits.arrive)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if allow:
            self.send_header("Allow", allow)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()


class _Arrival(io.RawIOBase):
    """What a client sends, within the limits of time: TimeoutError once a request is too slow in arriving."""

    def __init__(self, connection: socket.socket, limits: Limits) -> None:
        super().__init__()
        self._connection = connection
        self._limits = limits
        self._deadline: float | None = None

    def await_request(self) -> None:
        """The next byte will be the first of a request."""
        self._deadline = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        if self._deadline is None:
            self._connection.settimeout(self._limits.idle)
            count = self._connection.recv_into(buffer)
            self._deadline = time.monotonic() + self._limits.arrive
            return count
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)

    def drain(self) -> None:
        """Throw away what is still under way, for a moment: closing on it would destroy the answer."""
        end = time.monotonic() + _DRAIN_SECONDS
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            while (left := end - time.monotonic()) > 0:
                self._connection.settimeout(left)
                if not self._connection.recv(1 << 16):
                    return
