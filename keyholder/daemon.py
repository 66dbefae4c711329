"""A keyholder put together from its folder: made once, then run."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread

from crypto.randomness import RandomBytes
from crypto.secret_file import Secret
from crypto.signatures import SEED_SIZE, VerifyKey
from keyholder import secret_file, tables
from keyholder.ceremony import Ceremony
from keyholder.chain import AnchorReader
from keyholder.config import APPROVAL, Config
from keyholder.cosigning import Cosigning
from keyholder.draws import DrawShares
from keyholder.errors import ConfigError, MessageRefusedError, UnavailableError
from keyholder.folder import Folder
from keyholder.follow import Follower
from keyholder.handing import Handing
from keyholder.hearing import Hearing
from keyholder.http import Http, Reply
from keyholder.identity import KEY_KIND, Identity
from keyholder.knowledge import Knowledge
from keyholder.memory import Memory
from keyholder.platform import Channel
from keyholder.release import KeyShares, Releases
from keyholder.released import Released
from keyholder.rules import Terms
from keyholder.saying import Saying
from keyholder.secret_file import Lock
from keyholder.tree_memory import TreeMemory
from keyholder.witness.errors import PublishedError
from keyholder.witness.journal import Journal
from keyholder.witness.mark import Mark, Probe, no_probe
from keyholder.witness.published import Comparison
from keyholder.witness.service import Witness
from keyholder.witness.state import WitnessState
from keyholder.worker import Worker
from ledger.exchange import MAX_WAIT, WITNESS, WORK
from ledger.note import MAX_NOTE_SIZE


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two rounds without news, to another try, for which the platform is asked to wait, and after
    which what does not show in the ledger is handed in again."""

    poll: float = 2.0
    retry: float = 2.0
    wait: int = MAX_WAIT
    resend: float = 30.0


@dataclass(frozen=True, slots=True)
class Outside:
    """What a daemon has from outside: its clock, randomness, and who watches its steps."""

    clock: Callable[[], float] = time.time
    random: RandomBytes = secrets.token_bytes
    probe: Probe = no_probe
    pace: Pace = field(default_factory=Pace)


def make(
    folder: Folder, config: Config, identity: Identity, seed: bytes, lock: Lock, *, random: RandomBytes
) -> None:
    """A new keyholder's files. The key comes last: without it there is none, and what a crash left is deleted by hand.

    Raises ConfigError, StateError and SecretFileError.
    """
    if config.mark.is_relative_to(folder.path.absolute()):
        raise ConfigError("the mark lies outside the folder, or a copy of the folder would hold both")
    try:
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        config.mark.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"the folder {folder.path} cannot be made: {error.strerror}") from error
    for path in (folder.config, folder.key, folder.state, config.mark, config.releases_mark):
        if path.exists():
            raise ConfigError(f"{path} is there already: a keyholder is made once, in a folder of its own")
    for mark in (config.mark, config.releases_mark):
        Mark(mark, config.witness).create()
    tables.create(folder.state, config.witness.vkey)
    secret_file.write_new(folder.config, config.to_bytes())
    secret_file.make(folder.key, Secret(KEY_KIND, identity.name, seed), lock, random=random)
    secret_file.sync_folder(folder.path.absolute().parent)


def open_seed(folder: Folder, lock: Lock) -> Secret:
    """What the key file holds: the name and the seed. SecretFileError."""
    secret = secret_file.read(folder.key, lock, kind=KEY_KIND)
    if len(secret.value) != SEED_SIZE:
        raise secret_file.SecretFileError(f"{folder.key} holds no keyholder's seed")
    return secret


def open_identity(folder: Folder, config: Config, lock: Lock) -> Identity:
    """The keyholder's keys. SecretFileError; ConfigError if they are not those of the configured witness."""
    secret = open_seed(folder, lock)
    identity = Identity(secret.name, secret.value)
    if identity.cosigner.witness != config.witness:
        raise ConfigError(f"{folder.key} is not the key of {config.witness.vkey}")
    return identity


def terms(config: Config) -> Terms:
    """What the person who keeps the key set, as the rules take it."""
    return Terms(
        config.trust().quorum.threshold,
        config.min_bids,
        config.clock_limit,
        config.grace,
        config.mode == APPROVAL,
        config.chain is not None,
    )


def ledger_reader(config: Config, http: Http) -> Callable[[str, int], Reply]:
    """How the ledger is read. UnavailableError."""
    return lambda path, limit: http.get(config.ledger_url + path, limit=limit)


