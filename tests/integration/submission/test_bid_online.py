"""The commands of a bidder who is online, against a platform over HTTP: tokens, submit, receipt, withdraw."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_bytes

import click
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import errors
from app.api import blind_tokens
from app.api.blind_tokens import Issuing
from app.api.submission_app import PREFIX
from app.bid_client.channel import Channel
from app.bid_client.errors import DeceivedError
from app.bid_client.issuer import IssuerClient
from app.bid_client.wallet import Wallet
from app.bidder import steps
from app.bidder.files import write_replacing
from app.bidder.folder import BidFolder
from app.cli import bid_online
from bidding import intake
from bidding.package.sheet import GuaranteeHere, LotSheet, SheetPart
from bidding.sealing import seal
from bidding.tokens.issuing import Issuer
from bidding.tokens.models import TokenKeyRow
from bidding.tokens.periods import next_period
from crypto.signatures import SigningKey
from crypto.threshold import recipient_of
from crypto.tokens.privacy_pass import request_token
from crypto.tokens.token_key import encode_key, token_key_id
from keyholder.secret_file import Lock
from ledger import log
from ledger.cosignature import Cosigner, Quorum
from ledger.opening import identity
from ledger.proof import Policy
from tests.intake import LOT, TERMS, World, token_key
from tests.log import ORIGIN
from tests.served import served as on_a_port


class Register:
    def require_verified(self, session: Session, organisation: str, *, now: datetime) -> None:
        pass


@contextmanager
def served(world: World) -> Iterator[str]:
    """Both sides of the platform under one address."""
    app = Flask(__name__)
    errors.register(app)
    issuer = Issuer({token_key_id(token_key().public_key()): token_key()}, Register())
    issuing = Issuing(issuer, lambda: "org")
    app.register_blueprint(blind_tokens.blueprint(world.database, issuing, world.clock, token_bytes))
    both = DispatcherMiddleware(
        blind_tokens.with_directory(app.wsgi_app, blind_tokens.public_app(world.setting)),
        {PREFIX: world.app.wsgi},
    )
    with on_a_port(both) as url:
        yield url


def folder_with_bid(world: World, path: Path, content: bytes) -> None:
    """As after `sunseal bid new`, `pack` and `seal`."""
    public = world.story.view.keys.get(world.keys[LOT]["price"]).public
    assert public is not None
    part = SheetPart("price", str(recipient_of(public)), False, True, (), GuaranteeHere.NONE, 1 << 20)
    sheet = LotSheet(ORIGIN, LOT, "tender-1", "A lot", 4_000_000_000, "CNY", None, (part,))
    lock = Lock.of_passphrase("secret", work_factor=4)
    folder = steps.create(path, sheet, lock, ("", ""), random=token_bytes)
    seal_again(folder.path, content)


def seal_again(path: Path, content: bytes) -> None:
    folder = BidFolder(path)
    (files,) = folder.parts
    source = path / "package"
    source.write_bytes(content)
    with source.open("rb") as opened, files.sealed.open("w+b") as target:
        described = seal(
            opened, target, files.part, folder.binding(files), [folder.recipient], random=token_bytes
        )
    write_replacing(files.sealed_record, steps.sealed_bytes(described))


class Bidder:
    """Someone at a command line."""

    def __init__(self, base: str, folder: Path) -> None:
        self.group = click.Group("bid")
        bid_online.attach(self.group)
        self.folder = folder / "bid"
        self.base = base
        (folder / "passphrase").write_text("secret\n")
        (folder / "passphrase").chmod(0o600)
        self.environment = {
            "SUNSEAL_WALLET": str(folder / "wallet.db"),
            "SUNSEAL_POLICY": str(folder / "policy"),
            "SUNSEAL_SUBMISSIONS": base,
            "SUNSEAL_API_TOKEN": "of-an-account",
            "SUNSEAL_BID_PASSPHRASE_FILE": str(folder / "passphrase"),
        }

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(self.group, list(arguments), env=self.environment)


def write_policy(world: World, path: Path) -> None:
    with world.database.session() as session:
        (key,) = identity(log.head(session)).keys
    path.write_text(f"log {key.vkey}\nquorum none\n")


def test_a_bid_from_tokens_to_withdrawal(world: World, tmp_path: Path) -> None:
    world.publish()
    folder_with_bid(world, tmp_path / "bid", b"a bid" * 1000)
    write_policy(world, tmp_path / "policy")
    with world.published(), served(world) as base:
        bidder = Bidder(base, tmp_path)
        drawn = bidder.run(
            *("tokens", "4", "--platform", base, "--issuer", TERMS.issuer, "--submission-host", TERMS.origin)
        )
        assert (drawn.exit_code, drawn.output) == (0, "4 tokens are ready\n"), drawn.output
        submitted = bidder.run("submit", str(bidder.folder))
        assert submitted.exit_code == 0, submitted.output
        assert submitted.output.startswith("submitted: entry ")
        again = bidder.run("submit", str(bidder.folder))
        assert again.output == submitted.output
        assert bidder.run("tokens").output == "2 tokens are ready\n"
        seal_again(bidder.folder, b"another bid")
        replaced = bidder.run("submit", str(bidder.folder))
        assert replaced.exit_code == 0, replaced.output
        assert replaced.output != submitted.output
        receipts = bidder.run("receipt", str(bidder.folder))
        assert receipts.output.count("receipt: entry") == 2
        (bidder.folder / "submitted" / "0002" / "receipt.tlog-proof").unlink()
        assert bidder.run("receipt", str(bidder.folder)).exit_code == 0
        assert (bidder.folder / "submitted" / "0002" / "receipt.tlog-proof").exists()
        withdrawn = bidder.run("withdraw", str(bidder.folder), "--yes")
        assert withdrawn.output.startswith("withdrawn: entry ")
        assert "was withdrawn" in bidder.run("submit", str(bidder.folder)).output
        assert world.close()[0].bids == ()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"Traceback" in path.read_bytes()]


def test_bidder_without_tokens_is_told_to_draw_some(world: World, tmp_path: Path) -> None:
    world.publish()
    folder_with_bid(world, tmp_path / "bid", b"a bid")
    write_policy(world, tmp_path / "policy")
    with served(world) as base:
        refused = Bidder(base, tmp_path).run("submit", str(tmp_path / "bid"))
    assert refused.exit_code == 1
    assert "draw some with sunseal bid tokens" in refused.output


def test_refusal_of_the_platform_is_shown_with_its_code(world: World, tmp_path: Path) -> None:
    world.publish()
    folder_with_bid(world, tmp_path / "bid", b"a bid")
    write_policy(world, tmp_path / "policy")
    with world.database.session() as session:
        intake.suspend(session, LOT, "an objection", now=world.clock())
        session.commit()
    with world.published(), served(world) as base:
        bidder = Bidder(base, tmp_path)
        with Wallet(tmp_path / "wallet.db") as wallet:
            draw(world, base, wallet, world.book.policy(), 2)
        refused = bidder.run("submit", str(tmp_path / "bid"))
    assert refused.exit_code == 1
    assert "[lot-suspended]" in refused.output


def draw(world: World, base: str, wallet: Wallet, policy: Policy, count: int) -> int:
    with Channel(base, patience=5) as channel:
        client = IssuerClient(
            channel, wallet, policy, TERMS.challenge, {"Authorization": "Bearer x"}, token_bytes
        )
        return client.draw(count, now=world.clock())


def test_requests_without_an_answer_are_finished_first(world: World, tmp_path: Path) -> None:
    with world.published(), served(world) as base, Wallet(tmp_path / "wallet.db") as wallet:
        asked = request_token(token_key().public_key(), TERMS.challenge, token_bytes)
        wallet.add_pending(asked)
        assert draw(world, base, wallet, world.book.policy(), 2) == 2
        assert (wallet.count(), wallet.pending()) == (2, [])


def test_key_that_the_ledger_does_not_have_is_not_used(world: World, tmp_path: Path) -> None:
    """A key for one bidder alone would mark its tokens."""
    marking = generate_private_key(65537, 2048).public_key()
    with world.published(), served(world) as base, Wallet(tmp_path / "wallet.db") as wallet:
        with world.database.session() as session:
            (row,) = session.execute(select(TokenKeyRow)).scalars().all()
            row.spki, row.id = encode_key(marking), token_key_id(marking)
            session.commit()
        with pytest.raises(DeceivedError, match="another entry's"):
            draw(world, base, wallet, world.book.policy(), 1)
        assert wallet.pending() == []


def test_key_of_another_month_is_not_used_yet(world: World, tmp_path: Path) -> None:
    with world.published(), served(world) as base, Wallet(tmp_path / "wallet.db") as wallet:
        period = next_period(world.clock())
        with Channel(base, patience=5) as channel:
            client = IssuerClient(channel, wallet, world.book.policy(), TERMS.challenge, {}, token_bytes)
            with pytest.raises(DeceivedError, match="no key that the ledger has for this month"):
                client.present_key(period.not_before + timedelta(days=1))


def test_receipts_of_a_ledger_that_is_not_trusted_are_not_believed(world: World, tmp_path: Path) -> None:
    witness = Cosigner("stranger", SigningKey(token_bytes(32))).witness
    with world.database.session() as session:
        policy = Policy(identity(log.head(session)), Quorum(1, (witness,)))
    with (
        world.published(),
        served(world) as base,
        Wallet(tmp_path / "wallet.db") as wallet,
        pytest.raises(DeceivedError, match="no receipt that holds"),
    ):
        draw(world, base, wallet, policy, 1)
