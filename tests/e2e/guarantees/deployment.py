"""A platform and two guarantors' desks, each with processes, keys and a database of its own, on one chain.

Every process is what an operator starts: `sunseal gateway run` for each of the three, `sunseal guarantees run` for the
platform beside what it takes and opens bids with (tendering.py), `sunseal guarantor run` for each desk. `kill_one` is
kill -9 of one of them, or of the node, and its restart.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from app.guarantor.folder import GuarantorFolder, Keys, Settings
from crypto.randomness import RandomBytes
from crypto.signatures import VerifyKey
from guarantees.after import desk
from guarantees.after.demand_rules import Answer
from guarantees.chain import calls, index, keystore, outbox
from guarantees.chain.calls import Call
from guarantees.chain.deployment import Deployment as Contracts
from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from guarantees.chain.refusals import State
from guarantees.chain.sender import Sender
from guarantees.chain.sender_setting import Setting
from guarantees.desk.issuing import Guarantor
from guarantees.errors import NotFoundError, StateError
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import Party
from keyholder.secret_file import Lock
from storage.database import Database
from tests.e2e.guarantees.program import Program
from tests.e2e.guarantees.tendering import Tendering
from tests.guarantees import BANKS
from tests.integration.chain.nodes import OURS, NodeProcess

PASSPHRASE = "correct horse"
PLATFORM = ("beneficiary",)


def now() -> datetime:
    return datetime.now(UTC)


def wait(what: str, done: Callable[[], object], seconds: float = 400) -> None:
    """Until it is so."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@dataclass
class Place:
    """One party's machine: its database, its keys, its programs."""

    name: str
    folder: Path
    url: str
    node: NodeProcess
    contracts: Path
    keys: tuple[str, ...]
    more: Mapping[str, str] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.database = Database(self.url)
        secret = self.folder / "passphrase"
        secret.write_text(PASSPHRASE + "\n")
        web_secret = self.folder / "web.secret"
        web_secret.write_bytes(bytes(range(32)))
        for file in (secret, web_secret):
            file.chmod(0o600)
        for account in self.node.folder.accounts():
            if account.name in self.keys:
                file = self.folder / "keystores" / f"{account.name}.json"
                keystore.write_key(file, account.key.to_bytes(), PASSPHRASE)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("SUNSEAL")},
            "DATABASE_URL": self.url,
            "SUNSEAL_VAR": str(self.folder),
            "SUNSEAL_CHAIN_URL": self.node.url,
            "SUNSEAL_CHAIN_CONTRACTS": str(self.contracts),
            "SUNSEAL_CHAIN_KEY": str(self.folder / "keystores"),
            "SUNSEAL_CHAIN_DEPTH": "0",
            "SUNSEAL_TOKEN_PASSPHRASE_FILE": str(self.folder / "passphrase"),
            "SUNSEAL_CHAIN_PASSPHRASE_FILE": str(self.folder / "passphrase"),
            **self.more,
        }

    def run(self, *arguments: str) -> None:
        program = Program(arguments, self.environment, self.folder / f"{arguments[0]}.log")
        program.start()
        self.programs.append(program)

    def want(self, purpose: str, call: Call, key: bytes) -> None:
        with self.database.session() as session:
            outbox.want(session, call, key=key, purpose=purpose, now=now())
            session.commit()

    def state_of(self, guarantee: bytes) -> State | None:
        """By what this party has followed."""
        with self.database.session() as session:
            found = index.guarantee(session, guarantee)
        return None if found is None else found.state

    def close(self) -> None:
        for program in self.programs:
            if program._process is not None:
                program._process.kill()
                program._process.wait()
        self.database.close()


class Desk(Place):
    """A guarantor's: it issues and answers by its own key, which the platform never has."""

    papers: GuarantorFolder
    secrets: Keys

    def establish(self, bank: Party, platform: str, supervisor: VerifyKey, random: RandomBytes) -> None:
        """Its folder and keys, as `sunseal guarantor init` makes them."""
        lock = Lock.of_passphrase(PASSPHRASE, work_factor=2)
        settings = Settings(
            *(platform, supervisor.raw.hex(), bank.credit_code, bank.name, self.account.hex()),
            *("示范银行 保费专户", f"{platform}/guarantees"),
        )
        self.papers = GuarantorFolder.create(self.folder / "guarantor", settings, lock, random)
        self.secrets = self.papers.keys(lock)

    @property
    def guarantor(self) -> Guarantor:
        """As its staff sign."""
        said = self.papers.settings
        party, key = Party(said.name, said.credit_code), self.secrets.signing
        return Guarantor(party, self.account, self.secrets.spki, key.sign, said.place)

    @property
    def account(self) -> bytes:
        return self.node.signers[self.keys[0]].address

    def issue(self, *made: SignedGuarantee) -> None:
        for one in made:
            call = calls.issue(one.commitment, one.undertaking.expiry)
            self.want(f"issue {one.id.hex()}", call, self.account)

    def answer(self, guarantee: bytes, given: Answer, document: bytes) -> None:
        """As soon as it has seen the demand on chain."""

        def done() -> bool:
            with self.database.session() as session:
                try:
                    desk.want_answer(session, guarantee, given, document, now=now())
                except (NotFoundError, StateError):
                    return False
                session.commit()
                return True

        wait("the desk sees the demand", done)


