"""Guarantees on a chain: two listed guarantors, a beneficiary, lots that a test sets, and the platform's services.

world = GuaranteeWorld(chain, folder)          # chain: tests/integration/chain/world.py
made = world.sign(1)                           # signed for bidder 1, not committed
world.commit(made)                             # on chain by its guarantor, and followed
world.open(made, bid=11)                       # as the opening hands it over; the word that is read out
world.settle()                                 # senders, indexer and the worker, until nothing is left to do
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.package.reading import Document
from crypto import party_keys
from crypto.age import X25519Identity
from crypto.signatures import SigningKey
from guarantees.after.clocks import Ending
from guarantees.after.job import GuaranteesJob, Setting
from guarantees.chain import calls, outbox
from guarantees.chain.models import OutboxRow
from guarantees.check_code import code_of, lookup_of
from guarantees.checking.facts import Asked
from guarantees.checking.taking import CheckAtOpening
from guarantees.models import Guarantee, GuaranteeCheck
from guarantees.register import accounts, listing, lookups
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import OnChain, Party
from ledger.entries import Entry, GuarantorListed, GuarantorResumed, GuarantorSuspended, decode
from ledger.entries.signed import UNSIGNED
from ledger.models import EntryRow
from statutes.statute import Statute
from tests.guarantee_example import TENDEREE, UNDERTAKING
from tests.integration.chain.world import World
from tests.log import ORIGIN, make_log
from tests.opening import party
from tests.story import SUPERVISOR
from tests.unit.bidding.examples import TRAINING

BANKS = {
    "guarantor": (Party("海南示范银行股份有限公司", "91110000600037341L"), SigningKey(bytes(range(32)))),
    "guarantor-2": (Party("海口示范担保有限公司", "91460100MA5TABCD13"), SigningKey(bytes(range(1, 33)))),
}
"""By the name of the account on chain."""
BENEFICIARY = "beneficiary"
TENDER = "tender-1"
BOND = 80_000_000


@dataclass(frozen=True, slots=True)
class Carried:
    """What the opening hands over (bidding.ports.PresentedGuarantee)."""

    lot: str
    bid: int
    credit_code: str
    content: bytes = field(repr=False)
    documents: tuple[Document, ...] = field(default=(), repr=False)


@dataclass
class Lots:
    """guarantees.ports.LotsPort, as a test sets it."""

    asked: dict[str, Asked] = field(default_factory=dict)
    ended: dict[str, list[Ending]] = field(default_factory=dict)
    law: Statute = TRAINING

    def terms(self, session: Session, lot: str, /, *, now: datetime) -> Asked:
        return self.asked[lot]

    def statute(self, session: Session, lot: str, /, *, now: datetime) -> Statute:
        return self.law

    def endings(self, session: Session, lot: str, /, *, now: datetime) -> Sequence[Ending]:
        return self.ended.get(lot, [])


class OpenedLots(Lots):
    """Each lot's deadline is over."""

    def terms(self, session: Session, lot: str, /, *, now: datetime) -> Asked:
        deadline, valid = now - timedelta(minutes=1), now + timedelta(days=60)
        return Asked(TENDER, lot, TENDEREE.credit_code, bytes(20), BOND, "CNY", deadline, valid)


def spki(key: SigningKey) -> bytes:
    return party_keys.spki(Ed25519PublicKey.from_public_bytes(key.verify_key.raw))


