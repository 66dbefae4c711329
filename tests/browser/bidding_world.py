"""A platform for browsers: `sunseal serve` as a process, on the test's own database, with one tender to bid for.

The keys of the lot's parts are invented and known (`identity_of`), so a test can open what a browser sealed; all else
is real: the log with its sequencer and a witness, the issuer's key, the accounts, the uploads.
"""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from secrets import token_bytes
from types import MappingProxyType

import httpx
from click.testing import CliRunner
from playwright.sync_api import Page

from app.cli.intake import intake
from app.login import accounts
from bidding.package.sheet import LotSheet
from bidding.tenders import drafting, publication, reading
from bidding.tenders.draft import Draft, PartDraft
from bidding.timetable import Timetable
from crypto import age
from ledger.loop import run_until
from ledger.policy_file import PolicyFile
from ledger.proof import Policy
from parties import organisations
from parties.roles import Role
from storage.database import Database
from tests.environment import ROOT
from tests.faults.ledger.recording_witness import LOG, RecordingWitness
from tests.faults.submission.web_process import CuttingLine, free_port
from tests.integration.app.world import SECRET, Clock, make_app
from tests.integration.tenders.office import KEEPING, LOT, Office
from tests.log import Log

PASSWORD = "correct horse battery staple"
EMAIL = "bidder@example.com"
BIDDER = ("海南建设工程有限公司", "91110000600037341L")

_LOG_IN = """async ([email, password]) => {
    const { csrf_token } = await (await fetch("/api/login")).json();
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
    const answer = await fetch("/api/login/password", { method: "POST", headers, body: JSON.stringify({ email, password }) });
    if (!answer.ok) throw new Error(await answer.text());
}"""


class Line(CuttingLine):
    """A line that is cut, whatever connection is on it, each time so many bytes in all have gone over it."""

    def __init__(self, target: int, cut_at: Sequence[int]) -> None:
        self._left, self._total, self._counting = sorted(cut_at), 0, threading.Lock()
        super().__init__(target, 0, 1, 1)

    def _pump(self, source: socket.socket, target: socket.socket, budget: list[int]) -> None:
        with suppress(OSError):
            while content := source.recv(1 << 18):
                with self._counting:
                    self._total += len(content)
                    if self._left and self._total >= self._left[0]:
                        del self._left[0]
                        self.cuts += 1
                        break
                target.sendall(content)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@dataclass
class BiddingWorld:
    """`base` is where the pages are. Bids go to another origin, over `line`, which is cut if it is told to be."""

    office: Office
    policy_text: str
    base: str
    line: Line
    tender: str = ""

    @property
    def policy(self) -> Policy:
        return PolicyFile.parse(self.policy_text).policy()

    @property
    def lot_page(self) -> str:
        return f"{self.base}/notices/{self.tender}/lots/1/bid?lang=en"

    def sheet(self) -> LotSheet:
        with self.office.database.session() as session:
            return reading.sheet(session, reading.get_published(session, self.tender), "1")

    def publish(self, parts: Sequence[PartDraft]) -> None:
        """A tender under the rules of a course, a day of which is a minute: its deadline is 40 minutes away."""
        now = datetime.now(UTC)
        begin = now.replace(microsecond=0) + timedelta(seconds=1)
        timetable = Timetable(
            documents_from=begin,
            documents_to=begin + timedelta(minutes=6),
            deadline=begin + timedelta(minutes=40),
            opening=begin + timedelta(minutes=40),
            validity_days=90,
        )
        lot = replace(LOT, parts=tuple(parts))
        draft = Draft(title="滨海大道改造工程", profile="course", lots=(lot,), timetable=timetable)
        with self.office.database.session() as session:
            tender = drafting.begin(session, self.office.tenderee, draft, now=now, random=token_bytes)
            publication.publish(session, tender.id, KEEPING, now=now)
            session.commit()
            self.tender = tender.id

    def add_bidder(self) -> None:
        """Somebody who manages a verified bidder, and logs in with a password."""
        now, database = datetime.now(UTC), self.office.database
        app = make_app(database, self.office.folder, Clock())
        with app.app_context(), database.session() as session:
            hashed = accounts.checked_password(PASSWORD)
            account = accounts.open_account(
                session, EMAIL, "李四", hashed, confirmed=True, now=now, random=token_bytes
            )
            name, code = BIDDER
            organisations.establish(
                session, code, name, Role.BIDDER, account.person, now=now, random=token_bytes
            )
            session.commit()

    def log_in(self, page: Page) -> None:
        """By the API; the browser keeps the cookie."""
        page.goto(f"{self.base}/notices?lang=en")
        page.evaluate(_LOG_IN, [EMAIL, PASSWORD])


