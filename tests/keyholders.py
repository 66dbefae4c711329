"""Keyholders in the test's own process, and a story that is told to a database: for tests of the platform's side.

    world = World(database, folder)            # a log, n registered keyholders, not yet a group
    world.found()                              # their group, complete
    world.keyholders[0].message(entries=...)   # signed bytes, each with a higher sequence

What they say is honest unless a test changes it.
"""

import base64
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from crypto import age
from crypto.threshold import ShareBatch, make_shares, vrf
from custody import inbox, registry
from custody.models import ChannelRow
from custody.reader import Reader
from ledger import log
from ledger.entries import DrawShare, Entry, Sealed, SharesReleased, decode, encode
from ledger.entries.signed import UNSIGNED
from ledger.exchange import CosignatureAnswer, Message, Report, SealedRelease
from ledger.models import EntryRow
from ledger.view import LedgerView, Release, Verdict, judge, share_context
from storage.database import Database
from tests.log import NOW, make_log
from tests.story import ORIGIN, PLATFORM_AGE, SUPERVISOR, SUPERVISOR_AGE, Party, Story


@dataclass
class SimulatedKeyholder:
    """A keyholder's keys, and the sequences of its channels."""

    party: Party
    story: Story
    sequences: dict[str, int] = field(default_factory=lambda: {"witness": 0, "work": 0})

    @property
    def key(self) -> str:
        return self.party.signing.verify_key.raw.hex()

    def message(
        self,
        *,
        entries: Sequence[Entry] = (),
        releases: Sequence[SealedRelease] = (),
        reports: Sequence[Report] = (),
        answers: Sequence[CosignatureAnswer] = (),
        channel: str = "work",
        known: int = 0,
        wait: int = 0,
        origin: str = ORIGIN,
        sequence: int | None = None,
        sent: int | None = None,
    ) -> bytes:
        """The next message on the channel."""
        if sequence is None:
            self.sequences[channel] += 1
            sequence = self.sequences[channel]
        return (
            Message(
                origin,
                self.key,
                channel,
                sequence,
                int(NOW.timestamp()) if sent is None else sent,
                known,
                wait,
                tuple(answers),
                tuple(encode(entry).decode() for entry in entries),
                tuple(releases),
                tuple(reports),
            )
            .signed_by(self.party.signing)
            .to_bytes()
        )

    def answers_to(self, view: LedgerView) -> list[Entry]:
        """What an honest keyholder says to all that stands open: acceptances, and both rounds of every run."""
        said: list[Entry] = []
        for group in view.groups:
            number = group.number_of(self.party.signing.verify_key)
            if number is not None and number not in group.accepted:
                said.append(
                    replace(self.story.acceptance(self.party), group=group.id).signed_by(self.party.signing)
                )
        for run in view.keys:
            if not run.is_open:
                continue
            if self.party.number not in run.dealt:
                said.append(self.story.dealing(run.id, self.party))
            elif len(run.dealt) == run.session.participants and self.party.number not in run.certified:
                said.append(self.story.certificate(run.id, self.party))
        return said

    def release(
        self,
        view: LedgerView,
        closing: str,
        part: str,
        *,
        bids: Sequence[int] | None = None,
        wrong: bool = False,
        one_batch: bool = False,
        recipients: Sequence[age.X25519Recipient] = (PLATFORM_AGE.recipient, SUPERVISOR_AGE.recipient),
    ) -> SealedRelease:
        """Shares of the admitted bids, or of `bids` among them, under seal. `wrong` ones are made for another lot."""
        verdict = judge(view, closing, part)
        batches = self.batches(verdict, bids, wrong=wrong, one_batch=one_batch)
        release = Release(closing, part, self.party.number, batches)
        entry = SharesReleased(ORIGIN, closing, part, self.party.number, release.hash, UNSIGNED)
        return self.sealed(entry.signed_by(self.party.signing), release.to_bytes(), recipients)

    def batches(
        self,
        verdict: Verdict,
        bids: Sequence[int] | None = None,
        *,
        wrong: bool = False,
        one_batch: bool = False,
    ) -> tuple[tuple[tuple[int, ...], ShareBatch], ...]:
        key = self.story.share_of(verdict.run.id, self.party)
        lot = "another lot" if wrong else verdict.lot.id
        context = share_context(ORIGIN, verdict.closing.id, lot, verdict.part.name)
        chosen = [bid for bid in verdict.admitted if bids is None or bid.index in bids]
        if verdict.part.public and not one_batch:
            return tuple(
                ((bid.index,), make_shares(key, [bid.point], context, self.story.random)) for bid in chosen
            )
        batch = make_shares(key, [bid.point for bid in chosen], context, self.story.random)
        return ((tuple(bid.index for bid in chosen), batch),)

    def sealed(
        self, entry: SharesReleased, content: bytes, recipients: Sequence[age.X25519Recipient]
    ) -> SealedRelease:
        target = io.BytesIO()
        wraps = [recipient.wrap for recipient in recipients]
        age.encrypt(io.BytesIO(content), target, wraps, random=self.story.random)
        return SealedRelease(encode(entry).decode(), base64.b64encode(target.getvalue()).decode())

    def draw_share(self, view: LedgerView, draw: str) -> DrawShare:
        found = view.draws.get(draw)
        key = self.story.share_of(found.run.id, self.party)
        batch = vrf.make_share(key, found.leaf, self.story.random)
        return DrawShare(ORIGIN, draw, self.party.number, batch.encode().hex(), UNSIGNED).signed_by(
            self.party.signing
        )


