"""Organisations, members, keys and tokens through the API."""

from base64 import b64decode, b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.models import ApiToken
from crypto import party_keys
from crypto.signatures import SigningKey
from ledger.entries import PartyKeyRegistered, PartyKeyRevoked, PartyKeyRotated, decode
from ledger.models import EntryRow
from parties.errors import KeyRefusedError
from parties.key_history import KeyHistory
from parties.models import Organisation
from parties.proof import PartyProof
from parties.roles import Role
from tests.integration.app.world import CODES, Browser, Person, World
from tests.log import ORIGIN, make_log

OLD, NEW = SigningKey(b"\x01" * 32), SigningKey(b"\x02" * 32)


def spki(key: SigningKey) -> bytes:
    return party_keys.spki(key._key.public_key())


def encoded(value: bytes) -> str:
    return b64encode(value).decode()


@pytest.fixture
def manager(world: World, tmp_path: Path) -> tuple[Person, Browser, str]:
    """A bidder's manager, logged in, with a log to write to; and the organisation's path."""
    make_log(world.database, tmp_path / "log")
    person, browser = world.acting_as(Role.BIDDER)
    found = browser.present()["membership"]["organisation"]
    return person, browser, f"/api/organisations/{found}"


def register(browser: Browser, path: str, key: SigningKey) -> dict[str, Any]:
    prepared = browser.post(f"{path}/keys/preparation", {"key": encoded(spki(key))}).get_json()
    signature = key.sign(b64decode(prepared["message"]))
    answer = browser.post(f"{path}/keys", {"key": encoded(spki(key)), "signature": encoded(signature)})
    assert answer.status_code == 201, answer.get_json()
    made: dict[str, Any] = answer.get_json()
    return made


def test_from_registration_to_acting_as_a_bidder(world: World) -> None:
    person, browser = world.person(), world.browser()
    browser.log_in(person)
    given = {"credit_code": CODES[0].lower(), "name": "甲公司", "roles": ["bidder"]}
    made = browser.post("/api/organisations", given)
    assert (made.status_code, made.get_json()["credit_code"]) == (201, CODES[0])
    assert browser.present()["membership"] is None
    _, center = world.acting_as(Role.CENTER)
    waiting = center.get("/api/organisations?waiting=true").get_json()
    assert [one["id"] for one in waiting] == [made.get_json()["id"]]
    path = f"/api/organisations/{made.get_json()['id']}"
    assert center.post(f"{path}/verification", {"role": "bidder"}).status_code == 200
    assert browser.present()["membership"]["role"] == "bidder"
    assert center.send("PUT", f"{path}/suspension", {"reason": "licence withdrawn"}).status_code == 200
    assert browser.present()["membership"] is None
    assert center.send("DELETE", f"{path}/suspension").status_code == 200
    assert browser.present()["membership"]["role"] == "bidder"


@pytest.mark.parametrize(
    "code", ["91110000600037341M", "9111000060003734", "", "甲" * 18, "I1110000600037341L"]
)
def test_wrong_credit_code_is_refused(world: World, code: str) -> None:
    browser = world.browser()
    browser.log_in(world.person())
    given = {"credit_code": code, "name": "甲公司", "roles": ["bidder"]}
    answer = browser.post("/api/organisations", given)
    assert answer.status_code == 422
    assert answer.get_json()["code"] in {"credit-code", "invalid"}


@pytest.mark.parametrize("role", ["center", "supervisor", "administrator"])
def test_nobody_claims_to_be_the_platform(world: World, role: str) -> None:
    browser = world.browser()
    browser.log_in(world.person())
    given = {"credit_code": CODES[0], "name": "甲公司", "roles": [role]}
    assert browser.post("/api/organisations", given).status_code == 422


def test_guarantor_is_verified_by_the_supervisor_alone(world: World) -> None:
    path = f"/api/organisations/{world.organisation(world.person(), [Role.GUARANTOR], verified=False)}"
    _, center = world.acting_as(Role.CENTER)
    _, supervisor = world.acting_as(Role.SUPERVISOR)
    assert center.post(f"{path}/verification", {"role": "guarantor"}).get_json()["code"] == "not-yours"
    assert supervisor.post(f"{path}/verification", {"role": "guarantor"}).status_code == 200


