"""The curious insider: with every table, the ledger, the chain, the blobs and the logs before the opening, nobody tells
which bidder has a guarantee for which lot, nor how many a lot has.

Three stories differ in nothing but that. Each bidder applies for its guarantee by sealed letters, and bids for both lots:
for one of them with the guarantee inside, for the other with as many bytes of another kind. All that the platform keeps of them is searched for what it must not have, and
then compared: but for random bytes and times, the three leave the same behind. What can be inferred, because it is the
same in all three or is left out here, docs/threat-model.md lists: sizes, times, guarantors, how many each has.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import platform_api
from app.api import applications
from app.api.submission_app import make_app
from app.api.submission_setting import SubmissionSetting
from app.context import Parts
from app.settings import Settings
from bidding.tokens import keys
from bidding.tokens.periods import period_of
from crypto import party_keys
from crypto.age import X25519Identity
from guarantees.chain import calls
from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from guarantees.check_code import code_of
from guarantees.letters.kinds import Application, Delivery, to_text
from guarantees.letters.scheme import SCHEME, Letter, Post, Reply
from guarantees.public_check import Validity, check
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import Party
from mailboxes.keys import MailboxKeys
from mailboxes.messages import File
from parties.authorities import Authorities
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from tests.database import Postgres
from tests.guarantees import BANKS, BOND, TENDER, GuaranteeWorld
from tests.intake import TERMS, Clock, token_key
from tests.intake import World as Intake
from tests.integration.chain.nodes import ANVIL, NodeProcess
from tests.integration.chain.world import World
from tests.log import ORIGIN
from tests.opening import party
from tests.story import SUPERVISOR
from tests.story import Story as Sealing

STORIES: tuple[Mapping[int, str], ...] = (
    {1: "lot-1", 2: "lot-1", 3: "lot-2", 4: "lot-2"},
    {1: "lot-2", 2: "lot-1", 3: "lot-1", 4: "lot-2"},
    {1: "lot-1", 2: "lot-1", 3: "lot-1", 4: "lot-1"},
)
"""Whose guarantee is for which lot. Bidders 1 and 3 are with one guarantor, 2 and 4 with the other, in all of them."""
BANK_IDENTITY = X25519Identity(b"\x51" * 32)


@dataclass
class Left:
    """What one story left behind: everything as bytes, and its shape; and what must be nowhere in it."""

    everything: bytes
    shape: dict[str, list[Any]]
    secrets: list[bytes]


@pytest.mark.long
def test_nobody_tells_who_has_a_guarantee_for_which_lot_nor_how_many_a_lot_has(
    tmp_path: Path, postgres: Postgres, migrated_template: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    left = []
    for number, story in enumerate(STORIES):
        caplog.clear()
        folder = tmp_path / str(number)
        folder.mkdir()
        urls = postgres.create(migrated_template), postgres.create(migrated_template)
        with told(story, folder, urls, caplog) as found:
            left.append(found)
    for one in left:
        assert len(one.secrets) > 20
        assert not [secret for secret in one.secrets if secret in one.everything]
    assert left[0].shape == left[1].shape
    assert left[0].shape == left[2].shape


@contextmanager
def told(
    story: Mapping[int, str], folder: Path, urls: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> Iterator[Left]:
    node = NodeProcess(ANVIL, folder)
    databases = [Database(url) for url in urls]
    try:
        gateway = Gateway(Node(node.url), node.deploy())
        chain, desks = World(node, databases[0], gateway), World(node, databases[1], gateway)
        blobs = BlobStore(FolderBackend(folder / "blobs"))
        world = GuaranteeWorld(chain, folder)
        client, intake = _app(databases[0], blobs, folder, world), _intake(databases[0], blobs, world)
        made = [_apply(world, client, bidder, lot) for bidder, lot in story.items()]
        for bidder, one in zip(story, made, strict=True):
            name = _guarantor(bidder)
            desks.done(name, f"issue {bidder}", calls.issue(one.commitment, one.undertaking.expiry))
        chain.follow()
        for one in sorted(made, key=lambda one: one.id):
            world.tell(one)
        with databases[0].session() as session:
            for one in made:
                number = one.undertaking.number
                found = check(session, world.lots, number, code_of(one), now=world.now())
                assert found.validity is Validity.VALID
                assert found.opened is None
        for (bidder, lot), one in zip(story.items(), made, strict=True):
            _bid(intake, bidder, lot, one)
        world.job().run()
        rows = _rows(databases[0])
        yield Left(
            everything=b"\n".join(
                [_flat(rows), _chain(node), _files(folder / "blobs"), caplog.text.encode(), _raw(rows)]
            ),
            shape={name: sorted(map(repr, map(_shape, found))) for name, found in rows.items()}
            | {"files": [len(file) for file in sorted(_each_file(folder / "blobs"), key=len)]}
            | {"log": sorted(_without_numbers(record) for record in _ours(caplog))},
            secrets=_secrets(story, made),
        )
        chain.close()
    finally:
        for database in databases:
            database.close()
        node.close()


def _ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the platform wrote; the libraries' lines count each attempt to reach a node that is just starting."""
    names = ("app", "sunseal", "guarantees", "ledger", "storage")
    return [record.getMessage() for record in caplog.records if record.name.split(".")[0] in names]


