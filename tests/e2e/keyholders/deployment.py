"""A whole deployment of keyholders on this machine: the platform's processes, and each keyholder's own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import httpx

from crypto import age
from crypto.signatures import VerifyKey
from custody import keys, opening
from custody.errors import PoolEmptyError
from custody.reader import Reader
from keyholder import secret_file
from keyholder.secret_file import Lock
from ledger import log
from ledger.entries import Entry, encode
from ledger.merkle import leaf_hash
from ledger.view import LedgerView
from storage.database import Database
from tests.environment import ROOT

Answer = TypeVar("Answer")
ORIGIN = "ledger.sunseal.example"
PATIENCE = 60.0
SUNSEAL = (sys.executable, "-c", "from app.cli.main import main; main()")


def now() -> datetime:
    return datetime.now(UTC)


def eventually(check: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until `check` is true."""
    end = time.monotonic() + patience
    while not check():
        assert time.monotonic() < end, f"still not: {what}"
        time.sleep(0.05)


@dataclass
class Process:
    """One of ours; what it says goes into a file."""

    started: "subprocess.Popen[bytes]"
    log: Path

    def kill(self) -> None:
        self.started.kill()
        self.started.wait(PATIENCE)

    def end(self) -> None:
        if self.started.poll() is None:
            self.started.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.started.wait(20)
        if self.started.poll() is None:
            self.kill()


