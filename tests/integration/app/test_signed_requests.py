"""A guarantor's program signs its requests: whose they are, what they may, and what is refused."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import func, select

from app.models import RequestNonce
from app.permissions import NO_COOKIE, TABLE, Rule
from parties import organisations
from parties.models import Membership
from parties.roles import Role
from tests.integration.app.world import URL, Browser, Person, World
from tests.signing_client import SigningClient

SCOPES = ["webhooks:read", "webhooks:write"]


def base64(raw: bytes) -> str:
    return b64encode(raw).decode()


def signature(key: Any, message: bytes) -> bytes:
    made: bytes = (
        key.sign(message, ec.ECDSA(SHA256()))
        if isinstance(key, ec.EllipticCurvePrivateKey)
        else key.sign(message)
    )
    return made


def register(browser: Browser, client: SigningClient, scopes: list[str] = SCOPES, **changed: Any) -> Any:
    prepared = browser.post("/api/request-keys/preparation", {"key": base64(client.spki)}).get_json()
    assert prepared["key_id"] == client.key_id
    consent = signature(client.key, b64decode(prepared["message"]))
    body = {"name": "gateway", "key": base64(client.spki), "signature": base64(consent), "scopes": scopes}
    return browser.post("/api/request-keys", {**body, **changed})


@pytest.fixture
def bank(world: World) -> tuple[Person, Browser, SigningClient]:
    person, browser = world.acting_as(Role.GUARANTOR)
    client = SigningClient(world.app, URL)
    assert register(browser, client).status_code == 201
    return person, browser, client


Bank = tuple[Person, Browser, SigningClient]


def test_a_signed_request_acts_for_the_organisation_within_its_scopes(bank: Bank) -> None:
    _, browser, client = bank
    made = client.call("POST", "/api/webhooks", {"url": "https://bank.example/hook"})
    assert made.status_code == 201, made.get_json()
    assert "Set-Cookie" not in made.headers
    assert [one["url"] for one in client.call("GET", "/api/webhooks").get_json()] == [
        "https://bank.example/hook"
    ]
    assert browser.get("/api/webhooks").get_json()[0]["id"] == made.get_json()["id"]
    for path in ("/api/request-keys", "/api/organisations/x", "/api/tokens", "/api/me"):
        assert client.call("GET", path).status_code in (403, 404), path
    assert client.call("GET", "/api/request-keys").get_json()["code"] == "scope-not-allowed"


def test_a_key_reads_only_if_it_has_the_scope_to_read(world: World) -> None:
    _, browser = world.acting_as(Role.GUARANTOR)
    client = SigningClient(world.app, URL)
    register(browser, client, ["webhooks:read"])
    assert client.call("GET", "/api/webhooks").status_code == 200
    answer = client.call("POST", "/api/webhooks", {"url": "https://bank.example/"})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "scope-not-allowed")


def test_p256_signs_too(world: World) -> None:
    _, browser = world.acting_as(Role.GUARANTOR)
    client = SigningClient(world.app, URL, ec.generate_private_key(ec.SECP256R1()))
    assert register(browser, client).status_code == 201
    assert client.call("GET", "/api/webhooks").status_code == 200


def test_a_request_counts_once(world: World, bank: Bank) -> None:
    _, _, client = bank
    request = client.signed("POST", "/api/webhooks", {"url": "https://bank.example/hook"})
    assert client.send(request).status_code == 201
    again = client.send(request)
    assert (again.status_code, again.get_json()["code"]) == (401, "signature-replayed")
    assert len(client.call("GET", "/api/webhooks").get_json()) == 1


def test_a_request_that_was_refused_is_spent_as_well(bank: Bank) -> None:
    _, _, client = bank
    request = client.signed("POST", "/api/webhooks", {"url": "http://127.0.0.1/"})
    assert client.send(request).status_code == 422
    assert client.send(request).get_json()["code"] == "signature-replayed"


def test_nonces_are_forgotten_when_no_request_with_them_could_be_believed(world: World, bank: Bank) -> None:
    _, _, client = bank
    first = client.signed("GET", "/api/webhooks")
    client.send(first)
    world.clock.ahead = timedelta(minutes=10, seconds=5)
    assert client.send(first).get_json()["code"] == "signature-replayed"
    world.clock.ahead = timedelta(minutes=12)
    assert client.send(first).get_json()["code"] == "signature-refused"
    assert client.call("GET", "/api/webhooks", now=world.clock()).status_code == 200
    with world.database.session() as session:
        assert session.scalar(select(func.count()).select_from(RequestNonce)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"path": "/api/webhooks?x=1"},
        {"method": "PUT"},
        {"content": b'{"url": "https://evil.example/"}'},
        {"content": b""},
        {"fields": [("Authorization", "Bearer sunseal_x")]},
    ],
)
def test_what_was_changed_on_the_way_is_refused(bank: Bank, changed: dict[str, Any]) -> None:
    _, _, client = bank
    request = client.signed("POST", "/api/webhooks", {"url": "https://bank.example/hook"})
    answer = client.send(request, **changed)
    if "method" in changed:
        assert answer.status_code == 405
    else:
        assert (answer.status_code, answer.get_json()["code"]) == (401, "signature-refused"), (
            answer.get_json()
        )
        assert client.call("GET", "/api/webhooks").get_json() == []


def test_the_refusal_says_what_would_be_accepted_and_names_the_reason(bank: Bank) -> None:
    _, _, client = bank
    old = client.signed("GET", "/api/webhooks", now=datetime.now(UTC) - timedelta(hours=1))
    answer = client.send(old)
    assert answer.status_code == 401
    assert 'tag="sunseal"' in answer.headers["Accept-Signature"]
    assert "expired" in answer.get_json()["detail"]


def test_a_request_for_another_platform_is_refused(bank: Bank, world: World) -> None:
    _, _, client = bank
    elsewhere = SigningClient(world.app, "https://other.example", client.key)
    request = elsewhere.signed("GET", "/api/webhooks")
    answer = client.send(request, path="/api/webhooks")
    assert answer.get_json()["code"] == "signature-refused"


def test_an_unknown_a_revoked_and_an_expired_key_are_refused_alike(world: World, bank: Bank) -> None:
    _, browser, client = bank
    answers = [SigningClient(world.app, URL).call("GET", "/api/webhooks")]
    (key,) = browser.get("/api/request-keys").get_json()
    world.clock.ahead = timedelta(days=366)
    answers.append(client.call("GET", "/api/webhooks", now=world.clock()))
    world.clock.ahead = timedelta(0)
    assert browser.send("DELETE", f"/api/request-keys/{key['id']}").status_code == 204
    answers.append(client.call("GET", "/api/webhooks"))
    assert {one.get_json()["detail"] for one in answers} == {"the key is unknown, expired or revoked"}
    assert browser.get("/api/request-keys").get_json() == []


def test_a_key_ends_with_its_membership_and_stands_still_with_its_organisation(
    world: World, bank: Bank
) -> None:
    person, _, client = bank
    (membership,) = world.memberships(person)
    with world.database.session() as session:
        organisation = organisations.get(session, membership.organisation_id)
        organisations.suspend(session, organisation, "trial", now=world.clock())
        session.commit()
    assert "no longer acts" in client.call("GET", "/api/webhooks").get_json()["detail"]
    with world.database.session() as session:
        organisations.resume(session, organisations.get(session, membership.organisation_id))
        session.commit()
    assert client.call("GET", "/api/webhooks").status_code == 200
    with world.database.session() as session:
        session.get_one(Membership, membership.id).ended_at = world.clock()
        session.commit()
    assert client.call("GET", "/api/webhooks").status_code == 401


def test_a_key_is_registered_by_who_has_it_and_once(world: World, bank: Bank) -> None:
    _, browser, client = bank
    other = SigningClient(world.app, URL)
    for key, code in ((client, "taken"), (other, "key-refused")):
        signed = (
            register(browser, key, signature=base64(bytes(64))) if key is other else register(browser, key)
        )
        assert signed.get_json()["code"] == code
    wrong = SigningClient(world.app, URL, Ed25519PrivateKey.generate())
    message = b"another platform's"
    assert (
        register(browser, wrong, signature=base64(signature(wrong.key, message))).get_json()["code"]
        == "key-refused"
    )


def test_another_bank_neither_sees_nor_revokes_the_key(world: World, bank: Bank) -> None:
    _, browser, _ = bank
    (key,) = browser.get("/api/request-keys").get_json()
    _, stranger = world.acting_as(Role.GUARANTOR)
    assert stranger.get("/api/request-keys").get_json() == []
    assert stranger.send("DELETE", f"/api/request-keys/{key['id']}").status_code == 404


def test_only_guarantors_have_request_keys(world: World) -> None:
    _, browser = world.acting_as(Role.BIDDER)
    assert browser.get("/api/request-keys").get_json()["code"] == "role-not-allowed"


def test_a_signed_request_is_no_way_into_the_submission_side(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLE, "health.live", {"GET": Rule(NO_COOKIE)})
    _, _, client = bank
    assert client.call("GET", "/api/health/live").get_json()["code"] == "cookie-not-wanted"
