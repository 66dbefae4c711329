"""A guarantor's desk beside a platform, each on a database of its own, and applicants without a name.

world = DeskWorld(chain, platform_database, folder)     # chain: tests/integration/chain/world.py, on the desk's database
box = world.apply(1)                                    # an application of bidder 1
world.round()                                           # the desk fetches, settles and sends
world.quote(box); world.round()
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask

from app import errors, guarantee_notices
from app.api import applications
from app.guarantor.folder import GuarantorFolder, Keys, Settings
from app.guarantor.rounds import Done, Rounds
from app.letter_client import PostOffice
from crypto import party_keys
from crypto.signatures import SigningKey
from guarantees.chain import calls
from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from guarantees.desk import issuing, offers, premiums, queue
from guarantees.desk.issuing import Act, Guarantor
from guarantees.desk.premiums import HAND, Received
from guarantees.letters import kinds
from guarantees.letters.kinds import Acceptance, AnyLetter, Delivery
from guarantees.letters.scheme import SCHEME, Letter
from guarantees.lot_notice import LotNotice
from guarantees.register.product import Product
from guarantees.signed import SignedGuarantee
from guarantees.tables.desk import PAID, Application
from guarantees.undertaking import Party
from keyholder.secret_file import Lock
from ledger.entries import GuarantorListed, encode
from ledger.entries.signed import UNSIGNED
from mailboxes.keys import MailboxKeys
from mailboxes.messages import File
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from tests import guarantee_example
from tests.guarantee_example import BANK, TENDEREE
from tests.integration.chain.nodes import ANVIL, NodeProcess
from tests.integration.chain.world import World
from tests.log import ORIGIN, make_log
from tests.opening import party
from tests.story import SUPERVISOR

LOCK = Lock.of_passphrase("correct horse", work_factor=2)
PRODUCT = "bid-standard"
BOND = 80_000_000
ADDRESS = "http://platform.example"
PAY_TO = "海南示范银行 保费专户 1234"


@dataclass(frozen=True, slots=True)
class Applicant:
    """A bidder's mailbox, its party, its secret key."""

    keys: MailboxKeys
    party: Party
    key: SigningKey