@contextmanager
def bidding_world(
    database: Database,
    url: str,
    folder: Path,
    *,
    cut_at: Sequence[int] = (),
    more: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[BiddingWorld]:
    """The platform, running, with `more` in its environment. The line for bids is cut each time that so many bytes, in
    all, have gone over it."""
    office = Office(database, folder)
    office.fill(8, seed=_SEED)
    witness = RecordingWitness(folder / "witness")
    book = Log(database, office.log.files, (witness,), 1)
    (key,) = LOG.keys
    policy = f"log {key.vkey}\nwitness w {witness.vkey.vkey}\nquorum w\n"
    (folder / "policy").write_text(policy)
    (folder / "passphrase").write_text("secret\n")
    (folder / "passphrase").chmod(0o600)
    (folder / "secret").write_bytes(SECRET)
    port = free_port()
    line = Line(port, cut_at)
    environment = {
        "DATABASE_URL": url,
        "SUNSEAL_VAR": str(folder / "var"),
        "SUNSEAL_BLOBS": str(folder / "blobs"),
        "SUNSEAL_PUBLIC": str(folder / "public"),
        "SUNSEAL_POLICY": str(folder / "policy"),
        "SUNSEAL_WEB_SECRET": str(folder / "secret"),
        "SUNSEAL_TOKEN_PASSPHRASE_FILE": str(folder / "passphrase"),
        "SUNSEAL_SUBMISSION_URL": line.base,
        **more,
    }
    made = CliRunner().invoke(intake, ["token-key"], env=environment)
    assert made.exit_code == 0, made.output
    with _sequencing(book, database), _serving(environment, port) as base:
        try:
            yield BiddingWorld(office, policy, base, line)
        finally:
            line.close()


_SEED = 7


def identity_of(recipient: str) -> age.X25519Identity:
    """The secret behind a key of the pool, which no real lot has in one place."""
    for seed in (1, _SEED):
        random = Random(seed)
        for _ in range(8):
            identity = age.X25519Identity(random.randbytes(32))
            random.randbytes(32)
            if str(identity.recipient) == recipient:
                return identity
    raise LookupError("not a key of the pool")


@contextmanager
def _sequencing(book: Log, database: Database) -> Iterator[None]:
    stopped = threading.Event()
    arguments = {"clock": lambda: datetime.now(UTC), "random": token_bytes}
    thread = threading.Thread(target=run_until, args=(stopped, book.sequencer(), database), kwargs=arguments)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


@contextmanager
def _serving(environment: dict[str, str], port: int) -> Iterator[str]:
    program = [sys.executable, "-c", "from app.cli.main import main; main()", "serve"]
    server = subprocess.Popen([*program, "--listen", f"127.0.0.1:{port}"], cwd=ROOT, env=environment)
    base, end = f"http://localhost:{port}", time.monotonic() + 60
    try:
        while True:
            with suppress(httpx.TransportError):
                httpx.get(f"http://127.0.0.1:{port}/notices")
                break
            assert server.poll() is None, "sunseal serve ended by itself"
            assert time.monotonic() < end, "sunseal serve does not answer"
            time.sleep(0.1)
        yield base
    finally:
        server.terminate()
        server.wait()
