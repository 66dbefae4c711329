"""Reports without a name over HTTP: two ways, with a receipt, and nothing for an insider to read."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx
import pytest
from flask import Flask
from sqlalchemy import text

from app import errors
from app.api import reports
from app.report_client import AbsentError, Desk, commitment_of
from crypto.signatures import SigningKey
from ledger.entries import Sealed, decode
from oversight.code_phrase import CodePhrase
from oversight.errors import ReportError
from oversight.reports import File, MessageText, Post
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from tests.keyholders import World
from tests.log import NOW
from tests.story import ORIGIN, SUPERVISOR, SUPERVISOR_AGE

SECRET = "the mayor asked for my bid"
MESSAGE = MessageText(SECRET, (File("letter.txt", b"as he wrote"),))


@dataclass
class Platform:
    world: World
    app: Flask
    blobs: Path
    desk: Callable[..., Desk]
    requests: list[httpx.Request]


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Iterator[Platform]:
    world = World(database, tmp_path / "public")
    world.found()
    blobs = BlobStore(FolderBackend(tmp_path / "blobs"))
    app = Flask(__name__)
    errors.register(app)
    random = Random(3).randbytes
    routes = reports.blueprint(database, blobs, world.reader, lambda: NOW, random, allowed="100 per second")
    app.register_blueprint(routes, url_prefix="/api/reports/v1")
    sent: list[httpx.Request] = []

    def client() -> httpx.Client:
        return httpx.Client(
            base_url="http://platform.example/api/reports/v1",
            transport=httpx.WSGITransport(app=app),
            event_hooks={"request": [sent.append]},
        )

    def desk(supervisor: SigningKey = SUPERVISOR) -> Desk:
        return Desk(client(), supervisor.verify_key, lambda: int(NOW.timestamp()), random)

    yield Platform(world, app, tmp_path / "blobs", desk, sent)
    world.close_world()


def test_report_and_answers_go_two_ways_and_each_stands_in_the_ledger(platform: Platform) -> None:
    phrase = CodePhrase.new(Random(9).randbytes)
    first = platform.desk().write(phrase, "report", MESSAGE)
    (held,) = platform.desk().inbox(SUPERVISOR)
    assert platform.desk().open(held, SUPERVISOR_AGE) == MESSAGE
    answer = platform.desk().reply(SUPERVISOR, held.mailbox, MessageText("when was that?"))
    platform.desk().write(phrase, "report", MessageText("in May"))
    platform.world.sync()
    received = platform.desk().read(phrase)
    assert [one.text and one.text.text for one in received] == [None, "when was that?", None]
    assert [one.held.number for one in received] == [0, 1, 2]
    for held in (first, answer, *(one.held for one in received)):
        index = received[held.number].held.index
        assert index is not None
        entry = decode(platform.world.leaves[index])
        assert isinstance(entry, Sealed)
        assert entry.commitment == commitment_of(held)


def test_interference_register_works_the_same_way(platform: Platform) -> None:
    phrase = CodePhrase.new(Random(9).randbytes)
    platform.desk().write(phrase, "interference", MESSAGE)
    with pytest.raises(ReportError, match="another kind"):
        platform.desk().write(phrase, "report", MESSAGE)
    assert [held.kind for held in platform.desk().inbox(SUPERVISOR)] == ["interference"]


def test_insider_with_every_table_blob_and_log_reads_nothing_and_finds_nobody(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    phrase = CodePhrase.new(Random(9).randbytes)
    headers = {
        "User-Agent": "a rare browser",
        "X-Forwarded-For": "203.0.113.9",
        "Referer": "http://x.example/me",
    }
    content = MESSAGE.seal([SUPERVISOR_AGE.recipient], Random(4).randbytes)
    post = Post.of(phrase, ORIGIN, "report", 0, content).to_bytes(content)
    own_log = [record.getMessage() for record in caplog.records]
    client = platform.app.test_client()
    answer = client.post(
        "/api/reports/v1/messages", data=post, headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    platform.world.sync()
    seen = [record.getMessage() for record in caplog.records][len(own_log) :]
    with platform.world.database.session() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for table in tables:
            seen += session.scalars(text(f'SELECT t::text FROM "{table}" t')).all()
    everything = "\n".join(seen).encode() + b"".join(
        path.read_bytes() for path in platform.blobs.rglob("*") if path.is_file()
    )
    everything += b"".join(platform.world.leaves)
    needles = [
        SECRET,
        "letter.txt",
        "as he wrote",
        "203.0.113.9",
        "rare browser",
        "x.example",
        phrase.words(),
    ]
    for needle in needles:
        assert needle.encode() not in everything
        assert needle.encode().hex().encode() not in everything
    for secret in (phrase.entropy, phrase.identity.reveal().encode()):
        assert secret not in everything
        assert secret.hex().encode() not in everything
    assert phrase.mailbox.hex().encode() in everything  # the search would find what is there


def test_same_message_again_gets_the_same_receipt_and_one_entry(platform: Platform) -> None:
    phrase = CodePhrase.new(Random(9).randbytes)
    content = MESSAGE.seal([SUPERVISOR_AGE.recipient], Random(4).randbytes)
    post = Post.of(phrase, ORIGIN, "report", 0, content).to_bytes(content)
    client = platform.app.test_client()
    answers = [client.post("/api/reports/v1/messages", data=post) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    before = len(platform.world.leaves)
    platform.world.sync()
    assert len(platform.world.leaves) == before + 1
    again = Post.of(phrase, ORIGIN, "report", 0, content + b"x").to_bytes(content + b"x")
    assert client.post("/api/reports/v1/messages", data=again).status_code == 400
    later = Post.of(phrase, ORIGIN, "report", 7, content).to_bytes(content)
    assert b"number 1" in client.post("/api/reports/v1/messages", data=later).data


def test_cookie_a_login_and_strangers_are_refused(platform: Platform) -> None:
    client = platform.app.test_client()
    assert client.get("/api/reports/v1/where", headers={"Authorization": "Bearer x"}).status_code == 400
    client.set_cookie("session", "1")
    assert client.get("/api/reports/v1/where").status_code == 400
    client.delete_cookie("session")
    stranger = SigningKey(b"\x09" * 32)
    with pytest.raises(ReportError, match="another than you believe"):
        platform.desk(stranger)
    with pytest.raises(ReportError, match="signed"):
        platform.desk().inbox(stranger)
    with pytest.raises(AbsentError):
        platform.desk().fetch(CodePhrase(bytes(16)))
    assert client.get(f"/api/reports/v1/sealed/{'00' * 32}").status_code == 404
    assert client.get("/api/reports/v1/sealed/x").status_code == 404


def test_reply_that_the_platform_made_is_not_believed(platform: Platform) -> None:
    phrase = CodePhrase.new(Random(9).randbytes)
    held = platform.desk().write(phrase, "report", MESSAGE)
    with pytest.raises(ReportError, match="signed"):
        platform.desk().reply(SigningKey(b"\x09" * 32), held.mailbox, MessageText("come to my office"))
    platform.desk().reply(SUPERVISOR, held.mailbox, MessageText("thank you"))
    with platform.world.database.session() as session:
        session.execute(text("UPDATE oversight_message SET signature = sha512('x') WHERE is_reply"))
        session.commit()
    with pytest.raises(ReportError, match="not signed by whoever"):
        platform.desk().read(phrase)


def test_old_question_is_refused(platform: Platform) -> None:
    key, at = CodePhrase(bytes(16)).signing, int(NOW.timestamp()) - 3600
    signature = key.sign_fields("sunseal/report-fetch/v1", ORIGIN, CodePhrase(bytes(16)).mailbox, at)
    question = {"at": at, "key": key.verify_key.raw.hex(), "signature": signature.hex()}
    answer = platform.app.test_client().post("/api/reports/v1/fetch", json=question)
    assert answer.status_code == 400
    assert b"clock" in answer.data