@dataclass
class GuaranteeWorld:
    chain: World
    folder: Path
    lots: Lots = field(default_factory=Lots)
    began: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(7)
        self.database = self.chain.database
        self.log = make_log(self.database, self.folder / "public")
        self.began = self.now()
        for name in BANKS:
            self.license(name)
            self.act(self.listed(name), at=self.began - timedelta(hours=1))
        with self.committing() as session:
            address = self.chain.address(BENEFICIARY)
            accounts.register(session, TENDEREE.credit_code, address, now=self.now())
        for lot in ("lot-1", "lot-2"):
            self.add_lot(lot)

    def now(self) -> datetime:
        return self.chain.now()

    @contextmanager
    def committing(self) -> Iterator[Session]:
        with self.database.session() as session:
            yield session
            session.commit()

    def license(self, name: str) -> None:
        if not self.chain.gateway.is_licensed(self.chain.address(name)):
            call = calls.license_guarantor(self.chain.address(name))
            self.chain.done("regulator", f"license {name}", call)

    def listed(self, name: str, **changes: Any) -> GuarantorListed:
        bank, key = BANKS[name]
        since = int((self.began - timedelta(days=1)).timestamp())
        entry = GuarantorListed(
            *(ORIGIN, bank.credit_code, bank.name, self.chain.address(name).hex(), spki(key).hex()),
            *(str(X25519Identity(b"\x51" * 32).recipient), since, since + 365 * 86400),
            *(SUPERVISOR.verify_key.raw.hex(), UNSIGNED),
        )
        return replace(entry, **changes)

    def act(
        self,
        entry: GuarantorListed | GuarantorSuspended | GuarantorResumed,
        *,
        at: datetime | None = None,
    ) -> None:
        """The supervisor signs it, and the platform takes it."""
        with self.committing() as session:
            signed = entry.signed_by(SUPERVISOR)
            listing.take(session, signed, SUPERVISOR.verify_key, now=at or self.now())

    def suspend(self, name: str) -> None:
        bank = BANKS[name][0].credit_code
        key = SUPERVISOR.verify_key.raw.hex()
        self.act(GuarantorSuspended(ORIGIN, bank, "capital", key, UNSIGNED))

    def add_lot(self, lot: str, *, minutes: float = 30, bond: int = BOND) -> None:
        deadline = self.began + timedelta(minutes=minutes)
        self.lots.asked[lot] = Asked(
            *(TENDER, lot, TENDEREE.credit_code, self.chain.address(BENEFICIARY), bond, "CNY"),
            *(deadline, self.began + timedelta(days=90)),
        )

    def sign(
        self,
        bidder: int,
        *,
        guarantor: str = "guarantor",
        lot: str = "lot-1",
        key: SigningKey | None = None,
        **changed: Any,
    ) -> SignedGuarantee:
        """A guarantee as it must be, but for what a test changes of the undertaking."""
        bank, own = BANKS[guarantor]
        deployment = self.chain.gateway.deployment
        at = OnChain(
            deployment.chain_id,
            deployment.registry.hex(),
            self.chain.address(guarantor).hex(),
            self.chain.address(BENEFICIARY).hex(),
        )
        issued = int(self.now().timestamp())
        fields: dict[str, Any] = {
            "number": f"BH-{self.random.randbytes(4).hex()}",
            "issuer": bank,
            "applicant": Party(party(bidder)[1].name, party(bidder)[1].credit_code),
            "tender": TENDER,
            "lot": lot,
            "amount": BOND,
            "applied": issued - 60,
            "issued": issued,
            "expiry": int((self.began + timedelta(days=91)).timestamp()),
            "on_chain": at,
        }
        used = key or own
        undertaking = replace(UNDERTAKING, **(fields | changed))
        return SignedGuarantee.sign(undertaking, spki(used), used.sign, self.random.randbytes(32))

    def commit(self, *made: SignedGuarantee, expiry: int | None = None) -> None:
        """On chain, by the account that each names as its guarantor's; and followed."""
        accounts_of = {self.chain.address(name): name for name in BANKS}
        for name in BANKS:
            own = [
                one for one in made if accounts_of[bytes.fromhex(one.undertaking.on_chain.guarantor)] == name
            ]
            if own:
                pairs = [(one.commitment, expiry or one.undertaking.expiry) for one in own]
                self.chain.done(name, f"issue {own[0].id.hex()}", calls.issue_batch(pairs))
        self.chain.follow()

    def tell(self, made: SignedGuarantee, *, by: str | None = None, number: str | None = None) -> None:
        """By what the public check finds it: told by its guarantor, or by another, for its number or another."""
        accounts_of = {self.chain.address(name).hex(): name for name in BANKS}
        bank, key = BANKS[by or accounts_of[made.undertaking.on_chain.guarantor]]
        lookup = lookup_of(number or made.undertaking.number, code_of(made))
        signature = key.sign(lookups.message(ORIGIN, bank.credit_code, made.id, lookup))
        with self.committing() as session:
            lookups.tell(session, bank.credit_code, made.id, lookup, signature)

    def issued(self, bidder: int, **changed: Any) -> SignedGuarantee:
        made = self.sign(bidder, **changed)
        self.commit(made)
        return made

    def open(
        self,
        made: SignedGuarantee | bytes,
        *,
        bid: int,
        bidder: int = 1,
        lot: str = "lot-1",
        documents: tuple[Document, ...] = (),
    ) -> str:
        """As the opening hands it over, half a minute after the deadline."""
        content = made if isinstance(made, bytes) else made.to_bytes()
        with self.committing() as session:
            carried = Carried(lot, bid, party(bidder)[1].credit_code, content, documents)
            return CheckAtOpening(self.lots)(session, carried, now=self.now())

    def job(self, **changes: Any) -> GuaranteesJob:
        setting = Setting(
            self.database,
            self.lots,
            self.chain.gateway,
            self.now,
            sweep_every=timedelta(),
            reconcile_every=timedelta(days=1),
        )
        return GuaranteesJob(replace(setting, **changes))

    def settle(self, *names: str, seconds: float = 60) -> None:
        """Until the senders of these keys (the beneficiary's), the indexer and the worker have nothing more to do."""
        end, job = time.monotonic() + seconds, self.job()
        while True:
            assert time.monotonic() < end, "it does not come to rest"
            ran = [self.chain.sender(name).run() for name in (BENEFICIARY, *names)]
            self.chain.follow()
            done = job.run()
            if not done and not any(ran) and not self._open_acts(BENEFICIARY, *names):
                return

    def row(self, made: SignedGuarantee) -> Guarantee:
        with self.database.session() as session:
            return session.get_one(Guarantee, made.id)

    def check(self, bid: int, lot: str = "lot-1") -> GuaranteeCheck:
        with self.database.session() as session:
            return session.get_one(GuaranteeCheck, (lot, bid))

    def codes(self, bid: int, lot: str = "lot-1") -> list[str]:
        """The words of all that is wrong with the guarantee in a bid."""
        return [one["code"] for one in self.check(bid, lot).findings]

    def entries(self, kind: type[Entry]) -> list[Entry]:
        with self.database.session() as session:
            leaves = session.scalars(select(EntryRow.leaf).order_by(EntryRow.id))
            return [entry for leaf in leaves if isinstance(entry := decode(leaf), kind)]

    def _open_acts(self, *names: str) -> bool:
        keys = [self.chain.address(name) for name in names]
        query = select(OutboxRow.id).where(OutboxRow.key.in_(keys), OutboxRow.state.in_(outbox.OPEN))
        with self.database.session() as session:
            return session.execute(query.limit(1)).first() is not None