@dataclass
class Deployment:
    """`start` makes everything; entries are put into the ledger directly, as the platform's other parts will."""

    folder: Path
    database_url: str
    n: int = 5
    t: int = 3
    target: int = 6
    grace: int = 60
    min_bids: int = 3
    approving: tuple[int, ...] = ()
    processes: dict[str, Process] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        secret = self.folder / "passphrase"
        secret.write_text("correct horse battery staple\n")
        secret.chmod(0o600)
        self.passphrase = secret
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SUNSEAL")},
            "DATABASE_URL": self.database_url,
            "SUNSEAL_VAR": str(self.folder / "var"),
            "SUNSEAL_POLICY": str(self.folder / "policy"),
            **{
                f"SUNSEAL_{who}_PASSPHRASE_FILE": str(secret)
                for who in ("LEDGER", "KEYHOLDER", "SUPERVISOR", "OPENING", "WITNESS", "CUSTODY")
            },
        }
        (self.folder / "var").mkdir()
        (self.folder / "var" / "web.secret").write_bytes(os.urandom(32))
        self.database = Database(self.database_url)
        self.group = ""
        self._identity: age.X25519Identity | None = None

    # The platform

    def start(self) -> None:
        """Log, keyholders, group; everything runs when it returns."""
        said = self.run("ledger", "init", ORIGIN)
        self.log_vkey = re.findall(r"^log (\S+)$", said, re.MULTILINE)[0]
        said = self.run("custody", "supervisor-key", str(self.folder / "supervisor.age"))
        self.supervisor = VerifyKey(bytes.fromhex(re.findall(r"\b[0-9a-f]{64}\b", said)[0]))
        self.recipient = re.findall(r"\bage1[0-9a-z]{58}\b", said)[0]
        said = self.run("custody", "opening-key")
        self.platform = re.findall(r"\bage1[0-9a-z]{58}\b", said)[0]
        self.environment["SUNSEAL_SUPERVISOR"] = self.supervisor.raw.hex()
        self.reader = Reader(self.supervisor)
        self.cards = [self.make_keyholder(i) for i in range(1, self.n + 1)]
        self.run("custody", "register", *map(str, self.cards))
        self.write_policy()
        for i in range(1, self.n + 1):
            self.run("keyholder", "--folder", str(self.home(i)), "trust", str(self.folder / "policy"))
        self.configure()
        self.start_process("serve", "serve", "--listen", f"127.0.0.1:{self.port}")
        eventually(self._is_serving, "the web application answers")
        for i in range(1, self.n + 1):
            self.start_keyholder(i)
        self.start_process("ledger", "ledger", "run")
        self.found()
        self.start_process("custody", "custody", "run", "--target", str(self.target))

    def configure(self) -> None:
        """What a larger deployment sets before the web application starts; here there is nothing more."""

    def found(self) -> None:
        """The supervisor proposes the group, and each keyholder's person approves."""
        proposal = self.folder / "proposal"
        self.run(
            "custody",
            "propose",
            *("--key", str(self.folder / "supervisor.age"), "--recipient", self.recipient),
            *("--threshold", str(self.t), "--name", "the group", "--origin", ORIGIN),
            *("-o", str(proposal)),
            *map(str, self.cards),
        )
        self.run("custody", "append", str(proposal))
        self.group = leaf_hash(proposal.read_bytes().strip()).hex()
        for i in range(1, self.n + 1):
            self._see_proposal(self.home(i))
            self.run("keyholder", "--folder", str(self.home(i)), "approve", "--yes", self.group)
        eventually(
            lambda: self.view(lambda view: view.groups.get(self.group).is_complete), "all have accepted"
        )

    def _see_proposal(self, home: Path) -> None:
        eventually(
            lambda: self.group in self.run("keyholder", "--folder", str(home), "status"),
            f"{home} sees the proposal",
        )

    def write_policy(self) -> None:
        witnesses = [decode_card(card)["witness"] for card in self.cards]
        names = [f"w{i}" for i in range(1, self.n + 1)]
        lines = [f"log {self.log_vkey}"]
        lines += [f"witness {name} {vkey}" for name, vkey in zip(names, witnesses, strict=True)]
        lines += [f"group keyholders {self.t} {' '.join(names)}", "quorum keyholders"]
        (self.folder / "policy").write_text("\n".join(lines) + "\n")

    def home(self, i: int) -> Path:
        return self.folder / f"machine-{i}" / "keyholder"

    def make_keyholder(self, i: int) -> Path:
        """A keyholder on a machine of its own; its card."""
        self.home(i).parent.mkdir(parents=True)
        card = self.folder / f"card-{i}"
        self.run(
            "keyholder",
            "--folder",
            str(self.home(i)),
            "init",
            f"keyholder.example/{i}",
            *self.setup(i),
            "--card",
            str(card),
        )
        return card

    def setup(self, i: int) -> tuple[str, ...]:
        return (
            *("--platform", self.url, "--supervisor", self.supervisor.raw.hex()),
            *("--grace", str(self.grace), "--clock-limit", "5", "--min-bids", str(self.min_bids)),
            *("--mode", "approval" if i in self.approving else "automatic"),
        )

    def start_keyholder(self, i: int, folder: Path | None = None) -> None:
        home = str(folder or self.home(i))
        self.start_process(
            f"keyholder-{i}", "keyholder", "--folder", home, "run", "--poll", "0.3", "--wait", "5"
        )

    def _is_serving(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/ledger/checkpoint", trust_env=False).status_code in {200, 404}
        return False

    # Processes

    def run(self, *arguments: str, fails: bool = False, given: str = "") -> str:
        done = subprocess.run(
            [*SUNSEAL, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            input=given,
            timeout=PATIENCE,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start_process(self, name: str, *arguments: str) -> None:
        path = self.folder / f"{name}.log"
        with path.open("ab") as target:
            started = subprocess.Popen(
                [*SUNSEAL, *arguments], cwd=ROOT, env=self.environment, stdout=target, stderr=target
            )
        self.processes[name] = Process(started, path)

    def stop(self) -> None:
        for process in reversed(self.processes.values()):
            process.end()
        self.database.close()

    # The ledger

    def append(self, entries: Sequence[Entry]) -> list[int]:
        """Their indices, once they have them."""
        with self.database.session() as session:
            for entry in entries:
                log.append(session, entry, now=now())
            session.commit()
        wanted = [encode(entry) for entry in entries]
        found: dict[bytes, int] = {}

        def have_indices() -> bool:
            with self.database.session() as session:
                head = log.head(session)
                rows = session.connection().exec_driver_sql(
                    "SELECT leaf, index FROM ledger_entry WHERE index IS NOT NULL AND leaf = ANY(%s)",
                    (wanted,),
                )
                found.update({bytes(leaf): index for leaf, index in rows})
                return len(found) == len(set(wanted)) and head.published_size > max(found.values())

        eventually(have_indices, "the entries are published")
        return [found[leaf] for leaf in wanted]

    def view(self, ask: Callable[[LedgerView], Answer]) -> Answer:
        with self.database.session() as session, self.reader.reading(session) as view:
            return ask(view)

    def take_key(self, lot: str, part: str) -> str:
        """A key from the pool, waiting until there is one."""
        taken: list[str] = []

        def take() -> bool:
            with self.database.session() as session:
                try:
                    taken.append(keys.take_key(session, self.group, lot, part, now=now()).id)
                except PoolEmptyError:
                    return False
                session.commit()
                return True

        eventually(take, f"there is a key for {lot} {part}", 120)
        return taken[0]

    def platform_identity(self) -> age.X25519Identity:
        """What the platform opens releases with."""
        if self._identity is None:
            lock = Lock.of_passphrase_file(self.passphrase)
            secret = secret_file.read(self.folder / "var" / "opening.key.age", lock, kind="opening-key")
            self._identity = age.X25519Identity(secret.value)
        return self._identity

    def opening(self, closing: str, part: str) -> opening.Opening:
        return opening.Opening(self.reader, closing, part, self.platform_identity())


def decode_card(path: Path) -> dict[str, str]:
    card: dict[str, str] = json.loads(path.read_text())
    return card


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
