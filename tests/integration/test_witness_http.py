"""The witness's HTTP server under requests that are malformed, too big, too slow or too many."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ledger.witness_messages import MAX_REQUEST_SIZE
from tests.integration.witness_process import Process, running
from tests.unit.keyholder.witness_example import Place, growth, head

BODY = growth(0, 5).to_bytes()


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """One that all tests share: what it cosigned is of no matter here. A request has 0.8 s, a connection 0.6 s."""
    with running(Place(tmp_path_factory.mktemp("http")), limits=(0.8, 0.6, 8)) as started:
        yield started


def connect(process: Process) -> socket.socket:
    return socket.create_connection(("127.0.0.1", process.port), 10)


def converse(process: Process, *pieces: bytes, pause: float = 0) -> bytes:
    """All that the server sends until it closes."""
    with connect(process) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        return rest(connection)


def rest(connection: socket.socket) -> bytes:
    data = b""
    while piece := connection.recv(1 << 16):
        data += piece
    return data


def post(body: bytes, *headers: str, path: str = "/add-checkpoint", close: bool = True) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: witness", *headers, *(["Connection: close"] if close else [])]
    return "\r\n".join([*lines, "", ""]).encode() + body


def length(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


def status(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer
    return int(answer[9:12])


@pytest.mark.parametrize(
    ("request_bytes", "expected"),
    [
        (post(BODY), 411),
        (post(b"5\r\nold 0\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), 411),
        (post(BODY, "Transfer-Encoding: chunked", length(BODY)), 411),
        (post(BODY, length(BODY), length(BODY)), 400),
        (post(BODY, length(BODY), "Content-Length: 3"), 400),
        (post(BODY, "Content-Length: -5"), 400),
        (post(BODY, "Content-Length: +5"), 400),
        (post(BODY, "Content-Length: 5 5"), 400),
        (post(BODY, "Content-Length: ٥"), 400),
        (post(b"", "Content-Length: 0"), 400),
        (post(BODY[:-1], length(BODY[:-1])), 400),
        (post(BODY, length(BODY), path="/"), 404),
        (post(BODY, length(BODY), path="/add-checkpoint/"), 404),
        (post(BODY, length(BODY), path="/add-checkpoint?x"), 404),
        (b"GET /add-checkpoint HTTP/1.1\r\nConnection: close\r\n\r\n", 405),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 404),
        (b"GET /../../etc/passwd HTTP/1.1\r\nConnection: close\r\n\r\n", 404),
        (b"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nPOST ", 404),
        (b"BREW /add-checkpoint HTTP/1.1\r\n\r\n", 501),
        (b"POST /add-checkpoint HTTP/9.9\r\n\r\n", 505),
        (b"\x16\x03\x01\x02\x00 nonsense with words\r\n\r\n", 400),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", 431),
    ],
)
def test_malformed_request_is_refused_and_the_server_lives(
    process: Process, request_bytes: bytes, expected: int
) -> None:
    answer = converse(process, request_bytes)
    assert status(answer) == expected
    assert b"Python" not in answer
    assert b"\r\nConnection: close\r\n" in answer
    assert converse(process, post(BODY, length(BODY)))[9:12] in (b"200", b"409")


def test_answers_have_the_media_types_of_the_specification(process: Process) -> None:
    converse(process, post(BODY, length(BODY)))
    conflict = converse(process, post(BODY, length(BODY)))
    assert b"\r\nContent-Type: text/x.tlog.size\r\n" in conflict
    assert conflict.endswith(b"\r\n\r\n5\n")
    again = growth(5, 5).to_bytes()
    cosignature = converse(process, post(again, length(again)))
    assert b"\r\nContent-Type: text/plain; charset=utf-8\r\n" in cosignature
    assert "\r\n\r\n— witness.example/notary ".encode() in cosignature
    assert b"\r\nAllow: POST\r\n" in converse(process, b"GET /add-checkpoint HTTP/1.0\r\n\r\n")


def test_big_request_is_refused_before_it_is_read_and_the_answer_arrives(process: Process) -> None:
    big = b"x" * (MAX_REQUEST_SIZE + 1)
    assert status(converse(process, post(b"", length(big)))) == 413
    # A client that sends all of it before it looks for the answer is not cut off over that.
    assert status(converse(process, post(b"", length(big * 4)), big * 4)) == 413
    assert status(converse(process, post(b"", "Content-Length: 99999999999999"))) == 400


def test_largest_request_is_read(process: Process) -> None:
    body = BODY + b"x" * (MAX_REQUEST_SIZE - len(BODY))
    answer = converse(process, post(body, length(body)))
    assert status(answer) == 400
    assert b"not an add-checkpoint request" in answer


def test_client_that_asks_first_is_told_first(process: Process) -> None:
    expect = "Expect: 100-continue"
    refused = converse(process, post(b"", f"Content-Length: {MAX_REQUEST_SIZE + 1}", expect))
    assert status(refused) == 413
    with connect(process) as connection:
        connection.sendall(post(b"", length(BODY), expect))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        assert status(rest(connection)) in (200, 409)


def test_connection_is_kept_and_takes_requests_in_a_row(process: Process) -> None:
    two = post(BODY, length(BODY), close=False) + post(BODY, length(BODY))
    assert converse(process, two).count(b"HTTP/1.1 ") == 2


def test_slow_body_is_cut_off_while_others_are_served(process: Process) -> None:
    begin = time.monotonic()
    with connect(process) as slow:
        slow.sendall(post(BODY[:10], length(BODY)))
        others = 0
        # A byte now and then: no single read ever waits for long.
        while time.monotonic() - begin < 0.5:
            slow.sendall(b"x")
            assert converse(process, post(BODY, length(BODY)))[9:12] in (b"200", b"409")
            others += 1
            time.sleep(0.05)
        assert others > 1
        answer = rest(slow)
    assert status(answer) == 408
    assert time.monotonic() - begin < 3


@pytest.mark.parametrize("start", [b"", b"POST", b"POST /add-checkpoint HTTP/1.1\r\nHost: x"])
def test_connection_without_a_request_or_with_half_of_one_is_closed(process: Process, start: bytes) -> None:
    begin = time.monotonic()
    with connect(process) as slow:
        slow.sendall(start)
        assert rest(slow) == b""
    assert time.monotonic() - begin < 3


def test_header_that_drips_is_cut_off(process: Process) -> None:
    begin = time.monotonic()
    with connect(process) as slow:
        slow.sendall(b"POST /add-checkpoint HTTP/1.1\r\nX: ")
        with suppress(ConnectionError):
            while time.monotonic() - begin < 5:
                slow.sendall(b"y")
                time.sleep(0.05)
    assert time.monotonic() - begin < 3


def test_body_that_ends_early_is_no_request(process: Process) -> None:
    with connect(process) as connection:
        connection.sendall(post(BODY[:-1], length(BODY)))
        connection.shutdown(socket.SHUT_WR)
        assert rest(connection) == b""


def test_one_connection_too_many_is_turned_away_and_the_next_is_served(process: Process) -> None:
    held = [connect(process) for _ in range(8)]
    try:
        time.sleep(0.2)
        assert status(converse(process)) == 503
    finally:
        for connection in held:
            connection.close()
    time.sleep(0.2)
    assert converse(process, post(BODY, length(BODY)))[9:12] in (b"200", b"409")


def test_journal_of_the_process_holds_nothing_of_a_body(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with running(place) as process:
        for body in (b"old passphrase\n\n", b"passphrase" * 10):
            converse(process, post(body, length(body)))
            converse(process, post(body, "Content-Length: passphrase"))
            converse(process, post(body, length(body), path="/passphrase"))
        assert process.cosigned(growth(0, 20)) == [head(20)]
        said = process.said() + place.folder.journal.read_text()
    assert said.count("refused") == 8  # four, in each of the two
    assert "passphrase" not in said
    assert "Traceback" not in said