def _guarantor(bidder: int) -> str:
    return "guarantor" if bidder % 2 else "guarantor-2"


def _app(database: Database, blobs: BlobStore, folder: Path, world: GuaranteeWorld) -> FlaskClient:
    settings = Settings(b"\x07" * 32, Authorities(folder / "authorities"), "https://tenders.example", None)
    app = Flask("app", static_folder=None)
    app.testing = True
    platform_api.begin(app, Parts(database, settings, world.now, token_bytes))
    letters = applications.blueprint(database, blobs, SUPERVISOR.verify_key, world.now, token_bytes)
    app.register_blueprint(letters, url_prefix="/api/applications/v1")
    platform_api.finish(app)
    return app.test_client()


def _intake(database: Database, blobs: BlobStore, world: GuaranteeWorld) -> Intake:
    """The submission side on the same database and blobs, with both lots open."""
    with database.session() as session:
        keys.publish(session, TERMS.issuer, token_key().public_key(), period_of(world.now()), now=world.now())
        session.commit()
    setting = SubmissionSetting(
        database, blobs, world.log.files, world.log.policy(), TERMS, receipt_seconds=0.0
    )
    made = Intake(database, world.log, blobs, setting, make_app(setting), Sealing(), Clock())
    for lot in ("lot-1", "lot-2"):
        made.publish(lot)
    return made


def _bid(intake: Intake, bidder: int, lot: str, made: SignedGuarantee) -> None:
    """For both lots, sealed: with the guarantee for the lot that it is for, and as long a bid without for the other."""
    inside = made.to_bytes()
    for other in ("lot-1", "lot-2"):
        content = inside if other == lot else b"\x00" * len(inside)
        answer = intake.post(intake.draft(b"bid of %d " % bidder + content, other))
        assert answer.status_code < 300, answer.get_data()  # its receipt comes later: no log is at work here


