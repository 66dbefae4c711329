"""docs/spec/bank-api.md and docs/guarantees.md: the worked example recomputed, the twenty lines run."""

import base64
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_public_key,
)
from http_message_signatures.exceptions import InvalidSignature

from crypto.http_signatures import LONGEST_LIFE, HttpRequest, named_key, sign, verify
from crypto.party_keys import key_id, spki
from guarantees.webhooks import job, sending
from guarantees.webhooks.kinds import Kind
from guarantees.webhooks.sending import Poster
from parties.roles import Role
from tests.environment import ROOT
from tests.integration.app.test_signed_requests import register
from tests.integration.app.world import URL, World
from tests.signing_client import SigningClient
from tests.webhook_receiver import Receiver

SPEC = (ROOT / "docs" / "spec" / "bank-api.md").read_text()
GUIDE = (ROOT / "docs" / "guarantees.md").read_text()
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def python(number: int) -> str:
    return str(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)[number])


def test_the_worked_example_is_what_we_sign_and_verify() -> None:
    values = dict(re.findall(r"^(\w+) = (\S+)$", SPEC, re.MULTILINE))
    sent = re.findall(r"```http\n(.*?)\n\n(.*?)\n```", SPEC, re.DOTALL)[0]
    line, *fields = sent[0].splitlines()
    pairs = dict(field.split(": ", 1) for field in fields)
    assert base64.b64encode(spki(KEY.public_key())).decode() == values["key"]
    assert key_id(spki(KEY.public_key())) == values["keyid"]
    method, path, _ = line.split()
    request = HttpRequest(
        method, f"https://{pairs['Host']}{path}", (("Content-Type", pairs["Content-Type"]),), sent[1].encode()
    )
    at = datetime.fromtimestamp(int(values["created"]), UTC)
    added = dict(sign(request, values["keyid"], KEY, nonce="3c4kFJVnyGFwKDzH", now=at))
    assert added == {name: pairs[name] for name in ("Content-Digest", "Signature-Input", "Signature")}
    whole = HttpRequest(request.method, request.uri, tuple(pairs.items()), request.content)
    assert named_key(whole) == values["keyid"]
    verify(whole, values["keyid"], KEY.public_key(), now=at + LONGEST_LIFE)
    base = re.findall(r'```text\n("@method".*?)\n```', SPEC, re.DOTALL)[0]
    KEY.public_key().verify(base64.b64decode(added["Signature"].split(":")[1]), base.encode())


def test_the_page_says_the_kinds_pauses_and_limits_of_the_code() -> None:
    for kind in Kind:
        group, _, word = kind.partition(".")
        assert f"`{kind}`" in SPEC or (group == "guarantee" and f"`.{word}`" in SPEC), kind
    hours = [pause.total_seconds() / 60 for pause in job.BACKOFF]
    assert hours == [0.2, 1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440]
    assert f"within {sending.ATTEMPT_SECONDS:.0f} seconds" in SPEC
    assert f"1 to {LONGEST_LIFE.total_seconds():.0f} seconds" in SPEC
    assert f"{job.KEPT.days} days and can be sent again" in SPEC


def test_the_lines_of_the_guide_sign_a_request_that_is_answered(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = python(0)
    assert len([line for line in code.splitlines() if line.strip()]) <= 20
    _, browser = world.acting_as(Role.GUARANTOR)
    client = SigningClient(world.app, URL)
    register(browser, client, ["webhooks:read", "webhooks:write"])
    assert isinstance(client.key, Ed25519PrivateKey)
    pem = client.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "bank.pem").write_bytes(pem)
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {"KEY_ID": client.key_id}
    exec(code, scope)
    for method, path, body, status in (
        ("POST", "/api/webhooks", {"url": "https://bank.example/sunseal"}, 201),
        ("GET", "/api/webhooks?x=%20", None, 422),
        ("GET", "/api/webhooks", None, 200),
    ):
        made = scope["signed"](method, URL + path, body)
        answer = world.app.test_client(use_cookies=False).open(
            path, method=made.method, base_url=URL, headers=list(made.headers.items()), data=made.body or b""
        )
        assert answer.status_code in (status, 200), (path, answer.get_json())


def test_the_lines_of_the_guide_check_a_webhook(world: World) -> None:
    """By the key that the platform publishes."""
    published = world.app.test_client().get("/api/webhooks/key").get_json()
    key = load_der_public_key(base64.b64decode(published["key"]))
    scope: dict[str, Any] = {"PLATFORM_KEY_ID": published["key_id"], "PLATFORM_KEY": key}
    exec(python(1), scope)
    receiver = Receiver()
    _, browser = world.acting_as(Role.GUARANTOR)
    settings = world.app.extensions["sunseal"].settings
    object.__setattr__(settings, "webhooks_loopback", True)
    webhook = browser.post("/api/webhooks", {"url": receiver.url()}).get_json()
    assert browser.post(f"/api/webhooks/{webhook['id']}/test").status_code == 202
    poster = Poster(settings.webhook_key(), lambda size: bytes(range(size)), loopback=True)
    job.Sender(job.Setting(world.database, poster, world.clock)).run()
    receiver.close()
    (found,) = receiver.received

    class Request:
        method, url, headers = "POST", receiver.url(), dict(found.request.fields)

    assert scope["checked"](Request, found.request.content)
    with pytest.raises(InvalidSignature):
        scope["checked"](Request, found.request.content + b" ")
    assert found.body["kind"] == "test"
    (delivery,) = browser.get(f"/api/webhooks/{webhook['id']}/deliveries").get_json()
    assert delivery["state"] == "delivered"