class World(Story):
    """A story whose entries go into a database's log, with everybody's keyholder registered on the platform.

    `view` is what the entries say to the story; `reader` is the platform's own.
    """

    def __init__(self, database: Database, folder: Path, n: int = 3, t: int = 2) -> None:
        self.database = database
        self.log = make_log(database, folder)
        self.reader = Reader(SUPERVISOR.verify_key)
        self._sequencer = self.log.sequencer()
        super().__init__(n, t)
        self.keyholders = [SimulatedKeyholder(party, self) for party in self.parties]
        self.sync()
        with database.session() as session:
            for party in self.parties:
                registry.register(session, party.member, now=NOW)
            session.commit()

    def say(self, entry: Entry) -> int:
        with self.database.session() as session:
            entry_id = log.append(session, entry, now=NOW)
            session.commit()
        self.sync()
        with self.database.session() as session:
            index = session.execute(select(EntryRow.index).where(EntryRow.id == entry_id)).scalar_one()
        assert index is not None
        return index

    def sync(self) -> LedgerView:
        """Everything committed has its index and is published, and the story's view has it."""
        while self._sequencer.run():
            pass
        with self.database.session() as session:
            query = select(EntryRow.index, EntryRow.leaf).where(EntryRow.index >= len(self.leaves))
            for index, leaf in session.execute(query.order_by(EntryRow.index)):
                assert index == len(self.leaves)
                self.leaves.append(leaf)
                entry = decode(leaf)
                if isinstance(entry, Sealed):
                    self.commitments[index] = bytes.fromhex(entry.commitment)
                self.view.apply(index, leaf)
        return self.view

    def take(self, sender: SimulatedKeyholder, data: bytes, *, now: datetime = NOW) -> ChannelRow:
        """The platform takes a message, without the answer."""
        message = Message.parse(data)
        with self.database.session() as session:
            keyholder = registry.by_key(session, sender.key)
            assert keyholder is not None
            digest = hashlib.sha256(data).digest()
            channel = inbox.take(session, self.reader, keyholder, message, digest, now=now)
            session.commit()
        return channel

    def converse(self, *, without: Sequence[int] = (), rounds: int = 3, now: datetime = NOW) -> None:
        """Every keyholder but those answers what stands open, a few times over."""
        for _ in range(rounds):
            for keyholder in self.keyholders:
                if keyholder.party.number not in without:
                    entries = keyholder.answers_to(self.view)
                    if entries:
                        self.take(keyholder, keyholder.message(entries=entries), now=now)
            self.sync()

    def close_world(self) -> None:
        self._sequencer.close()
