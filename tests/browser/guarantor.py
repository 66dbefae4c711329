"""A guarantor beside a platform for browsers: on the supervisor's list, with a product, a desk on a database of its own
and a node of the chain. What its staff do is done by the services of its desk.

    with guarantor_beside(world, url, folder) as bank:
        bank.round()                  # the desk fetches, settles and sends
        bank.quote(); bank.round()
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

import httpx

from app.guarantor.folder import GuarantorFolder, Keys, Settings
from app.guarantor.rounds import Rounds
from app.letter_client import PATH, PostOffice
from guarantees.chain import binding, calls
from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from guarantees.desk import issuing, offers, premiums, queue
from guarantees.desk.issuing import Guarantor
from guarantees.desk.premiums import HAND, Received
from guarantees.register import accounts
from guarantees.tables.desk import Application
from guarantees.undertaking import Party
from keyholder.secret_file import Lock
from ledger.entries import GuarantorListed, encode
from ledger.entries.signed import UNSIGNED
from storage.database import Database
from tests import guarantee_example
from tests.browser.bidding_world import BiddingWorld
from tests.browser.site import TENDEREE
from tests.integration.chain.nodes import ANVIL, NodeProcess
from tests.integration.chain.world import World
from tests.log import ORIGIN
from tests.story import SUPERVISOR

BANK = Party("海口示范担保有限公司", "91460100MA5TABCD13")
PREMIUM = 80_080
LOCK = Lock.of_passphrase("correct horse", work_factor=2)


@dataclass
class Bank:
    """Its desk has the one application of the test."""

    chain: World
    desk: Database
    folder: GuarantorFolder
    keys: Keys
    office: PostOffice

    def round(self) -> None:
        done = Rounds(
            self.desk, self.folder, self.keys, self.office, clock=now, random=token_bytes, depth=0
        ).run()
        assert done.troubles == ()

    def application(self) -> Application:
        with self.desk.session() as session:
            (row,) = queue.listed(session)
            return row

    def quote(self) -> None:
        with self.desk.session() as session:
            (found,) = queue.listed(session)
            row = queue.get(session, found.id, for_update=True)
            until = now() + timedelta(hours=2)
            offers.quote(session, row, premium=PREMIUM, valid_until=until, now=now(), note="请在两小时内接受")
            session.commit()

    def pay(self) -> None:
        """By hand, as a clerk enters what came to the account."""
        row = self.application()
        paid = Received("bank-1", PREMIUM, "CNY", row.name, f"FP{row.id.hex()[:12].upper()}", now())
        with self.desk.session() as session:
            premiums.record(session, paid, source=HAND, now=now())
            session.commit()

    def issue(self) -> None:
        """Signed, sent to the chain, and mined."""
        settings, account = self.folder.settings, self.chain.address("guarantor")
        guarantor = Guarantor(BANK, account, self.keys.spki, self.keys.signing.sign, settings.place)
        with self.desk.session() as session:
            issuing.sign(
                *(session, [row.id for row in queue.listed(session)], self.folder.lots(), guarantor),
                now=now(),
                random=token_bytes,
            )
            session.commit()
        self.chain.run("guarantor")
        self.chain.follow()


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def guarantor_beside(world: BiddingWorld, url: str, folder: Path) -> Iterator[Bank]:
    """`url` is of the desk's own database. The platform's is bound to the chain, and its tenderee has an account there."""
    node = NodeProcess(ANVIL, folder)
    desk = Database(url, application_name="sunseal test")
    with httpx.Client(base_url=f"{world.base}{PATH}", trust_env=False) as client:
        try:
            chain = World(node, desk, Gateway(Node(node.url), node.deploy()))
            try:
                yield _bank(world, chain, folder, client)
            finally:
                chain.close()
        finally:
            desk.close()
            node.close()


def _bank(world: BiddingWorld, chain: World, folder: Path, client: httpx.Client) -> Bank:
    chain.done("regulator", "license", calls.license_guarantor(chain.address("guarantor")))
    with world.office.database.session() as session:
        binding.bind(session, chain.gateway.deployment)
        accounts.register(session, TENDEREE, chain.address("beneficiary"), now=now())
        session.commit()
    account = chain.address("guarantor").hex()
    supervisor = SUPERVISOR.verify_key.raw.hex()
    place = f"{world.base}/guarantees"
    settings = Settings(
        *(world.base, supervisor, BANK.credit_code, BANK.name, account, "保费专户 1234", place)
    )
    papers = GuarantorFolder.create(folder / "guarantor", settings, LOCK, token_bytes)
    keys = papers.keys(LOCK)
    office = PostOffice(client, SUPERVISOR.verify_key, lambda: int(now().timestamp()), token_bytes)
    since = int(now().timestamp()) - 1000
    entry = GuarantorListed(
        *(ORIGIN, BANK.credit_code, BANK.name, account, keys.spki.hex(), str(keys.identity.recipient)),
        *(since, since + 10**8, supervisor, UNSIGNED),
    )
    office.act(encode(entry.signed_by(SUPERVISOR)))
    product = replace(guarantee_example.PRODUCT, guarantor=BANK.credit_code)
    office.publish(product.to_bytes(), keys.signing.sign)
    return Bank(chain, chain.database, papers, keys, office)