class Daemon:
    """A keyholder's memories, opened, and the two loops over them. StateError if a file is missing or damaged.

    `state`, `released`, `memory`, `tree` are its memories, for whoever shows them or decides.
    """

    def __init__(
        self, folder: Folder, config: Config, journal: Journal, outside: Outside | None = None
    ) -> None:
        self.config = config
        self.journal = journal
        self.outside = outside or Outside()
        probe = self.outside.probe
        self.origin = config.origin
        self.state = WitnessState(
            folder.state, Mark(config.mark, config.witness, probe=probe), config.witness, probe=probe
        )
        self.released = Released(
            folder.state, Mark(config.releases_mark, config.witness, probe=probe), self.origin, probe=probe
        )
        self.state_path = folder.state
        self.memory = Memory(folder.state)
        self.tree = TreeMemory(folder.state, probe=probe)
        self.hearing = Hearing(self.origin, config.approvers, self.memory, journal, self.outside.clock)
        self._stop = Event()
        self._has_failed = False
        self._https: list[Http] = []

    def follower(self, http: Http | None = None) -> Follower:
        """The ledger as it is remembered, and a way to read on."""
        http = http or self._http()
        supervisor = VerifyKey(bytes.fromhex(self.config.supervisor))
        get = ledger_reader(self.config, http)
        return Follower(self.tree, self.config.trust(), supervisor, get, self.outside.clock)

    def ceremony(self, identity: Identity, follower: Follower) -> Ceremony:
        """This keyholder's part in groups and runs."""
        return Ceremony(
            identity,
            follower.view,
            pool_limit=self.config.pool_limit,
            certify=self.memory.certify,
            random=self.outside.random,
        )

    def run(self, identity: Identity, ready: Callable[[], None]) -> bool:
        """Work until `end` is called; whether nothing failed that never should. `ready` is called when it works."""
        pace, clock, saying = self.outside.pace, self.outside.clock, Saying(self.journal)
        witness = Witness(
            self.state,
            {self.origin: self.config.trust().log},
            identity.cosigner,
            clock=lambda: int(clock()),
            journal=self.journal,
            uncompared=[self.origin],
        )
        follower = self.follower()
        work = self._worker(identity, follower, witness, saying)
        cosigning = Cosigning(
            self._channel(WITNESS, identity),
            witness,
            self.hearing,
            saying,
            read=lambda: follower.size,
            wait=pace.wait,
            retry=pace.retry,
        )
        comparison = Comparison(
            witness,
            {self.origin: (f"{self.config.ledger_url}checkpoint",)},
            self.journal,
            fetch=_fetch(self._http()),
        )
        loops = {"comparison": comparison.run, "cosigning": cosigning.run, "work": work.run}
        threads = [
            Thread(target=self._loop, args=(run,), name=name, daemon=True) for name, run in loops.items()
        ]
        for thread in threads:
            thread.start()
        ready()
        self._stop.wait()
        for thread in threads:
            thread.join(5.0)
        if not any(thread.is_alive() for thread in threads):
            self.close()
        return not self._has_failed

    def end(self) -> None:
        """From any thread: `run` comes to its end."""
        self._stop.set()
        self.hearing.wake.set()
        for http in self._https:
            http.end()

    def close(self) -> None:
        """Give the connections back."""
        while self._https:
            self._https.pop().close()

    def _loop(self, run: Callable[[Event], None]) -> None:
        """A loop that ends before its time takes the others with it: half a keyholder is none."""
        try:
            run(self._stop)
        finally:
            if not self._stop.is_set():
                self._has_failed = True
                self.journal.write("error", "a part of this keyholder failed; it ends")
                self.end()

    def _worker(self, identity: Identity, follower: Follower, witness: Witness, saying: Saying) -> Worker:
        ceremony = self.ceremony(identity, follower)
        shares = KeyShares(ceremony)
        random, set_terms, clock = self.outside.random, terms(self.config), self.outside.clock
        chain = self.config.chain
        reader = AnchorReader(chain, self.origin, self._http()) if chain else None
        knowledge = Knowledge(
            self.config,
            follower,
            witness,
            self.state,
            self.released,
            self.memory,
            self.hearing,
            reader,
            self.journal,
            saying,
            clock,
        )
        pace = self.outside.pace
        handing = Handing(
            self._channel(WORK, identity),
            self.memory,
            self.journal,
            lambda: follower.size,
            resend=pace.resend,
        )
        return Worker(
            follower,
            ceremony,
            shares,
            Releases(identity, ceremony, shares, self.released, set_terms, random=random),
            DrawShares(identity, ceremony, shares, self.released, set_terms, random=random),
            self.released,
            knowledge,
            handing,
            self.memory,
            self.hearing,
            self.journal,
            saying,
            clock,
            poll=pace.poll,
        )

    def _channel(self, name: str, identity: Identity) -> Channel:
        def refused(error: MessageRefusedError) -> None:
            self.journal.write("trouble", f"a message that was sent again: {error}")

        return Channel(
            name,
            self.config.exchange_url,
            self._http(),
            identity,
            self.origin,
            self.memory,
            self.outside.clock,
            self.hearing.hear,
            refused,
            probe=self.outside.probe,
        )

    def _http(self) -> Http:
        made = Http(self.config.ca)
        self._https.append(made)
        return made


def _fetch(http: Http) -> Callable[[str], bytes | None]:
    def fetch(url: str) -> bytes | None:
        try:
            reply = http.get(url, limit=MAX_NOTE_SIZE)
        except UnavailableError as error:
            raise PublishedError(str(error)) from error
        if reply.status in (404, 410):
            return None
        if reply.status != 200:
            raise PublishedError(f"{url} answers {reply.status}")
        return reply.body

    return fetch