def test_managers_fetch_what_shows_whose_keys_are_theirs(
    world: World, manager: tuple[Person, Browser, str]
) -> None:
    """By it and the ledger alone, the key is shown to be theirs; nobody else gets it."""
    _, browser, path = manager
    register(browser, path, OLD)
    answer = browser.get(f"{path}/proof")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    proof, history = PartyProof.parse(answer.get_data()), KeyHistory(ORIGIN)
    with world.database.session() as session:
        for index, leaf in enumerate(session.scalars(select(EntryRow.leaf).order_by(EntryRow.id))):
            history.apply(index, decode(leaf))
    code = browser.get(path).get_json()["credit_code"]
    proof.check(history, code, spki(OLD))
    for other_code, key in ((CODES[1], OLD), (code, NEW)):
        with pytest.raises(KeyRefusedError):
            proof.check(history, other_code, spki(key))
    _, stranger = world.acting_as(Role.BIDDER)
    assert stranger.get(f"{path}/proof").status_code == 404
    _, center = world.acting_as(Role.CENTER)
    assert center.get(f"{path}/proof").status_code in {403, 404}
    colleague = world.browser()
    colleague.log_in(world.person())
    code = browser.post(f"{path}/invitations", {"role": "bidder"}).get_json()["code"]
    assert colleague.post("/api/invitations/acceptance", {"code": code}).status_code == 201
    assert colleague.get(f"{path}/proof").status_code == 403


def test_somebody_elses_organisation_looks_like_none(
    world: World, manager: tuple[Person, Browser, str]
) -> None:
    _, _, path = manager
    _, stranger = world.acting_as(Role.BIDDER)
    nobodys = "/api/organisations/00000000-0000-4000-8000-000000000000"
    for suffix in ("", "/members", "/keys"):
        theirs, none = stranger.get(path + suffix), stranger.get(nobodys + suffix)
        assert theirs.status_code == none.status_code == 404
        assert theirs.get_json()["code"] == none.get_json()["code"] == "unknown"
    for suffix in ("/invitations", "/keys/preparation"):
        body = {"role": "bidder"} if "invit" in suffix else {"key": encoded(spki(OLD))}
        assert stranger.post(path + suffix, body).status_code == 404


def test_invited_person_joins_once_and_leaves(world: World, manager: tuple[Person, Browser, str]) -> None:
    _, browser, path = manager
    code = browser.post(f"{path}/invitations", {"role": "bidder"}).get_json()["code"]
    colleague, late = world.browser(), world.browser()
    colleague.log_in(world.person())
    late.log_in(world.person())
    joined = colleague.post("/api/invitations/acceptance", {"code": code})
    assert joined.status_code == 201
    again = late.post("/api/invitations/acceptance", {"code": code})
    assert (again.status_code, again.get_json()["code"]) == (422, "invitation")
    member = f"{path}/members/{joined.get_json()['id']}"
    assert colleague.post(f"{path}/invitations", {"role": "bidder"}).get_json()["code"] == "not-yours"
    assert browser.send("PUT", f"{member}/suspension").status_code == 204
    assert colleague.present()["membership"] is None
    assert browser.send("DELETE", f"{member}/suspension").status_code == 204
    assert colleague.present()["membership"]["role"] == "bidder"
    assert colleague.send("DELETE", member).status_code == 204
    assert colleague.present()["membership"] is None


def test_last_manager_cannot_leave(manager: tuple[Person, Browser, str]) -> None:
    _, browser, path = manager
    own = browser.present()["membership"]["id"]
    answer = browser.send("DELETE", f"{path}/members/{own}")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "state")


