"""A bidder's program logs in as a browser would: with a password, an authenticator, and for one of its organisations."""

from collections.abc import Iterator

import pytest

from app.bid_client.errors import BidClientError, RefusedByPlatformError, UnreachableError
from app.bid_client.login import LoggedIn
from parties.roles import Role
from tests.integration.app.world import PASSWORD, World
from tests.served import served


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(world.app) as url:
        yield url


def never() -> str:
    raise AssertionError("no code is asked for")


def test_password_and_code_log_in_and_the_session_ends_with_the_block(world: World, address: str) -> None:
    person = world.person(authenticator=True)
    world.organisation(person, [Role.BIDDER])
    client = world.app.test_client(use_cookies=False)
    with LoggedIn(address, person.email, PASSWORD, person.code) as login:
        headers = dict(login.headers)
        present = client.get("/api/login", headers=headers).get_json()
        assert (present["second_factor"], present["membership"]["role"]) == (True, "bidder")
    assert client.get("/api/login", headers=headers).get_json()["person"] is None


def test_who_bids_for_two_organisations_says_for_which(world: World, address: str) -> None:
    person = world.person()
    first, second = (world.organisation(person, [Role.BIDDER]) for _ in range(2))
    with pytest.raises(BidClientError, match=f"{first} .*--organisation|--organisation.*{first}"):
        LoggedIn(address, person.email, PASSWORD, never)
    with LoggedIn(address, person.email, PASSWORD, never, str(second)) as login:
        present = world.app.test_client(use_cookies=False).get("/api/login", headers=dict(login.headers))
        assert present.get_json()["membership"]["organisation"] == str(second)


def test_what_does_not_log_in_says_why(world: World, address: str) -> None:
    person = world.person()
    with pytest.raises(RefusedByPlatformError, match="credentials-refused"):
        LoggedIn(address, person.email, "wrong horse battery staple", never)
    with pytest.raises(BidClientError, match="bids for no verified organisation"):
        LoggedIn(address, person.email, PASSWORD, never)
    with pytest.raises(BidClientError, match="https alone"):
        LoggedIn("http://tenders.example", person.email, PASSWORD, never)
    with pytest.raises(UnreachableError):
        LoggedIn("http://127.0.0.1:1", person.email, PASSWORD, never)