class Deployment:
    """All of it. The platform's programs start by `start`, so that a test can open bids before the chain is followed."""

    def __init__(self, kind: str, folder: Path, urls: tuple[str, str, str]) -> None:
        self.random = Random(int(os.environ.get("SUNSEAL_KILL_SEED") or 3))
        self.node = NodeProcess(kind, folder)
        self.contracts = self.node.deploy()
        named = self.node.folder.contracts
        chain = {"SUNSEAL_CHAIN_URL": self.node.url, "SUNSEAL_CHAIN_CONTRACTS": str(named)}
        self.tendering = Tendering(folder / "tendering", urls[0], chain=chain)
        self.platform = Place("platform", folder / "platform", urls[0], self.node, named, PLATFORM)
        self.desks = {
            name: Desk(name, folder / name, url, self.node, named, (name,))
            for name, url in zip(("guarantor", "guarantor-2"), urls[1:], strict=True)
        }
        self.node_kills, self._turn = 0, threading.Lock()
        self._license()

    def start(self) -> None:
        """The platform with its keyholders, and the guarantors' desks; all at work when it returns."""
        self.tendering.start()
        self.supervisor = self.tendering.supervisor_key
        self.platform.more = {"SUNSEAL_SUPERVISOR": self.supervisor.verify_key.raw.hex()}
        self.platform.programs.extend(self.tendering.programs)
        for number, (name, one) in enumerate(self.desks.items(), start=1):
            bank = BANKS[name][0]
            one.establish(bank, self.web, self.supervisor.verify_key, Random(number).randbytes)
            one.papers.policy.write_bytes((self.tendering.folder / "policy").read_bytes())
        self._start_desks()

    @property
    def web(self) -> str:
        return self.tendering.url

    @property
    def gateway(self) -> Gateway:
        return Gateway(Node(self.node.url), Contracts.read(self.node.folder.contracts))

    def address(self, name: str) -> bytes:
        return self.node.signers[name].address

    def start_gateway(self) -> None:
        """From here on the platform follows the chain, and looks after its guarantees."""
        self.platform.run("gateway", "run")
        self.platform.run("guarantees", "run")

    def start_opening(self) -> Program:
        """What opens bids; a test may `end` it."""
        with self._turn:
            self.tendering.start_process("opening", "opening", "run")
            program = self.tendering.programs[-1]
            self.platform.programs.append(program)
        return program

    def end(self, program: Program) -> None:
        with self._turn:
            self.platform.programs.remove(program)
            program.kill()

    def _start_desks(self) -> None:
        for desk_ in self.desks.values():
            secret = str(desk_.folder / "passphrase")
            desk_.run("gateway", "run")
            desk_.run(
                *("guarantor", "run", str(desk_.papers.path)), "--every", "1", "--passphrase-file", secret
            )
        programs = [one for place in self._places for one in place.programs]
        wait("the programs are at work", lambda: all(one.is_at_work for one in programs))

    def kill_one(self) -> None:
        """kill -9 of a program at random, or of the node where it has its chain again, and its restart."""
        with self._turn:
            self._kill_one()

    def _kill_one(self) -> None:
        every = [one for place in self._places for one in place.programs]
        for one in every:
            one.watch()
        programs = [one for one in every if one.is_at_work]
        victims: list[Program | None] = [*programs, *([None] if self.node.kind == OURS else [])]
        victim = self.random.choice(victims)
        if victim is None:
            self._restart_node()
            return
        victim.kill()
        victim.start()

    def _restart_node(self) -> None:
        """On a busy machine it may take longer than a start is waited for."""
        self.node.kill()
        self.node_kills += 1
        for attempt in range(4):
            try:
                self.node.start()
            except AssertionError:
                self.node.kill()
                if attempt == 3:
                    raise
            else:
                return

    @property
    def kills(self) -> int:
        return self.node_kills + sum(one.kills for place in self._places for one in place.programs)

    def close(self) -> None:
        for place in self._places:
            place.close()
        self.tendering.stop()
        self.node.close()

    @property
    def _places(self) -> list[Place]:
        return [self.platform, *self.desks.values()]

    def _license(self) -> None:
        """The regulator's acts, by a sender of its own."""
        with self.platform.database.session() as session:
            for name in self.desks:
                call = calls.license_guarantor(self.address(name))
                key = self.address("regulator")
                outbox.want(session, call, key=key, purpose=f"license {name}", now=now())
            session.commit()
        signer = self.node.signers["regulator"]
        sender = Sender(Setting(self.platform.database, self.gateway, signer, now, depth=0))
        try:
            wait("the guarantors are licensed", lambda: not sender.run() and self._are_licensed(), 30)
        finally:
            sender.close()

    def _are_licensed(self) -> bool:
        return all(self.gateway.is_licensed(self.address(name)) for name in self.desks)