def test_key_is_registered_rotated_and_revoked_on_the_ledger(
    world: World, manager: tuple[Person, Browser, str]
) -> None:
    _, browser, path = manager
    old = register(browser, path, OLD)
    assert old["key_id"] == party_keys.key_id(spki(OLD))
    rotation = f"{path}/keys/{old['key_id']}/rotation"
    prepared = browser.post(f"{rotation}/preparation", {"key": encoded(spki(NEW))}).get_json()
    message = b64decode(prepared["message"])
    given = {
        "key": encoded(spki(NEW)),
        "old_signature": encoded(OLD.sign(message)),
        "signature": encoded(NEW.sign(message)),
    }
    swapped = {**given, "old_signature": given["signature"]}
    assert browser.post(rotation, swapped).get_json()["code"] == "key-refused"
    new = browser.post(rotation, given)
    assert new.status_code == 201
    revoked = browser.post(f"{path}/keys/{new.get_json()['key_id']}/revocation", {"reason": "lost"})
    assert revoked.get_json()["ended_because"] == "lost"
    assert [one["ended_because"] for one in browser.get(f"{path}/keys").get_json()] == ["superseded", "lost"]
    with world.database.session() as session:
        leaves = session.query(EntryRow.leaf).order_by(EntryRow.id).all()
        organisation = session.query(Organisation).filter_by(id=path.rpartition("/")[2]).one()
        entries = [decode(leaf) for (leaf,) in leaves][-3:]
        assert [type(entry) for entry in entries] == [PartyKeyRegistered, PartyKeyRotated, PartyKeyRevoked]
        for (leaf,) in leaves:  # nothing of who it is
            assert organisation.credit_code.encode() not in leaf
            assert organisation.name.encode() not in leaf
            assert organisation.salt.hex().encode() not in leaf


def test_key_without_proof_of_possession_is_refused(manager: tuple[Person, Browser, str]) -> None:
    _, browser, path = manager
    prepared = browser.post(f"{path}/keys/preparation", {"key": encoded(spki(OLD))}).get_json()
    signature = encoded(NEW.sign(b64decode(prepared["message"])))
    answer = browser.post(f"{path}/keys", {"key": encoded(spki(OLD)), "signature": signature})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "key-refused")


def test_token_does_what_its_scopes_say_until_it_is_revoked(
    world: World, manager: tuple[Person, Browser, str]
) -> None:
    _, browser, path = manager
    made = browser.post("/api/tokens", {"name": "export", "scopes": ["keys:read"]}).get_json()
    assert made["token"].startswith("sunseal_")
    bearer = {"Authorization": f"Bearer {made['token']}"}
    program = world.app.test_client()
    assert program.get(f"{path}/keys", headers=bearer).status_code == 200
    assert program.get(f"{path}/members", headers=bearer).get_json()["code"] == "scope-not-allowed"
    assert program.post(f"{path}/keys/preparation", headers=bearer, json={}).status_code == 403
    assert program.get("/api/tokens", headers=bearer).get_json()["code"] == "scope-not-allowed"
    _, other = world.acting_as(Role.BIDDER)
    theirs = other.present()["membership"]["organisation"]
    assert program.get(f"/api/organisations/{theirs}/keys", headers=bearer).status_code == 404
    with world.database.session() as session:
        stored = session.query(ApiToken).one()
        assert made["token"].encode() not in stored.token_hash
    assert browser.send("DELETE", f"/api/tokens/{made['id']}").status_code == 204
    gone = program.get(f"{path}/keys", headers=bearer)
    assert (gone.status_code, gone.get_json()["code"]) == (401, "token-refused")
    assert "Set-Cookie" not in gone.headers


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer sunseal_" + "A" * 43])
def test_anything_else_as_a_token_is_refused_and_falls_back_to_nothing(
    manager: tuple[Person, Browser, str], token: str
) -> None:
    _, browser, path = manager
    answer = browser.get(f"{path}/keys", headers={"Authorization": token})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "token-refused")


def test_token_ends_with_its_time_and_with_the_membership(
    world: World, manager: tuple[Person, Browser, str]
) -> None:
    _, browser, path = manager
    made = browser.post("/api/tokens", {"name": "x", "scopes": ["keys:read"], "days": 1}).get_json()
    bearer = {"Authorization": f"Bearer {made['token']}"}
    program = world.app.test_client()
    world.clock.ahead = timedelta(days=1)
    assert program.get(f"{path}/keys", headers=bearer).status_code == 401
    world.clock.ahead = timedelta(0)
    assert program.get(f"{path}/keys", headers=bearer).status_code == 200
    with world.database.session() as session:
        session.query(Organisation).one().suspended_at = world.clock()
        session.commit()
    assert program.get(f"{path}/keys", headers=bearer).status_code == 401
