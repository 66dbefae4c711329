"""Keyholders, a lot, bids and a closing on a fake platform: `World` has what the tests of daemons are made of."""

import base64
import io
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from crypto import age
from crypto.age import X25519Identity
from crypto.age.x25519 import X25519Recipient, ephemeral_share
from crypto.curve import Point
from crypto.dkg import PublicKeys
from crypto.signatures import SigningKey
from crypto.threshold import recipient_of
from keyholder import daemon as daemons
from keyholder.config import Config
from keyholder.daemon import Daemon, Outside, Pace
from keyholder.folder import Folder
from keyholder.identity import Identity
from keyholder.secret_file import Lock
from keyholder.witness.journal import Journal
from keyholder.witness.mark import Probe, no_probe
from ledger import entries
from ledger.entries import LotPart, SealedPart
from ledger.entries.signed import UNSIGNED
from ledger.sealed import seal
from ledger.view import KeyRun, LedgerView, Release
from ledger.view.lots import point_of
from tests.integration.keyholder.fake_platform import ORIGIN, SUPERVISOR, FakePlatform

PLATFORM_KEY = X25519Identity(b"p" * 32)
COMMITTEE_KEY = X25519Identity(b"c" * 32)
LOCK = Lock((PLATFORM_KEY.recipient.wrap,), (PLATFORM_KEY.unwrap,))
PACE = Pace(poll=0.05, retry=0.05, wait=2, resend=0.5)
PRICE = LotPart("price", public=True, after="", caller="", knowledge=False)


@dataclass
class Running:
    """One keyholder's folder, and its daemon while it runs."""

    identity: Identity
    folder: Folder
    config: Config
    said: io.StringIO = field(default_factory=io.StringIO)
    daemon: Daemon | None = None
    thread: threading.Thread | None = None

    def start(
        self,
        *,
        clock: Callable[[], float] = time.time,
        probe: Probe = no_probe,
        pace: Pace = PACE,
    ) -> Daemon:
        journal = Journal(self.said, self.folder.journal, lambda: int(time.time()))
        outside = Outside(clock=clock, probe=probe, pace=pace)
        self.daemon = Daemon(self.folder, Config.read(self.folder.config), journal, outside)
        ready = threading.Event()
        self.thread = threading.Thread(target=self.daemon.run, args=(self.identity, ready.set), daemon=True)
        self.thread.start()
        assert ready.wait(10)
        return self.daemon

    def stop(self) -> None:
        if self.daemon is not None and self.thread is not None:
            self.daemon.end()
            self.thread.join(10)
            assert not self.thread.is_alive()
        self.daemon = self.thread = None

    def reconfigure(self, **changes: object) -> None:
        self.config = replace(self.config, **changes)  # type: ignore[arg-type]
        self.folder.config.write_bytes(self.config.to_bytes())

    def opened(self) -> Daemon:
        """Its memories, whether it runs or not."""
        return Daemon(self.folder, self.config, Journal(io.StringIO(), None, lambda: 0))


