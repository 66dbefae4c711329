"""Strangers may send letters, and not so many or so large that others' do not come: a bidder's token goes before them."""

from datetime import timedelta
from secrets import token_bytes

import httpx
import pytest
from flask import Flask
from sqlalchemy import select

from app import errors
from app.api import applications
from app.letter_client import PostOffice
from app.spending import spender
from bidding.tokens import keys
from bidding.tokens.models import SpentRow, TokenKeyRow
from bidding.tokens.periods import period_of
from crypto.tokens.privacy_pass import finalize_token, issue, request_token
from guarantees.letters import kinds
from guarantees.letters.kinds import Cancellation
from guarantees.letters.scheme import Letter, LetterError
from guarantees.mail import MAX_LETTERS
from guarantees.tables.mail import LetterRow
from mailboxes.messages import File
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from tests.guarantee_example import BANK
from tests.guarantor_desk import ADDRESS, Applicant, DeskWorld
from tests.intake import TERMS, token_key
from tests.story import SUPERVISOR


def office(world: DeskWorld, allowed: str, units: str = "1000 per second") -> PostOffice:
    """The platform's letters, with limits of the test's own."""
    with world.platform.session() as session:
        if not session.scalars(select(TokenKeyRow)).all():
            now = world.chain.now()
            keys.publish(session, TERMS.issuer, token_key().public_key(), period_of(now), now=now)
            session.commit()
    app = Flask(__name__)
    errors.register(app)
    routes = applications.blueprint(
        *(world.platform, BlobStore(FolderBackend(world.sealed)), SUPERVISOR.verify_key, world.chain.now),
        token_bytes,
        allowed=allowed,
        units=units,
        spend=spender(TERMS),
    )
    app.register_blueprint(routes, url_prefix="/api/applications/v1")
    client = httpx.Client(base_url=f"{ADDRESS}/api/applications/v1", transport=httpx.WSGITransport(app=app))
    return PostOffice(client, SUPERVISOR.verify_key, lambda: int(world.chain.now().timestamp()), token_bytes)


def token() -> bytes:
    """Issued without asking anybody's allowance."""
    key = token_key()
    pending = request_token(key.public_key(), TERMS.challenge, token_bytes)
    return finalize_token(key.public_key(), pending, issue(key, pending.request(), token_bytes)).encode()


def write(to: PostOffice, world: DeskWorld, one: Applicant, *files: File, token: bytes | None = None) -> None:
    letter = Letter(kinds.to_text(world.application(one)), files)
    to.write(one.keys, to.guarantor(BANK.credit_code), letter, token=token)


def test_when_strangers_have_sent_all_they_may_a_token_still_goes(desk_world: DeskWorld) -> None:
    to = office(desk_world, "1 per hour")
    write(to, desk_world, desk_world.applicant(1))
    with pytest.raises(LetterError, match="429"):
        write(to, desk_world, desk_world.applicant(2))
    one = token()
    write(to, desk_world, desk_world.applicant(2), token=one)
    with pytest.raises(LetterError, match="refused"):  # once
        write(to, desk_world, desk_world.applicant(3), token=one)
    with pytest.raises(LetterError, match="refused"):
        write(to, desk_world, desk_world.applicant(3), token=one[:-1] + bytes([one[-1] ^ 1]))
    with desk_world.platform.session() as session:
        assert len(session.scalars(select(SpentRow)).all()) == 1
        assert len(session.scalars(select(LetterRow)).all()) == 2


def test_a_letter_that_is_refused_costs_no_token(desk_world: DeskWorld) -> None:
    to, one, spent = office(desk_world, "1 per hour"), desk_world.applicant(1), token()
    listed = to.guarantor(BANK.credit_code)
    unknown = desk_world.listing(guarantor="91460100MA5TABCD13")
    with pytest.raises(Exception, match="no such"):
        to.write(one.keys, unknown, Letter(kinds.to_text(desk_world.application(one))), token=spent)
    to.write(one.keys, listed, Letter(kinds.to_text(desk_world.application(one))), token=spent)


def test_strangers_letters_are_counted_by_their_size(desk_world: DeskWorld) -> None:
    to = office(desk_world, "1000 per second", "10 per hour")
    write(to, desk_world, desk_world.applicant(1))
    with pytest.raises(LetterError, match="429"):
        write(to, desk_world, desk_world.applicant(2), File("a.pdf", bytes(1 << 20)))


def test_a_mailbox_takes_so_many_letters_and_its_guarantor_may_always_answer(desk_world: DeskWorld) -> None:
    one = desk_world.apply(1)
    for _ in range(1, MAX_LETTERS):
        desk_world.write(one, Cancellation("again"))
    with pytest.raises(LetterError, match="at most 64 letters"):
        desk_world.write(one, Cancellation("again"))
    desk_world.chain.clock_ahead += timedelta(minutes=1)
    sealed = Letter(kinds.to_text(kinds.Refusal("no"))).seal([one.keys.identity.recipient], desk_world.random)
    sign = desk_world.keys.signing.sign
    assert desk_world.office.reply(sign, one.keys.mailbox.hex(), MAX_LETTERS, sealed).is_reply
