"""The keyholders' routes over HTTP: statuses, problems, limits, and what the public sees."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app import errors
from app.api import keyholders
from crypto import canonical_json
from crypto.signatures import SigningKey
from custody.board import Board
from ledger.exchange import MAX_SIZE, Answer, Approval, Message, Report
from tests.keyholders import World
from tests.log import NOW
from tests.story import ORIGIN

APPROVER = SigningKey(b"\x61" * 32)


def app_of(world: World, board: Board, messages: str = keyholders.MESSAGES) -> FlaskClient:
    app = Flask(__name__)
    errors.register(app)
    routes = keyholders.blueprint(world.database, world.reader, lambda: NOW, board=board, messages=messages)
    app.register_blueprint(routes, url_prefix="/api/keyholders/v1")
    return app.test_client()


@pytest.fixture
def board(world: World) -> Iterator[Board]:
    board = Board(world.database)
    yield board
    board.close()


@pytest.fixture
def client(world: World, board: Board) -> FlaskClient:
    return app_of(world, board)


def problem(response: Any, status: int, word: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = json.loads(response.data)
    assert (body["status"], body["type"]) == (status, f"urn:sunseal:problem:{word}")
    assert body["detail"]
    return body


def post(client: FlaskClient, data: bytes) -> Any:
    return client.post("/api/keyholders/v1/exchange", data=data)


def test_a_message_is_answered(world: World, client: FlaskClient) -> None:
    response = post(client, world.keyholders[0].message())
    assert (response.status_code, response.content_type) == (200, "application/json")
    assert Answer.parse(response.data).sequence == 1


def test_what_is_no_message_is_400(world: World, client: FlaskClient) -> None:
    problem(post(client, b"{}"), 400, "malformed")
    problem(post(client, world.keyholders[0].message(origin="other.example")), 400, "not-allowed")


def test_a_stranger_and_a_forger_are_401(world: World, client: FlaskClient) -> None:
    good = Message.parse(world.keyholders[0].message())
    stranger = SigningKey(b"\x99" * 32)
    foreign = replace(good, key=stranger.verify_key.raw.hex()).signed_by(stranger)
    problem(post(client, foreign.to_bytes()), 401, "unknown-keyholder")
    problem(post(client, replace(good, sequence=7).to_bytes()), 401, "unknown-keyholder")


def test_an_old_sequence_is_409_and_says_the_last(world: World, client: FlaskClient) -> None:
    first = world.keyholders[0]
    post(client, first.message(sequence=5))
    assert problem(post(client, first.message(sequence=5, known=1)), 409, "sequence")["last"] == 5
    assert problem(post(client, first.message(sequence=4)), 409, "sequence")["last"] == 5


def test_a_body_without_a_length_or_too_long_is_not_read(client: FlaskClient) -> None:
    class Unread:
        def read(self, *_: int) -> bytes:
            raise AssertionError("the body was read")

        readline = readlines = read

    too_long = {"CONTENT_LENGTH": str(MAX_SIZE + 1), "wsgi.input": Unread()}
    response = client.post("/api/keyholders/v1/exchange", environ_overrides=too_long)
    problem(response, 413, "too-large")
    chunked = {"wsgi.input": Unread(), "HTTP_TRANSFER_ENCODING": "chunked"}
    response = client.post("/api/keyholders/v1/exchange", environ_overrides=chunked)
    problem(response, 411, "length-required")


def test_too_many_messages_are_429_for_their_sender_alone(world: World, board: Board) -> None:
    client = app_of(world, board, messages="3 per hour")
    first, second = world.keyholders[:2]
    for _ in range(3):
        assert post(client, first.message()).status_code == 200
    response = post(client, first.message())
    problem(response, 429, "too-many")
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert post(client, second.message()).status_code == 200


def test_forgers_do_not_use_up_the_allowance_of_whom_they_name(world: World, board: Board) -> None:
    client = app_of(world, board, messages="3 per hour")
    first = world.keyholders[0]
    forged = replace(Message.parse(first.message()), known=1).to_bytes()
    for _ in range(10):
        problem(post(client, forged), 401, "unknown-keyholder")
    assert post(client, first.message()).status_code == 200


def test_a_database_that_is_away_is_503(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT a secret", {}, Exception("a secret"))

    monkeypatch.setattr("custody.registry.by_key", away)
    response = post(client, world.keyholders[0].message())
    problem(response, 503, "unavailable")
    assert response.headers["Retry-After"]
    assert b"secret" not in response.data


def test_without_a_supervisor_everything_is_503(world: World) -> None:
    app = Flask(__name__)
    errors.register(app)
    app.register_blueprint(
        keyholders.blueprint(world.database, None, lambda: NOW), url_prefix="/api/keyholders/v1"
    )
    client = app.test_client()
    problem(post(client, world.keyholders[0].message()), 503, "no-supervisor")
    problem(client.get("/api/keyholders/v1/status"), 503, "no-supervisor")


@pytest.fixture
def closing(world: World) -> str:
    world.found()
    keys = world.publish()
    return world.close("lot-1", [world.bid("lot-1", keys) for _ in range(3)])


def approval(closing: str) -> bytes:
    given = Approval(ORIGIN, closing, "price", APPROVER.verify_key.raw.hex()).signed_by(APPROVER)
    return canonical_json.dumps(msgspec.to_builtins(given))


def test_an_approval_reaches_the_keyholders(world: World, client: FlaskClient, closing: str) -> None:
    for _ in range(2):
        assert client.post("/api/keyholders/v1/approvals", data=approval(closing)).status_code == 204
    (given,) = Answer.parse(post(client, world.keyholders[1].message()).data).approvals
    assert (given.closing, given.part) == (closing, "price")
    assert given.check_signature() == APPROVER.verify_key


def test_approvals_that_are_none_are_refused(client: FlaskClient, closing: str) -> None:
    def give(data: bytes) -> Any:
        return client.post("/api/keyholders/v1/approvals", data=data)

    good = approval(closing)
    problem(give(b"{}"), 400, "not-allowed")
    problem(give(good.replace(b"{", b'{"a":1,', 1)), 400, "not-allowed")
    problem(give(approval("00" * 32)), 400, "not-allowed")
    problem(give(good.replace(b'"price"', b'"other"')), 401, "signature")
    problem(give(b"x" * 5000), 413, "too-large")


def test_the_status_is_public_and_has_groups_pool_and_reports(
    world: World, client: FlaskClient, closing: str
) -> None:
    first = world.keyholders[0]
    post(client, first.message(reports=[Report("lot-1", "early", "the deadline has not passed")]))
    response = client.get("/api/keyholders/v1/status")
    assert response.headers["Cache-Control"] == "public, max-age=2"
    status = json.loads(response.data)
    (group,) = status["groups"]
    assert (group["id"], group["complete"], group["threshold"]) == (world.group, True, 2)
    assert [member["accepted"] for member in group["members"]] == [True] * 3
    assert status["reports"][0]["rule"] == "early"
    assert {keyholder["name"] for keyholder in status["keyholders"]} == {
        party.member.name for party in world.parties
    }
