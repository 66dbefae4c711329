"""The log's side: what a witness answers becomes a body, a size or an error, within limits."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread

import pytest

from app.witness_client import HttpWitness
from ledger.errors import ConflictError, LedgerError
from ledger.witness_answers import WitnessRefusedError, WitnessUnavailableError
from tests.unit.keyholder.witness_example import WITNESS, growth

REQUEST = growth(0, 5)
Talk = Callable[[socket.socket], None]


@contextmanager
def server(*talks: Talk) -> Iterator[str]:
    """A server that holds one of these conversations for each connection; gives its prefix."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            for talk in talks:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(5)
                    try:
                        talk(connection)
                    except OSError:
                        continue

        thread = Thread(target=run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/prefix"
        finally:
            thread.join()


def received(connection: socket.socket) -> bytes:
    """One request."""
    data = b""
    while REQUEST.to_bytes() not in data:
        data += connection.recv(1 << 16)
    return data


def answering(status: str, body: bytes = b"", headers: str = "") -> Talk:
    def talk(connection: socket.socket) -> None:
        received(connection)
        connection.sendall(
            f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body
        )

    return talk


def ask(*talks: Talk, deadline: float = 5) -> bytes:
    with server(*talks) as url, HttpWitness(WITNESS, url, deadline=deadline) as witness:
        return witness.add_checkpoint(REQUEST)


def test_body_is_given_back_as_it_came() -> None:
    assert ask(answering("200 OK", b"any body\n")) == b"any body\n"


def test_request_is_a_post_of_the_body_at_the_prefix() -> None:
    seen: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        seen.append(received(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    ask(talk)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /prefix/add-checkpoint HTTP/1.1\r\n")
    assert body == REQUEST.to_bytes()


def test_connection_is_kept_for_the_next_request() -> None:
    def talk(connection: socket.socket) -> None:
        for _ in range(2):
            received(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")

    with server(talk) as url, HttpWitness(WITNESS, url) as witness:
        assert witness.add_checkpoint(REQUEST) == b"x"
        assert witness.add_checkpoint(REQUEST) == b"x"


def test_threads_that_come_and_go_share_a_witness() -> None:
    def talk(connection: socket.socket) -> None:
        for number in range(12):
            received(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n%02d" % number)

    answers: list[bytes] = []
    with server(talk) as url, HttpWitness(WITNESS, url) as witness:
        for _ in range(3):
            with ThreadPoolExecutor(4) as threads:
                answers += threads.map(witness.add_checkpoint, [REQUEST] * 4)
    assert sorted(answers) == [b"%02d" % number for number in range(12)]


def test_conflict_carries_the_size() -> None:
    with pytest.raises(ConflictError) as caught:
        ask(answering("409 Conflict", b"17\n", "Content-Type: text/x.tlog.size\r\n"))
    assert caught.value.size == 17


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"17\n", "text/plain"),
        (b"17\n", "text/x.tlog.size; charset=utf-8"),
        (b"17", "text/x.tlog.size"),
        (b"017\n", "text/x.tlog.size"),
        (b"17\n\n", "text/x.tlog.size"),
        (b" 17\n", "text/x.tlog.size"),
        (b"-1\n", "text/x.tlog.size"),
        (b"9223372036854775808\n", "text/x.tlog.size"),
        (b"\xff\n", "text/x.tlog.size"),
        (b"", "text/x.tlog.size"),
    ],
)
def test_conflict_that_is_not_exact_is_no_size(body: bytes, content_type: str) -> None:
    with pytest.raises(WitnessRefusedError):
        ask(answering("409 Conflict", body, f"Content-Type: {content_type}\r\n"))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("400 Bad Request", WitnessRefusedError),
        ("403 Forbidden", WitnessRefusedError),
        ("404 Not Found", WitnessRefusedError),
        ("422 Unprocessable Entity", WitnessRefusedError),
        ("204 No Content", WitnessRefusedError),
        ("408 Request Timeout", WitnessUnavailableError),
        ("429 Too Many Requests", WitnessUnavailableError),
        ("500 Internal Server Error", WitnessUnavailableError),
        ("503 Service Unavailable", WitnessUnavailableError),
    ],
)
def test_other_answers_are_refused_or_for_later(status: str, error: type[LedgerError]) -> None:
    with pytest.raises(error, match=WITNESS.name):
        ask(answering(status, b"" if status.startswith("204") else b"text of a stranger\n"))


def test_redirect_is_not_followed() -> None:
    with server() as elsewhere, pytest.raises(WitnessRefusedError, match="302"):
        ask(answering("302 Found", b"", f"Location: {elsewhere}/add-checkpoint\r\n"))


def test_long_answer_is_not_read_to_its_end() -> None:
    with pytest.raises(WitnessRefusedError, match="more than"):
        ask(answering("200 OK", b"x" * 70_000))


def drip(connection: socket.socket, start: bytes) -> None:
    received(connection)
    connection.sendall(start)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        connection.sendall(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"]
)
def test_slow_answer_ends_at_the_deadline(start: bytes) -> None:
    begin = time.monotonic()
    # Bytes that keep coming would outlast any time-out of a single read.
    with pytest.raises(WitnessUnavailableError):
        ask(lambda connection: drip(connection, start), deadline=0.3)
    assert time.monotonic() - begin < 2


def test_silence_ends_at_the_deadline_and_the_next_request_is_a_new_one() -> None:
    def silent(connection: socket.socket) -> None:
        received(connection)
        connection.recv(1)

    with (
        server(silent, answering("200 OK", b"later")) as url,
        HttpWitness(WITNESS, url, deadline=0.3) as witness,
    ):
        with pytest.raises(WitnessUnavailableError, match=r"more than 0\.3 s|Timeout"):
            witness.add_checkpoint(REQUEST)
        assert witness.add_checkpoint(REQUEST) == b"later"


def test_nobody_there_is_unavailable() -> None:
    with server() as url:
        pass
    with HttpWitness(WITNESS, url) as witness, pytest.raises(WitnessUnavailableError):
        witness.add_checkpoint(REQUEST)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://", "nonsense"])
def test_address_that_is_none_is_unavailable(url: str) -> None:
    with HttpWitness(WITNESS, url) as witness, pytest.raises(WitnessUnavailableError):
        witness.add_checkpoint(REQUEST)


def test_cut_off_answer_is_unavailable() -> None:
    def cut(connection: socket.socket) -> None:
        received(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")

    with pytest.raises(WitnessUnavailableError):
        ask(cut)
