"""Guarantees: from the application to the issue, a hundred at once; and their check at an opening, a thousand.

A guarantor's desk takes a hundred applications as they were opened, quotes, has acceptance and payment, signs, and
issues through its outbox to a chain with a block every second, until the chain's events say that they are issued.
Beside it stands the time spent waiting for blocks. The check is what the opening does with each bid: a transaction with
its row, its entry and its `present` in the outbox; beside it stand the same signatures alone.
"""

import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from stdnum.cn import uscc

from crypto import party_keys
from guarantees.chain import calls, outbox
from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from guarantees.checking.taking import CheckAtOpening
from guarantees.desk import issuing, offers, premiums, queue
from guarantees.desk.issuing import Guarantor
from guarantees.desk.premiums import Received
from guarantees.desk.queue import Incoming, Offered
from guarantees.letters.kinds import Acceptance, Application, to_text
from guarantees.letters.scheme import SCHEME, Letter
from guarantees.lot_notice import LotNotice
from guarantees.register.product import Product
from guarantees.signed import SignedGuarantee
from guarantees.tables.desk import ISSUED
from guarantees.undertaking import Party
from mailboxes.keys import MailboxKeys
from scripts.bench.measure import Result, cost, seconds
from storage import migrate
from storage.database import Database
from storage.private_server import PrivateServer
from tests.environment import roomy_place
from tests.guarantee_example import TENDEREE
from tests.guarantees import BANKS, BENEFICIARY, BOND, TENDER, Carried, GuaranteeWorld, spki
from tests.integration.chain.nodes import ANVIL, NodeProcess
from tests.integration.chain.world import World
from tests.opening import party

AT_ONCE = 100
CHECKED = 1000
NAME = "guarantor"


def run() -> Iterator[Result]:
    with (
        tempfile.TemporaryDirectory(prefix="sunseal-bench-", dir=roomy_place()) as data,
        tempfile.TemporaryDirectory(prefix="sunseal-bench-") as folder,
    ):
        Path(data).chmod(0o755)
        server = PrivateServer(Path(data) / "postgres")
        url = server.start()
        node = NodeProcess(ANVIL, Path(folder))
        try:
            migrate.upgrade(url)
            database = Database(url)
            chain = World(node, database, Gateway(Node(node.url), node.deploy()))
            world = GuaranteeWorld(chain, Path(folder))
            issued, waited = _issue(world)
            peer = f"waiting for blocks ({waited / issued:.0%})"
            yield cost(f"guarantees.issue.{AT_ONCE}", issued, "s from application to issued", peer, waited)
            checked, bare = _check(world)
            peer = f"their bare signatures ({bare / checked:.0%})"
            yield cost(f"guarantees.check.{CHECKED}", checked, "s at an opening", peer, bare)
            chain.close()
            database.close()
        finally:
            node.close()
            server.stop()


def _issue(world: GuaranteeWorld) -> tuple[float, float]:
    """Seconds from the first application to the last that is issued; and of those, waiting for blocks."""
    bank, key = BANKS[NAME]
    keys = [MailboxKeys(SCHEME, bytes([number]) * 16) for number in range(AT_ONCE)]
    letters = [to_text(_application(world, number, one)) for number, one in enumerate(keys)]
    guarantor = Guarantor(bank, world.chain.address(NAME), spki(key), key.sign, "https://bank.example")
    offered = Offered(bank.credit_code, "account 1", {"bid": _product()}, [_notice(world)])
    world.chain.node.hold_back()
    world.chain.node.ask("evm_setIntervalMining", 1)
    began, now = time.perf_counter(), world.now()
    for number, one in enumerate(keys):
        incoming = Incoming(one.mailbox.hex(), str(one.identity.recipient), 0, Letter(letters[number]))
        with world.committing() as session:
            row = queue.take(session, incoming, offered, now=now)
            if row is None:
                raise RuntimeError("an application was not taken")
            offers.quote(session, row, premium=80_000, valid_until=now + timedelta(days=1), now=now)
        with world.committing() as session:
            row = queue.get(session, one.mailbox, for_update=True)
            offers.accept(session, row, Acceptance(1, 80_000), pay_to="account 1", now=now)
        with world.committing() as session:
            invoice = f"FP{one.mailbox.hex()[:12].upper()}"
            paid = Received(f"T{number}", 80_000, "CNY", row.name, invoice, now)
            premiums.record(session, paid, source="webhook", now=now)
    with world.committing() as session:
        made = [one.mailbox for one in keys]
        act = issuing.sign(session, made, offered.notices, guarantor, now=now, random=world.random.randbytes)
    sender = world.chain.sender(NAME)
    sent: float | None = None
    waited = 0.0
    while True:
        sender.run()
        with world.committing() as session:
            state = outbox.progress(session, act.purpose or "")
        if sent is None and state is not None and state.state == outbox.SENT:
            sent = time.perf_counter()
        world.chain.follow()
        with world.committing() as session:
            issuing.settle(session, depth=0, now=world.now())
            if len(queue.listed(session, ISSUED)) == AT_ONCE:
                waited = 0.0 if sent is None else time.perf_counter() - sent
                break
        time.sleep(0.01)
    world.chain.node.ask("evm_setIntervalMining", 0)
    world.chain.node.hold_back(is_on=False)
    return time.perf_counter() - began, waited