class World:
    """A fake platform, `n` keyholders, and the ledger's own view of it all."""

    def __init__(self, path: Path, n: int = 1) -> None:
        self.platform = FakePlatform()
        self.random = Random(7)
        self.keyholders = [self._made(path / f"k{number}", number) for number in range(1, n + 1)]

    def close(self) -> None:
        for keyholder in self.keyholders:
            keyholder.stop()
        self.platform.close()

    def view(self) -> LedgerView:
        """What a reader of the whole ledger sees."""

        def sealed_at(place: int) -> bytes | None:
            entry = entries.decode(self.platform.leaves[place])
            return bytes.fromhex(entry.commitment) if isinstance(entry, entries.Sealed) else None

        view = LedgerView(ORIGIN, SUPERVISOR.verify_key, sealed_at)
        for place, leaf in enumerate(list(self.platform.leaves)):
            view.apply(place, leaf)
        return view

    def until(self, holds: Callable[[LedgerView], object], within: float = 10.0) -> LedgerView:
        """Wait for the ledger."""
        end = time.monotonic() + within
        while True:
            view = self.view()
            if holds(view):
                return view
            assert time.monotonic() < end, [
                keyholder.said.getvalue()[-2000:] for keyholder in self.keyholders
            ]
            time.sleep(0.02)

    def eventually(self, holds: Callable[[], object], within: float = 10.0) -> None:
        """Wait for anything else."""
        end = time.monotonic() + within
        while not holds():
            assert time.monotonic() < end, [
                keyholder.said.getvalue()[-2000:] for keyholder in self.keyholders
            ]
            time.sleep(0.02)

    def propose(self, threshold: int = 1, members: Sequence[Identity] | None = None) -> str:
        """A group of these (all keyholders), on the ledger."""
        chosen = members or [keyholder.identity for keyholder in self.keyholders]
        cards = [identity.card() for identity in chosen]
        proposal = entries.GroupProposed(
            ORIGIN,
            "group",
            threshold,
            tuple(
                entries.GroupMember(card.name, card.static_key, card.signing_key, card.witness)
                for card in cards
            ),
            str(COMMITTEE_KEY.recipient),
            SUPERVISOR.verify_key.raw.hex(),
            UNSIGNED,
        ).signed_by(SUPERVISOR)
        return self.platform.add(proposal)[0]

    def group(self, threshold: int = 1) -> str:
        """A complete group of all keyholders, who run."""
        group = self.propose(threshold)
        for keyholder in self.keyholders:
            keyholder.opened().memory.approve(group, "", 0)
        self.until(lambda view: view.groups.get(group).is_complete)
        return group

    def key(self, group: str) -> str:
        """A key of that group."""
        (run,) = self.platform.add(entries.KeyRunOpened(group, self.random.randbytes(32).hex()))
        self.until(lambda view: not view.keys.get(run).is_open)
        return run

    def lot(
        self,
        group: str,
        lot: str = "lot-1",
        *,
        deadline: int | None = None,
        parts: Sequence[LotPart] = (PRICE,),
        min_bids: int = 3,
    ) -> dict[str, str]:
        """A lot with a key for each part; the deadline is now, unless one is named."""
        keys = {part.name: self.key(group) for part in parts}
        published = entries.LotPublished(
            lot,
            "tender-1",
            group,
            int(time.time()) if deadline is None else deadline,
            min_bids,
            str(PLATFORM_KEY.recipient),
            tuple(parts),
        )
        bound = [entries.KeyBound(key, lot, part) for part, key in keys.items()]
        self.platform.add(published, *bound)
        return keys

    def bid(self, lot: str = "lot-1", *, run: str = "", parts: dict[str, SealedPart] | None = None) -> "Bid":
        """A bid sealed to the key of the run, appended under seal and not revealed."""
        signing = SigningKey(self.random.randbytes(32))
        if parts is None:
            recipient = recipient_of(_public(self.view().keys.get(run)))
            parts = {"price": sealed_part("price", recipient, self.random)}
        body = entries.encode(
            entries.BidSubmitted(
                ORIGIN, lot, signing.verify_key.raw.hex(), 1, tuple(parts.values()), UNSIGNED
            ).signed_by(signing)
        )
        return self.seal(body, signing)

    def seal(self, body: bytes, signing: SigningKey) -> "Bid":
        salt = self.random.randbytes(32)
        return Bid(self.platform.append(entries.Sealed(seal(body, salt).hex())), salt, body, signing)

    def reveal(self, *bids: "Bid") -> None:
        for bid in bids:
            self.platform.append(entries.Revealed.of(bid.place, bid.salt, bid.body))

    def closing(self, bids: Sequence["Bid"], lot: str = "lot-1", *, deadline: int | None = None) -> str:
        """Reveal and close at the deadline that stands."""
        self.reveal(*bids)
        standing = self.view().lots.get(lot).deadline if deadline is None else deadline
        return self.platform.add(entries.LotClosed(lot, standing, tuple(bid.place for bid in bids)))[0]

    def opened_releases(self) -> list[Release]:
        """What the platform can read of the releases that it got."""
        return [open_release(release.sealed, PLATFORM_KEY) for release in self.platform.releases]

    def refused(self, rule: str, at: int = 0) -> bool:
        """Whether that keyholder has refused something by that rule."""
        return any(refusal.rule == rule for refusal in self.keyholders[at].opened().memory.refusals())

    def made_anew(self, lost: Running) -> Running:
        """The first keyholder on an empty machine."""
        self.keyholders[0] = self._made(lost.folder.path, 1)
        return self.keyholders[0]

    def _made(self, path: Path, number: int) -> Running:
        seed = bytes([number]) * 32
        identity = Identity(f"keyholder.example/{number}", seed)
        folder = Folder(path)
        config = Config(
            identity.cosigner.witness,
            self.platform.url,
            self.platform.policy,
            SUPERVISOR.verify_key.raw.hex(),
            folder.default_mark.absolute(),
        )
        daemons.make(folder, config, identity, seed, LOCK, random=self.random.randbytes)
        return Running(identity, folder, config)


@dataclass(frozen=True)
class Bid:
    """A sealed entry at `place`, and what it takes to reveal it."""

    place: int
    salt: bytes
    body: bytes
    signing: SigningKey


def sealed_part(name: str, recipient: X25519Recipient, random: Random, knowledge: str = "") -> SealedPart:
    """How a sealed file stands in a bid; nobody here needs the file itself."""
    stanza = recipient.wrap(random.randbytes(16), random.randbytes)
    some = random.randbytes(32).hex()
    return SealedPart(name, some, 100, some, ephemeral_share(stanza).hex(), knowledge)


def open_release(sealed: str, key: X25519Identity) -> Release:
    """A release as its recipient reads it."""
    target = io.BytesIO()
    age.decrypt(io.BytesIO(base64.b64decode(sealed)), target, [key.unwrap])
    return Release.parse(target.getvalue())


def points_of(view: LedgerView, lot: str, part: str = "price") -> dict[int, Point]:
    """The points of a lot's bids."""
    found = {}
    for place, submission in view.lots.get(lot).submissions.items():
        file = submission.part(part)
        if file is not None:
            found[place] = point_of(file.share)
    return found


def _public(run: KeyRun) -> PublicKeys:
    assert run.public is not None
    return run.public
