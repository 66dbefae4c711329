"""Tokens: for verified organisations, so many a month, spent once, under one key for all that the ledger shows."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from secrets import token_bytes

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import errors
from app.api import blind_tokens
from app.api.blind_tokens import Issuing
from app.api.private_token import decode
from bidding.tokens import keys, spending
from bidding.tokens.issuing import Issuer, drawn
from bidding.tokens.models import AllowanceRow, SpentRow
from bidding.tokens.periods import next_period, period_of
from bidding.turned_away import Code, TurnedAwayError
from crypto.tokens.privacy_pass import PendingToken, finalize_token, request_token, verify_token
from crypto.tokens.token_key import decode_key, token_key_id
from ledger.entries import TokenKeyPublished
from ledger.entries import decode as decode_entry
from ledger.proof import verify_receipt
from tests.intake import TERMS, World, code_of, creation, token_key

RECEIPT_SECONDS = 0.0
VERIFIED = "91350211M000100Y43"


class Register:
    """Who is verified."""

    def require_verified(self, session: Session, organisation: str, *, now: datetime) -> None:
        if organisation != VERIFIED:
            raise TurnedAwayError(Code.NOT_VERIFIED)


class Login:
    organisation = VERIFIED

    def __call__(self) -> str:
        return self.organisation


@pytest.fixture
def login() -> Login:
    return Login()


@pytest.fixture
def issuing(world: World, login: Login) -> FlaskClient:
    app = Flask(__name__)
    errors.register(app)
    issuer = Issuer({token_key_id(token_key().public_key()): token_key()}, Register(), allowance=3)
    app.register_blueprint(
        blind_tokens.blueprint(world.database, Issuing(issuer, login), world.clock, token_bytes)
    )
    app.wsgi_app = blind_tokens.with_directory(app.wsgi_app, blind_tokens.public_app(world.setting))  # type: ignore[method-assign, assignment]
    return app.test_client()


def request_of() -> PendingToken:
    return request_token(token_key().public_key(), TERMS.challenge, token_bytes)


def test_verified_organisation_draws_a_token_that_is_good(world: World, issuing: FlaskClient) -> None:
    listed = json.loads(issuing.get(blind_tokens.DIRECTORY).data)
    (entry,) = listed["token-keys"]
    assert entry["token-type"] == 2
    public = decode_key(decode(entry["token-key"]))
    pending = request_token(public, TERMS.challenge, token_bytes)
    answer = issuing.post(listed["issuer-request-uri"], data=pending.request().encode())
    assert answer.content_type == "application/private-token-response"
    token = finalize_token(public, pending, answer.data)
    verify_token(public, token, TERMS.challenge)
    with world.database.session() as session:
        good = spending.verify(session, token.encode(), TERMS, now=world.clock())
        assert not spending.is_spent(session, good)
        assert drawn(session, VERIFIED, now=world.clock()) == 1


def test_key_stands_on_the_ledger_with_a_receipt(world: World, issuing: FlaskClient) -> None:
    world.book.run()
    key_id = token_key_id(token_key().public_key())
    proof = issuing.get(f"{blind_tokens.KEYS}/{key_id.hex()}")
    entry = decode_entry(verify_receipt(proof.data, world.book.policy()).entry)
    assert isinstance(entry, TokenKeyPublished)
    assert entry.key_id() == key_id
    assert entry.issuer == TERMS.issuer
    assert issuing.get(f"{blind_tokens.KEYS}/{'ab' * 32}").status_code == 404


def test_allowance_is_a_months_and_holds_for_many_at_once(world: World, issuing: FlaskClient) -> None:
    app = issuing.application

    def draw(_: int) -> int:
        return app.test_client().post(blind_tokens.REQUEST, data=request_of().request().encode()).status_code

    with ThreadPoolExecutor(6) as threads:
        statuses = sorted(threads.map(draw, range(8)))
    assert statuses == [200] * 3 + [429] * 5
    with world.database.session() as session:
        rows = session.execute(select(AllowanceRow)).scalars().all()
    assert [(row.organisation, row.drawn) for row in rows] == [(VERIFIED, 3)]


def test_stranger_draws_nothing(world: World, issuing: FlaskClient, login: Login) -> None:
    login.organisation = "nobody"
    answer = issuing.post(blind_tokens.REQUEST, data=request_of().request().encode())
    assert (answer.status_code, code_of(answer)) == (403, "not-verified")
    with world.database.session() as session:
        assert session.execute(select(AllowanceRow)).first() is None


@pytest.mark.parametrize("content", [b"", b"\x00\x02", b"\x00\x01" + bytes(257), bytes(2000)])
def test_what_is_no_request_costs_no_allowance(world: World, issuing: FlaskClient, content: bytes) -> None:
    assert code_of(issuing.post(blind_tokens.REQUEST, data=content)) == "token-request"
    with world.database.session() as session:
        assert drawn(session, VERIFIED, now=world.clock()) == 0


def test_request_for_another_key_is_refused(issuing: FlaskClient) -> None:
    good = request_of().request().encode()
    other = good[:2] + bytes([good[2] ^ 1]) + good[3:]
    assert code_of(issuing.post(blind_tokens.REQUEST, data=other)) == "token-key"


def test_of_two_who_spend_one_token_at_the_same_instant_one_wins(world: World) -> None:
    for _ in range(10):
        token, start = world.token(), threading.Barrier(4)

        def spend(_: int, token: bytes = token, start: threading.Barrier = start) -> int:
            client = world.client
            start.wait()
            return client.post("/uploads", headers=creation(token, 100)).status_code

        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(spend, range(4))) == [201, 401, 401, 401]


def test_second_of_two_open_transactions_waits_and_loses(world: World) -> None:
    """Also if the first has not committed when the second spends; and it wins if the first rolls back."""
    for first_commits in (True, False):
        token = world.token()
        lost: list[Code] = []

        def second(token: bytes = token, lost: list[Code] = lost) -> None:
            with world.database.session() as session:
                good = spending.verify(session, token, TERMS, now=world.clock())
                try:
                    spending.spend(session, good)
                    session.commit()
                except TurnedAwayError as error:
                    lost.append(error.code)

        with world.database.session() as session:
            spending.spend(session, spending.verify(session, token, TERMS, now=world.clock()))
            thread = threading.Thread(target=second)
            thread.start()
            thread.join(0.2)
            assert thread.is_alive(), "the second did not wait for the first"
            if first_commits:
                session.commit()
            else:
                session.rollback()
        thread.join(10)
        assert lost == ([Code.TOKEN_SPENT] if first_commits else [])


def test_keys_follow_each_other_and_tokens_of_the_last_month_are_still_taken(world: World) -> None:
    token = world.token()
    new = generate_private_key(65537, 2048)
    with world.database.session() as session:
        keys.publish(session, TERMS.issuer, new.public_key(), next_period(world.clock()), now=world.clock())
        session.commit()
        listed = keys.issuable(session, now=world.clock())
        assert [key.key_id for key in listed] == [
            token_key_id(token_key().public_key()),
            token_key_id(new.public_key()),
        ]
        month = next_period(world.clock()).not_before
        assert [key.key_id for key in keys.issuable(session, now=month)] == [token_key_id(new.public_key())]
        spending.verify(session, token, TERMS, now=month + timedelta(days=40))
        with pytest.raises(TurnedAwayError, match="token-expired"):
            spending.verify(session, token, TERMS, now=month + timedelta(days=80))


def test_two_keys_for_one_time_are_refused_by_the_database(world: World) -> None:
    other = generate_private_key(65537, 2048)
    with world.database.session() as session, pytest.raises(IntegrityError):
        keys.publish(session, TERMS.issuer, other.public_key(), period_of(world.clock()), now=world.clock())


def test_nullifiers_are_forgotten_once_their_key_is_not_redeemed_any_more(world: World) -> None:
    world.client.post("/uploads", headers=creation(world.token(), 100))
    with world.database.session() as session:
        assert keys.forget_spent(session, now=world.clock()) == 0
        assert session.execute(select(SpentRow)).first() is not None
        assert keys.forget_spent(session, now=world.clock() + timedelta(days=100)) == 1
        assert session.execute(select(SpentRow)).first() is None


def test_issuers_tables_do_not_tell_which_token_is_whose(world: World, issuing: FlaskClient) -> None:
    """All that is kept of issuing is a count: nothing of the request, the answer or the token."""
    pending = request_of()
    answer = issuing.post(blind_tokens.REQUEST, data=pending.request().encode())
    finalize_token(token_key().public_key(), pending, answer.data)
    assert {column.name for column in AllowanceRow.__table__.columns} == {"organisation", "month", "drawn"}
    assert {column.name for column in SpentRow.__table__.columns} == {"nullifier", "key_id"}


def test_months_are_those_of_utc() -> None:
    period = period_of(datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert (period.name, period.not_before) == ("2026-12", datetime(2026, 12, 1, tzinfo=UTC))
    assert period.issue_until == datetime(2027, 1, 1, tzinfo=UTC)
    assert period.redeem_until == datetime(2027, 3, 1, tzinfo=UTC)
    assert next_period(period.not_before).name == "2027-01"