def _apply(world: GuaranteeWorld, client: FlaskClient, bidder: int, lot: str) -> SignedGuarantee:
    """The application as a sealed letter, and the guarantee as the sealed answer to it."""
    bank, key = BANKS[_guarantor(bidder)]
    box = MailboxKeys(SCHEME, world.random.randbytes(16))
    own = party(bidder)[0]
    application = Application(
        guarantor=bank.credit_code,
        mailbox=box.signing.verify_key.raw.hex(),
        applicant=Party(party(bidder)[1].name, party(bidder)[1].credit_code),
        tender=TENDER,
        lot=lot,
        product="bid",
        amount=BOND,
        currency="CNY",
        expiry=int(world.now().timestamp()) + 90 * 86400,
        contact="13800000000",
        key=party_keys.spki(own.public_key()).hex(),
        signature="",
    ).signed(own.sign)
    sealed = Letter(to_text(application)).seal([BANK_IDENTITY.recipient], world.random.randbytes)
    post = Post.of(box, ORIGIN, bank.credit_code, 0, sealed)
    answer = client.post("/api/applications/v1/letters", data=post.to_bytes(sealed))
    assert answer.status_code == 200, answer.text
    made = world.sign(bidder, guarantor=_guarantor(bidder), lot=lot)
    told = Delivery(made.undertaking.number, made.id.hex(), 7)
    delivery = Letter(to_text(told), (File("guarantee.json", made.to_bytes()),))
    sealed = delivery.seal([box.identity.recipient, BANK_IDENTITY.recipient], world.random.randbytes)
    reply = Reply.of(key.sign, ORIGIN, box.mailbox.hex(), 1, sealed)
    answer = client.post("/api/applications/v1/replies", data=reply.to_bytes(sealed))
    assert answer.status_code == 200, answer.text
    return made


def _rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every table, whoever's it is."""
    with database.session() as session:
        names = session.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        ).scalars()
        return {
            name: [tuple(row) for row in session.execute(text(f'SELECT * FROM "{name}"'))]
            for name in names.all()
        }


def _flat(rows: dict[str, list[tuple[Any, ...]]]) -> bytes:
    """As text; bytes in hexadecimal."""
    return "\n".join(
        f"{name} {value.hex() if isinstance(value, bytes | memoryview) else value}"
        for name, found in rows.items()
        for row in found
        for value in row
    ).encode()


def _raw(rows: dict[str, list[tuple[Any, ...]]]) -> bytes:
    return b"\n".join(
        bytes(value)
        for found in rows.values()
        for row in found
        for value in row
        if isinstance(value, bytes | memoryview)
    )


def _chain(node: NodeProcess) -> bytes:
    """Every transaction as it was sent, and every log."""
    found = []
    for number in range(node.number() + 1):
        block = node.ask("eth_getBlockByNumber", hex(number), True)
        for transaction in block["transactions"]:
            found.append(transaction["input"])
            receipt = node.ask("eth_getTransactionReceipt", transaction["hash"])
            found += [log["data"] + "".join(log["topics"]) for log in receipt["logs"]]
    return "\n".join(found).encode()


def _each_file(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


def _files(folder: Path) -> bytes:
    return b"\n".join(_each_file(folder))


def _shape(value: Any) -> Any:
    """A value without what is random, and without when it was."""
    match value:
        case tuple() | list():
            return [_shape(one) for one in value]
        case dict():
            return {key: _shape(one) for key, one in value.items()}
        case bytes() | memoryview():
            return f"{len(bytes(value))} bytes"
        case datetime():
            return "an instant"
        case int() if 1_700_000_000 < value < 2_000_000_000:
            return "a time"
        case UUID():
            return "an id"
        case str():
            return re.sub(r"[0-9]{5,}", "#", _without_hex(value))
        case _:
            return value


def _without_hex(found: str) -> str:
    return re.sub(r"(0x)?[0-9a-f]{16,}|age1[0-9a-z]+", "*", found)


def _without_numbers(found: str) -> str:
    """Of a line of a log, which counts and times."""
    return re.sub(r"\d+", "#", _without_hex(found))


def _secrets(story: Mapping[int, str], made: list[SignedGuarantee]) -> list[bytes]:
    """Whatever would tell, as bytes and in hexadecimal."""
    words = []
    for bidder, one in zip(story, made, strict=True):
        words += [party(bidder)[1].name, party(bidder)[1].credit_code, one.undertaking.number, one.salt]
    raw = [one.undertaking.document for one in made] + [bytes.fromhex(one.salt) for one in made]
    raw += [one.undertaking.to_bytes()[:100] for one in made]
    in_hex = [one.hex().encode() for one in raw]
    amount = BOND.to_bytes(32, "big").hex().encode()
    return [*(word.encode() for word in words), *raw, *in_hex, amount]
