"""Tokens over the whole application: for verified bidders, by login or API token, with keys that come while it runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from sqlalchemy import delete
from werkzeug.test import TestResponse

from app.factory import create_app
from app.place import Place
from app.token_keys import publish_next
from bidding.tokens import issuing, keys
from bidding.tokens.models import TokenKeyRow
from crypto.tokens.privacy_pass import TokenChallenge, finalize_token, request_token
from keyholder.secret_file import Lock, SecretFileError
from parties import organisations
from parties.models import Organisation
from parties.roles import Role
from storage.database import Database
from tests.integration.app.world import URL, Browser, Clock, World
from tests.log import make_log

PATH = "/api/blind-tokens/request"
CHALLENGE = TokenChallenge("localhost", "localhost")


@dataclass
class Counter:
    """The application with its issuer, and the place it runs at."""

    world: World
    place: Place

    def key(self) -> RSAPublicKey:
        with self.world.database.session() as session:
            return keys.issuable(session, now=self.world.clock())[0].public

    def make_key(self) -> None:
        """As `sunseal intake token-key` does, beside the running application."""
        lock = Lock.of_passphrase_file(Path(self.place.environment["SUNSEAL_TOKEN_PASSPHRASE_FILE"]))
        with self.world.database.session() as session:
            session.execute(delete(TokenKeyRow))
            assert publish_next(session, self.place.token_keys, "localhost", lock, now=self.world.clock())
            session.commit()


@pytest.fixture
def environment(database_url: str, database: Database, tmp_path: Path) -> dict[str, str]:
    make_log(database, tmp_path / "public")
    (tmp_path / "web.secret").write_bytes(bytes(range(32)))
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("secret\n")
    passphrase.chmod(0o600)
    return {
        "SUNSEAL_VAR": str(tmp_path),
        "DATABASE_URL": database_url,
        "SUNSEAL_URL": URL,
        "SUNSEAL_TOKEN_PASSPHRASE_FILE": str(passphrase),
    }


@pytest.fixture
def counter(environment: dict[str, str]) -> Iterator[Counter]:
    place = Place(environment)
    app = create_app(place)
    database = app.extensions["sunseal"].database
    made = Counter(World(app, database, Clock()), place)
    made.make_key()  # after the start: the running application finds it
    yield made
    database.close()


def ask(browser: Browser, content: bytes, **headers: str) -> TestResponse:
    return browser.post(PATH, data=content, content_type="application/private-token-request", headers=headers)


def test_a_bidder_draws_a_token_that_verifies(counter: Counter) -> None:
    _, browser = counter.world.acting_as(Role.BIDDER)
    pending = request_token(counter.key(), CHALLENGE, token_bytes)
    answer = ask(browser, pending.request().encode())
    assert answer.status_code == 200, answer.get_json()
    assert answer.mimetype == "application/private-token-response"
    finalize_token(counter.key(), pending, answer.data)


def test_an_api_token_draws_with_its_scope_and_counts_for_its_organisation(counter: Counter) -> None:
    person, browser = counter.world.acting_as(Role.BIDDER)
    organisation = str(counter.world.memberships(person)[0].organisation_id)
    by_scope = {}
    for scope in ("blind-tokens:draw", "keys:read"):
        made = browser.post("/api/tokens", {"name": "x", "scopes": [scope]})
        assert made.status_code == 201, made.get_json()
        by_scope[scope] = f"Bearer {made.get_json()['token']}"
    content = request_token(counter.key(), CHALLENGE, token_bytes).request().encode()
    client = counter.world.app.test_client(use_cookies=False)
    answers = {
        scope: client.post(PATH, data=content, headers={"Authorization": bearer}, base_url=URL)
        for scope, bearer in by_scope.items()
    }
    assert answers["blind-tokens:draw"].status_code == 200, answers["blind-tokens:draw"].get_json()
    assert answers["keys:read"].get_json()["code"] == "scope-not-allowed"
    with counter.world.database.session() as session:
        assert issuing.drawn(session, organisation, now=counter.world.clock()) == 1


def test_who_is_no_bidder_or_is_suspended_draws_nothing(counter: Counter) -> None:
    world, content = counter.world, request_token(counter.key(), CHALLENGE, token_bytes).request().encode()
    _, tenderee = world.acting_as(Role.TENDEREE)
    assert ask(tenderee, content).get_json()["code"] == "role-not-allowed"
    assert ask(world.browser(), content).get_json()["code"] == "login-needed"
    person, bidder = world.acting_as(Role.BIDDER)
    found = world.memberships(person)[0].organisation_id
    with world.database.session() as session:
        organisations.suspend(session, session.get_one(Organisation, found), "fraud", now=world.clock())
        session.commit()
    assert ask(bidder, content).status_code == 403


def test_next_keys_are_found_and_without_the_lock_nothing_is_issued(
    counter: Counter, environment: dict[str, str]
) -> None:
    del environment["SUNSEAL_TOKEN_PASSPHRASE_FILE"]
    without = create_app(Place(environment))
    _, browser = World(without, counter.world.database, Clock()).acting_as(Role.BIDDER)
    content = request_token(counter.key(), CHALLENGE, token_bytes).request().encode()
    answer = ask(browser, content)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "token-key")
    without.extensions["sunseal"].database.close()


def test_a_lock_that_does_not_open_the_keys_keeps_the_application_from_starting(
    counter: Counter, environment: dict[str, str], tmp_path: Path
) -> None:
    assert counter.place.token_keys.exists()
    (tmp_path / "passphrase").write_text("another\n")
    with pytest.raises(SecretFileError):
        create_app(Place(environment))
