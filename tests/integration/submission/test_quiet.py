"""The submission side keeps nothing of who sends: no cookie, no address, no user agent, and no secret in any log."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from app.api.private_token import authorization, encode
from app.api.submission_app import PREFIX, alone
from bidding.submission import acceptance, receipt_request
from crypto.tokens.privacy_pass import Token
from tests.intake import Draft, World, code_of, creation, patching
from tests.log import ORIGIN

TELLING = {
    "User-Agent": "tell-tale-agent/1.0",
    "Referer": "https://tell-tale.example/page",
    "X-Forwarded-For": "203.0.113.9",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9",
}
ADDRESS = {"REMOTE_ADDR": "203.0.113.9", "REMOTE_PORT": "4711"}
TALES = ("tell-tale", "203.0.113.9", "4711")


class Telling(Client):
    """A client that says all that it can of itself."""

    def open(self, *args: Any, **named: Any) -> TestResponse:
        named["headers"] = {**TELLING, **(named.get("headers") or {})}
        return super().open(*args, environ_overrides=ADDRESS, **named)


def road(client: Client, world: World, draft: Draft) -> tuple[list[TestResponse], list[str]]:
    """Everything a bidder sends, refusals on the way; the answers, and what must stay secret."""
    file = draft.files["price"]
    tokens = [world.token() for _ in range(3)]
    made = client.post("/uploads", headers=creation(tokens[0], len(file)))
    place = made.headers["Location"]
    capability = place.rpartition("/")[2]
    answers = [
        made,
        client.post("/uploads", headers=creation(tokens[0], len(file))),
        client.patch(place, headers=patching(7), data=file),
        client.patch(place, headers=patching(0), data=file),
        client.post("/uploads", headers=creation(None, 5)),
    ]
    request = {"body": draft.body, "uploads": {"price": capability}}
    headers = {"Authorization": authorization(tokens[1])}
    final = client.post("/submissions", json=request, headers=headers)
    again = receipt_request.make(draft.key, ORIGIN, now=world.clock())
    answers += [
        client.post("/submissions", json={**request, "body": {**draft.body, "sequence": 7}}, headers=headers),
        final,
        client.post("/receipts", json=again),
        client.post("/receipts", json={**again, "time": 5}),
        client.get("/nothing/" + capability),
        client.delete(place, headers=patching(0)),
    ]
    secrets = [capability, draft.fact.bid, draft.fact.parts[0].sha256, final.json["salt"]]  # type: ignore[index]
    for raw in tokens:
        token = Token.parse(raw)
        secrets += [encode(raw), token.nonce.hex(), repr(token.nonce), encode(token.authenticator)]
    return answers, secrets


def test_logs_have_neither_who_nor_what(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    caplog.set_level(logging.INFO)
    world.publish()
    with world.published():
        _, secrets = road(Telling(world.app.wsgi), world, world.draft())
    out, err = capfd.readouterr()
    for text in (caplog.text, out, err):
        assert not [tale for tale in (*TALES, *secrets) if tale in text]


def test_error_of_ours_is_logged_without_what_the_request_had(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **named: object) -> None:
        raise ValueError(f"tell-tale {args} {named}")

    world.publish()
    draft = world.draft()
    uploads = world.uploads(draft)
    monkeypatch.setattr(acceptance, "submit", fail)
    answer = world.post(draft, uploads)
    assert (answer.status_code, code_of(answer)) == (500, "internal")
    assert "tell-tale" not in answer.get_data(as_text=True)
    (record,) = caplog.records
    assert record.getMessage().startswith(
        "an error in the submission application: ValueError at test_quiet.py:"
    )
    assert "tell-tale" not in caplog.text
    assert uploads["price"] not in caplog.text


def test_answers_set_no_cookie_and_do_not_depend_on_what_a_client_tells(world: World) -> None:
    world.publish()
    shown = []
    with world.published():
        for client in (Client(world.app.wsgi), Telling(world.app.wsgi)):
            answers, _ = road(client, world, world.draft())
            assert not [answer for answer in answers if "Set-Cookie" in answer.headers]
            shown.append([(answer.status_code, sorted(answer.headers.keys())) for answer in answers])
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    "told",
    [
        {"Cookie": "session=tell-tale-cookie"},
        {"Authorization": "Bearer tell-tale"},
        {"Signature-Input": "x=()"},
    ],
)
def test_cookie_or_login_is_refused_on_every_road_before_anything_is_done(
    world: World, told: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world.publish()
    draft = world.draft()
    place = f"/uploads/{world.upload(draft.files['price'])}"
    client = Client(world.app.wsgi, use_cookies=False)  # else werkzeug's own cookies take the header's place
    for method, path in (
        ("POST", "/uploads"),
        ("OPTIONS", "/uploads"),
        ("PATCH", place),
        ("DELETE", place),
        ("POST", "/submissions"),
        ("POST", "/withdrawals"),
        ("POST", "/receipts"),
    ):
        answer = client.open(path, method=method, headers={**patching(0), **told}, data=b"{}")
        assert (answer.status_code, code_of(answer)) == (400, "cookie-not-wanted"), path
    assert client.head(place, headers={**patching(0), **told}).status_code == 400
    assert world.client.head(place, headers=patching(0)).status_code == 200
    assert "tell-tale" not in caplog.text


def test_final_answers_have_one_length_whatever_they_say(world: World) -> None:
    world.publish()
    with world.published():
        draft = world.draft()
        answers = [world.post(draft), world.post(draft), world.withdraw(draft), world.withdraw(world.draft())]
    assert {len(answer.data) for answer in answers} == {1 << 15}
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404]
    assert json.loads(answers[0].data) == json.loads(answers[1].data)


def test_application_alone_serves_its_prefix_and_nothing_else(world: World) -> None:
    client = Client(alone(world.app.wsgi))
    for path in ("/", "/ledger/checkpoint", "/api/login", "/api/submissions"):
        assert client.get(path).status_code == 404
    made = client.post(f"{PREFIX}/uploads", headers=creation(world.token(), 10))
    assert made.headers["Location"].startswith(f"{PREFIX}/uploads/")
    assert client.head(made.headers["Location"], headers=patching(0)).status_code == 200


def test_same_final_request_gives_the_same_receipted_fact_also_to_two_at_once(world: World) -> None:
    world.publish()
    draft = world.draft()
    uploads, token = world.uploads(draft), world.token()
    with world.published(), ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: world.post(draft, uploads, token), range(4)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({world.receipt(answer).index for answer in answers}) == 1
        assert len({json.loads(answer.data)["salt"] for answer in answers}) == 1
        again = receipt_request.make(draft.key, ORIGIN, now=world.clock())
        (fact,) = json.loads(world.client.post("/receipts", json=again).data)["facts"]
        assert fact["salt"] == json.loads(answers[0].data)["salt"]


def test_receipts_are_for_the_bids_own_key_and_for_now(world: World) -> None:
    world.publish()
    draft, stranger = world.draft(), world.draft()
    with world.published():
        assert world.post(draft).status_code == 200
        good = receipt_request.make(draft.key, ORIGIN, now=world.clock())
        for changed, code in (
            ({"bid": stranger.fact.bid}, "bid-signature"),
            ({"signature": "00" * 64}, "bid-signature"),
            ({"time": int(world.clock().timestamp()) - 400}, "stale"),
            ({"time": True}, "malformed"),
            ({"more": 1}, "malformed"),
        ):
            assert code_of(world.client.post("/receipts", json={**good, **changed})) == code
        other = receipt_request.make(stranger.key, ORIGIN, now=world.clock())
        assert code_of(world.client.post("/receipts", json=other)) == "bid-unknown"