def _check(world: GuaranteeWorld) -> tuple[float, float]:
    """Seconds for the check of all, one transaction each; and for their signatures alone."""
    applicants = [Party(f"第{number}建设工程有限公司", _code(number)) for number in range(CHECKED)]
    made = [world.sign(1, applicant=one) for one in applicants]
    for start in range(0, CHECKED, calls.MAX_BATCH):
        batch = made[start : start + calls.MAX_BATCH]
        pairs = [(one.commitment, one.undertaking.expiry) for one in batch]
        world.chain.done(NAME, f"issue {start}", calls.issue_batch(pairs))
    world.chain.follow()
    carried = [
        Carried("lot-1", number, applicants[number].credit_code, one.to_bytes())
        for number, one in enumerate(made)
    ]

    def check() -> None:
        port, now = CheckAtOpening(world.lots), world.now()
        for one in carried:
            with world.committing() as session:
                if port(session, one, now=now) != "verified":
                    raise RuntimeError("a guarantee was not found to hold")

    def bare() -> None:
        for one in carried:
            SignedGuarantee.parse(one.content).verify()

    return seconds(check), seconds(bare)


def _application(world: GuaranteeWorld, number: int, keys: MailboxKeys) -> Application:
    own = party(number % 60)[0]
    return Application(
        guarantor=BANKS[NAME][0].credit_code,
        mailbox=keys.signing.verify_key.raw.hex(),
        applicant=Party(f"第{number}建设工程有限公司", _code(number)),
        tender=TENDER,
        lot="lot-1",
        product="bid",
        amount=BOND,
        currency="CNY",
        expiry=int((world.now() + timedelta(days=95)).timestamp()),
        contact="13800000000",
        key=party_keys.spki(own.public_key()).hex(),
        signature="",
    ).signed(own.sign)


def _notice(world: GuaranteeWorld) -> LotNotice:
    asked, deployment = world.lots.asked["lot-1"], world.chain.gateway.deployment
    return LotNotice(
        tender=TENDER,
        tender_title="滨海大道改造工程",
        lot="lot-1",
        lot_title="第一标段",
        beneficiary=TENDEREE,
        bond=BOND,
        currency="CNY",
        deadline=int(asked.deadline.timestamp()),
        valid_until=int(asked.valid_until.timestamp()),
        chain_id=deployment.chain_id,
        registry=deployment.registry.hex(),
        account=world.chain.address(BENEFICIARY).hex(),
    )


def _product() -> Product:
    return Product(
        guarantor=BANKS[NAME][0].credit_code,
        product="bid",
        version=1,
        name_zh="投标保函",
        name_en="Bid guarantee",
        currency="CNY",
        rate=1000,
        minimum=0,
        least=1,
        most=10**11,
        days=365,
        documents=(),
        text=None,
    )


def _code(number: int) -> str:
    stem = f"91110000MA{number:07d}"
    return stem + str(uscc.calc_check_digit(stem))
