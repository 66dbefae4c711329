"""A witness's configuration, and the comparison with what logs publish."""

import http.server
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from keyholder.witness import published
from keyholder.witness.config import Config
from keyholder.witness.errors import ConfigError, PublishedError
from keyholder.witness.journal import Journal
from keyholder.witness.published import Comparison, fetch, require_url
from keyholder.witness.service import Witness
from ledger.checkpoint import LogIdentity
from ledger.note import ED25519, NoteKey
from tests.unit.keyholder.witness_example import COSIGNER, LOGS, WITNESS, Place, cosigned, growth
from tests.unit.ledger.example_log import LOG, NOW, ORIGIN

URL = "https://log.example/checkpoint"
CONFIG = Config(WITNESS, (LOG,), {ORIGIN: (URL,)}, Path("/somewhere/witness.mark"))


def test_configuration_is_read_as_it_was_written() -> None:
    assert Config.parse(CONFIG.to_bytes()) == CONFIG


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("origin", "Origin"),
        lambda text: text.replace('"mark"', '"more": 1, "mark"'),
        lambda text: text.replace(LOG.keys[0].vkey, WITNESS.vkey),
        lambda text: text.replace(WITNESS.vkey, LOG.keys[0].vkey),
        lambda text: text.replace(f'"{URL}"', "7"),
        lambda text: text.replace(URL, "ftp://log.example/"),
        lambda text: text.replace(f'"{LOG.keys[0].vkey}"', ""),
        lambda text: text[:-3],
        lambda text: "[]",
    ],
)
def test_malformed_configuration_is_refused(change: Callable[[str], str]) -> None:
    with pytest.raises(ConfigError):
        Config.parse(change(CONFIG.to_bytes().decode()).encode())


def test_configuration_names_each_log_once_and_never_the_witness_itself() -> None:
    own = LogIdentity(ORIGIN, (NoteKey(ORIGIN, ED25519, WITNESS.key),))
    for logs in ((), (LOG, LOG), (own,)):
        with pytest.raises(ConfigError):
            replace(CONFIG, logs=logs)
    with pytest.raises(ConfigError, match="not among"):
        replace(CONFIG, published={"log.example/other": (URL,)})


@pytest.mark.parametrize(
    "url",
    ["", "log.example", "file:///etc/passwd", "https://u:p@host/", "http:///x", "http://h:x/", "http://h/ä"],
)
def test_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(PublishedError):
        require_url(url)


class Answers(http.server.BaseHTTPRequestHandler):
    """A web server that answers by the path."""

    def do_GET(self) -> None:
        body = {"/checkpoint": b"text", "/long": b"x" * 100}.get(self.path, b"")
        status = {"/checkpoint": 200, "/long": 200, "/moved": 302, "/gone": 410, "/broken": 500}
        self.send_response(status.get(self.path, 404))
        self.send_header("Location", "/checkpoint")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def web() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_fetch_tells_nothing_there_from_nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with web() as prefix:
        assert fetch(f"{prefix}/checkpoint") == b"text"
        assert fetch(f"{prefix}/gone") is None
        assert fetch(f"{prefix}/nothing") is None
        for path in ("moved", "broken"):
            with pytest.raises(PublishedError, match="answers"):
                fetch(f"{prefix}/{path}")
        monkeypatch.setattr(published, "MAX_NOTE_SIZE", 50)
        with pytest.raises(PublishedError, match="longer"):
            fetch(f"{prefix}/long")
    with pytest.raises(PublishedError, match="cannot be read"):
        fetch(f"{prefix}/checkpoint")


def comparison(
    path: Path, answers: dict[str, bytes | PublishedError | None]
) -> tuple[Comparison, Witness, io.StringIO]:
    """Over a witness that cosigned size 5 and waits to be compared with these addresses."""
    place = Place(path)
    place.add(growth(0, 5))
    sentences = io.StringIO()
    journal = Journal(sentences, None, lambda: NOW)
    witness = Witness(place.state(), LOGS, COSIGNER, clock=lambda: NOW, journal=journal, uncompared=[ORIGIN])

    def answer(url: str) -> bytes | None:
        found = answers[url]
        if isinstance(found, PublishedError):
            raise found
        return found

    return Comparison(witness, {ORIGIN: tuple(answers)}, journal, fetch=answer), witness, sentences


def test_one_address_that_answers_is_enough(tmp_path: Path) -> None:
    asked, witness, _ = comparison(tmp_path, {"a": PublishedError("down"), "b": cosigned(5).to_bytes()})
    asked.once()
    assert witness.is_compared()
    assert witness.add_checkpoint(growth(5, 9).to_bytes()).status == 200


def test_one_address_that_shows_more_is_enough_to_stop(tmp_path: Path) -> None:
    asked, witness, sentences = comparison(tmp_path, {"a": cosigned(8).to_bytes(), "b": None})
    asked.once()
    asked.once()
    assert witness.add_checkpoint(growth(5, 9).to_bytes()).status == 503
    assert sentences.getvalue().count("in doubt") == 1


def test_silence_is_no_comparison(tmp_path: Path) -> None:
    asked, witness, sentences = comparison(tmp_path, {"a": PublishedError("down"), "b": b"nonsense"})
    for _ in range(3):
        asked.once()
    assert not witness.is_compared()
    assert witness.add_checkpoint(growth(5, 9).to_bytes()).status == 503
    assert sentences.getvalue().count("not compared") == 2


def test_comparison_is_repeated_until_it_succeeds_and_when_a_request_gives_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "RETRY", 0.01)
    answers: dict[str, bytes | PublishedError | None] = {"a": PublishedError("down")}
    asked, witness, sentences = comparison(tmp_path, answers)
    stop = threading.Event()
    thread = threading.Thread(target=asked.run, args=(stop,))
    thread.start()
    try:
        assert asked.done_once.wait(5)
        assert not witness.is_compared()
        answers["a"] = None
        until(witness.is_compared)
        answers["a"] = cosigned(8).to_bytes()
        assert witness.add_checkpoint(growth(8, 9).to_bytes()).status == 409
        until(lambda: "in doubt" in sentences.getvalue())
    finally:
        stop.set()
        thread.join()


def until(happened: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(500):
        if happened():
            return
        pause.wait(0.01)
    pytest.fail("it did not happen in 5 s")