class DeskWorld:
    """`round` and the steps at the desk; `apply`, `accept`, `letters` of an applicant."""

    def __init__(
        self, chain: World, platform: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.chain, self.platform, self.desk = chain, platform, chain.database
        self.url = ""
        self.random = Random(7).randbytes
        self.notice: LotNotice = self._notice()
        self.sealed = folder / "blobs"
        self.log = make_log(platform, folder / "public")
        self.app = Flask(__name__)
        errors.register(self.app)
        routes = applications.blueprint(
            platform,
            BlobStore(FolderBackend(self.sealed)),
            SUPERVISOR.verify_key,
            chain.now,
            self.random,
            allowed="1000 per second",
        )
        self.app.register_blueprint(routes, url_prefix="/api/applications/v1")
        monkeypatch.setattr(guarantee_notices, "open_lots", lambda *_, **__: [self.notice])
        settings = Settings(
            ADDRESS,
            SUPERVISOR.verify_key.raw.hex(),
            BANK.credit_code,
            BANK.name,
            chain.address("guarantor").hex(),
            PAY_TO,
            "https://bank.example/demands",
        )
        self.folder = GuarantorFolder.create(folder / "guarantor", settings, LOCK, self.random)
        self.keys = Keys(b"\x17" * 32)
        if not chain.gateway.is_licensed(chain.address("guarantor")):
            chain.done("regulator", "license", calls.license_guarantor(chain.address("guarantor")))
        self.office = self.post_office()
        self.office.act(encode(self.listing()))
        product = self.product()
        self.office.publish(product.to_bytes(), self.keys.signing.sign)

    def post_office(self) -> PostOffice:
        client = httpx.Client(
            base_url=f"{ADDRESS}/api/applications/v1", transport=httpx.WSGITransport(app=self.app)
        )
        return PostOffice(
            client, SUPERVISOR.verify_key, lambda: int(self.chain.now().timestamp()), self.random
        )

    def listing(self, by: SigningKey = SUPERVISOR, **changed: object) -> GuarantorListed:
        now = int(self.chain.now().timestamp())
        entry = GuarantorListed(
            ORIGIN,
            BANK.credit_code,
            BANK.name,
            self.chain.address("guarantor").hex(),
            self.keys.spki.hex(),
            str(self.keys.identity.recipient),
            now - 1000,
            now + 10**8,
            by.verify_key.raw.hex(),
            UNSIGNED,
        )
        return replace(entry, **changed).signed_by(by)  # type: ignore[arg-type]

    def product(self, version: int = 1) -> Product:
        return replace(guarantee_example.PRODUCT, version=version)

    def rounds(self, probe: Callable[[str], None] = lambda _: None) -> Rounds:
        return Rounds(
            self.desk,
            self.folder,
            self.keys,
            self.post_office(),
            clock=self.chain.now,
            random=self.random,
            depth=0,
            probe=probe,
        )

    def round(self) -> Done:
        done = self.rounds().run()
        assert done.troubles == ()
        return done

    def guarantor(self) -> Guarantor:
        place = self.folder.settings.place
        account, spki = self.chain.address("guarantor"), self.keys.spki
        return Guarantor(BANK, account, spki, self.keys.signing.sign, place)

    def applicant(self, number: int) -> Applicant:
        who = Party(f"投标单位{number}", party(number)[1].credit_code)
        entropy = Random(1000 + number).randbytes(16)
        return Applicant(MailboxKeys(SCHEME, entropy), who, SigningKey(bytes([100 + number]) * 32))

    def application(self, one: Applicant, **changed: object) -> kinds.Application:
        letter = kinds.Application(
            guarantor=BANK.credit_code,
            mailbox=one.keys.signing.verify_key.raw.hex(),
            applicant=one.party,
            tender=self.notice.tender,
            lot=self.notice.lot,
            product=PRODUCT,
            amount=BOND,
            currency="CNY",
            expiry=self.notice.valid_until,
            contact="王工 13800000000",
            key=spki_of(one.key).hex(),
            signature="",
        )
        return replace(letter, **changed).signed(one.key.sign)  # type: ignore[arg-type]

    def apply(self, number: int, **changed: object) -> Applicant:
        one = self.applicant(number)
        self.write(one, self.application(one, **changed), File("营业执照.pdf", b"licence of %d" % number))
        return one

    def write(self, one: Applicant, letter: AnyLetter, *files: File) -> None:
        guarantor = self.office.guarantor(BANK.credit_code)
        self.office.write(one.keys, guarantor, Letter(kinds.to_text(letter), files))

    def letters(self, one: Applicant) -> list[AnyLetter]:
        """What the guarantor wrote to the applicant."""
        received = self.office.read(one.keys, self.office.guarantor(BANK.credit_code))
        return [kinds.parse(each.letter.text) for each in received if each.letter is not None]

    def delivered(self, one: Applicant) -> SignedGuarantee:
        received = self.office.read(one.keys, self.office.guarantor(BANK.credit_code))
        last = received[-1].letter
        assert last is not None
        assert isinstance(kinds.parse(last.text), Delivery)
        return SignedGuarantee.parse(last.files[0].content)

    def delivered_files(self, one: Applicant) -> dict[str, bytes]:
        """By their names, of the last letter."""
        received = self.office.read(one.keys, self.office.guarantor(BANK.credit_code))
        last = received[-1].letter
        assert last is not None
        return {file.name: file.content for file in last.files}

    def state(self, one: Applicant) -> str:
        with self.desk.session() as session:
            return queue.get(session, one.keys.mailbox).state

    def row(self, one: Applicant) -> Application:
        with self.desk.session() as session:
            return queue.get(session, one.keys.mailbox)

    def quote(self, one: Applicant, premium: int = 80_000) -> None:
        now = self.chain.now()
        with self.desk.session() as session:
            row = queue.get(session, one.keys.mailbox, for_update=True)
            offers.quote(session, row, premium=premium, valid_until=now + timedelta(hours=2), now=now)
            session.commit()

    def pay(self, one: Applicant, reference: str, amount: int = 80_000) -> None:
        now = self.chain.now()
        number = f"FP{one.keys.mailbox.hex()[:12].upper()}"
        received = Received(reference, amount, "CNY", one.party.name, number, now)
        with self.desk.session() as session:
            premiums.record(session, received, source=HAND, now=now)
            session.commit()

    def sign(self, *applicants: Applicant, itself: bool = False) -> Act:
        with self.desk.session() as session:
            act = issuing.sign(
                session,
                [one.keys.mailbox for one in applicants],
                self.folder.lots(),
                self.guarantor(),
                now=self.chain.now(),
                random=self.random,
                sends_itself=itself,
            )
            session.commit()
        return act

    def mined(self) -> None:
        """The guarantor's own sender and indexer, as `sunseal gateway run` has them."""
        self.chain.run("guarantor")
        self.chain.follow()

    def paid_up(self, number: int) -> Applicant:
        """An application to the paid premium."""
        one = self.apply(number)
        self.round()
        self.quote(one)
        self.round()
        self.write(one, Acceptance(1, 80_000))
        self.round()
        self.pay(one, f"bank-{number}")
        assert self.state(one) == PAID
        return one

    def _notice(self) -> LotNotice:
        now = int(self.chain.now().timestamp())
        deployment = self.chain.gateway.deployment
        return LotNotice(
            tender="tender-1",
            tender_title="滨海大道改造工程",
            lot="tender-1.lot-1",
            lot_title="第一标段",
            beneficiary=TENDEREE,
            bond=BOND,
            currency="CNY",
            deadline=now + 20 * 86_400,
            valid_until=now + 110 * 86_400,
            chain_id=deployment.chain_id,
            registry=deployment.registry.hex(),
            account=self.chain.address("beneficiary").hex(),
        )


def spki_of(key: SigningKey) -> bytes:
    return party_keys.spki(Ed25519PublicKey.from_public_bytes(key.verify_key.raw))


def desk_beside(
    platform: Database, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DeskWorld]:
    """A desk on the database at `url`, and Anvil."""
    node = NodeProcess(ANVIL, folder)
    own = Database(url, application_name="sunseal test")
    try:
        chain = World(node, own, Gateway(Node(node.url), node.deploy()))
        try:
            made = DeskWorld(chain, platform, folder, monkeypatch)
            made.url = url
            yield made
        finally:
            chain.close()
    finally:
        own.close()
        node.close()
