"""A node with our contracts, a database, and the jobs that work between them: what the tests of the gateway stand on."""

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from guarantees.chain import calls, outbox
from guarantees.chain.calls import Call
from guarantees.chain.gateway import Gateway
from guarantees.chain.indexer import Indexer
from guarantees.chain.loop import Job
from guarantees.chain.outbox import Progress
from guarantees.chain.sender import Sender
from guarantees.chain.sender_setting import Probe, Setting
from guarantees.chain.terms import Terms, commitment, guarantee_id
from ledger.anchoring import log_hash
from storage.database import Database
from tests.integration.chain.nodes import NodeProcess
from tests.log import ORIGIN

YEAR = 365 * 24 * 3600
LOG = log_hash(ORIGIN)


@dataclass
class World:
    node: NodeProcess
    database: Database
    gateway: Gateway
    clock_ahead: timedelta = timedelta()
    _senders: dict[str, Sender] = field(default_factory=dict)
    _indexers: dict[int, Indexer] = field(default_factory=dict)

    def now(self) -> datetime:
        """The wall's clock, put ahead by the test where it would otherwise wait."""
        return datetime.now(UTC) + self.clock_ahead

    def chain_time(self) -> int:
        return self.gateway.node.head().time

    def address(self, name: str) -> bytes:
        return self.node.signers[name].address

    def sender(
        self,
        name: str,
        *,
        depth: int = 0,
        probe: Probe | None = None,
        patience: float = 15,
        highest_fee: int = 10**12,
    ) -> Sender:
        """The one sender of that key in this test; it keeps the turn."""
        if name not in self._senders:
            setting = Setting(
                self.database,
                self.gateway,
                self.node.signers[name],
                self.now,
                depth=depth,
                patience=timedelta(seconds=patience),
                highest_fee=highest_fee,
            )
            if probe is not None:
                setting = replace(setting, probe=probe)
            self._senders[name] = Sender(setting)
        return self._senders[name]

    def want(self, name: str, purpose: str, call: Call) -> None:
        with self.database.session() as session:
            outbox.want(session, call, key=self.address(name), purpose=purpose, now=self.now())
            session.commit()

    def progress(self, purpose: str) -> Progress:
        with self.database.session() as session:
            found = outbox.progress(session, purpose)
        assert found is not None
        return found

    def run(self, name: str, seconds: float = 20) -> None:
        """The sender of that key, until it has nothing more to do."""
        end = time.monotonic() + seconds
        while self.sender(name).run():
            assert time.monotonic() < end, "the sender does not come to rest"

    def do(self, name: str, purpose: str, call: Call) -> Progress:
        """Wanted, and sent until it is final."""
        self.want(name, purpose, call)
        end = time.monotonic() + 20
        while not (found := self.progress(purpose)).is_final:
            self.sender(name).run()
            assert time.monotonic() < end, found
        return found

    def done(self, name: str, purpose: str, call: Call) -> Progress:
        found = self.do(name, purpose, call)
        assert found.state == outbox.CONFIRMED, found
        return found

    def indexer(self, depth: int = 0) -> Indexer:
        if depth not in self._indexers:
            self._indexers[depth] = Indexer(self.database, self.gateway, depth=depth)
        return self._indexers[depth]

    def follow(self, depth: int = 0) -> None:
        """Up to the head. The database lets a killed process's turn go when it sees its connection's end, not before."""
        end = time.monotonic() + 20
        while not self.indexer(depth).take():
            assert time.monotonic() < end, "another process keeps the turn"
            time.sleep(0.01)
        while self.indexer(depth).run():
            pass

    def terms(self, number: int, *, amount: int = 80_000_000, guarantor: str = "guarantor") -> Terms:
        document, salt = sha256(b"document %d" % number).digest(), sha256(b"salt %d" % number).digest()
        return Terms(self.address(guarantor), self.address("beneficiary"), amount, document, salt)

    def commitment(self, terms: Terms) -> bytes:
        deployment = self.gateway.deployment
        return commitment(terms, chain_id=deployment.chain_id, registry=deployment.registry)

    def id(self, terms: Terms) -> bytes:
        return guarantee_id(terms.guarantor, self.commitment(terms))

    def prepare(self) -> None:
        """A licensed guarantor, and the test's log registered with its poster; on a node of several tests, once."""
        if self.gateway.log(LOG).registered:
            return
        self.done("regulator", "license", calls.license_guarantor(self.address("guarantor")))
        self.done("regulator", "register", calls.register_log(ORIGIN, self.address("poster")))

    def issue(self, number: int, *, expiry: int | None = None) -> Terms:
        terms = self.terms(number)
        call = calls.issue(self.commitment(terms), expiry or self.chain_time() + YEAR)
        self.done("guarantor", f"issue {number}", call)
        return terms

    def presented(self, number: int) -> Terms:
        terms = self.issue(number)
        self.done("beneficiary", f"present {number}", calls.present(terms))
        return terms

    def close(self) -> None:
        jobs: list[Job] = [*self._senders.values(), *self._indexers.values()]
        for job in jobs:
            job.close()
        self.gateway.node.close()
