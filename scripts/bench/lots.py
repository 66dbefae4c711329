"""Openings whole: from the releases being there to every bid's result on its way to the ledger.

A lot with 50 bids of 20 MB, and 1,000 lots of 5 bids of 100 kB that closed in the same minute, by one worker with real
PostgreSQL and keyholders in this process. Beside it stands the bare cost of decryption: the payloads of the same files,
to nowhere, with what cannot be saved before it: the shares of two members verified and combined, read from the ledger.
"""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bidding.opening.one_bid import header_of
from crypto import age
from crypto.age.streams import Target
from custody.opening import Opening
from ledger import log
from ledger.entries import Entry
from scripts.bench.measure import Result, cost, seconds
from storage import migrate
from storage.database import Database
from storage.private_server import PrivateServer
from tests.environment import roomy_place
from tests.log import NOW
from tests.opening import LotStory, OpeningWorld
from tests.story import PLATFORM_AGE, Story

KB, MB = 1000, 1_000_000


@dataclass(frozen=True)
class Document:
    """A document that is made as it is read."""

    name: str
    size: int

    def pieces(self) -> Iterator[bytes]:
        left = self.size
        while left:
            piece = min(left, 1 << 20)
            yield bytes(piece)
            left -= piece


class BulkWorld(OpeningWorld):
    """Tells many entries at once: their indices are known, for nobody else writes."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.held: list[Entry] = []
        super().__init__(database, folder)

    def say(self, entry: Entry) -> int:
        self.held.append(entry)
        return Story.say(self, entry)

    def flush(self) -> None:
        """All that was said is on the ledger and published."""
        held, self.held = self.held, []
        for at in range(0, len(held), 500):
            with self.database.session() as session:
                for entry in held[at : at + 500]:
                    log.append(session, entry, now=NOW)
                session.commit()
            while self._sequencer.run():
                pass


class Nowhere:
    """A target that keeps nothing."""

    def write(self, data: memoryview, /) -> int:
        return len(data)


def run() -> Iterator[Result]:
    for name, lots, bids, size in (("large", 1, 50, 20 * MB), ("many", 1000, 5, 100 * KB)):
        with tempfile.TemporaryDirectory(prefix="sunseal-bench-", dir=roomy_place()) as data:
            Path(data).chmod(0o755)
            server = PrivateServer(Path(data) / "postgres")
            url = server.start()
            try:
                migrate.upgrade(url)
                database = Database(url)
                took, bare = _measured(database, Path(data), lots, bids, size)
                database.close()
            finally:
                server.stop()
        unit = f"s for {lots} lots of {bids} bids of {size // KB:,} kB"
        yield cost(f"lots.{name}", took, unit, f"bare decryption ({bare / took:.0%})", bare)


def _measured(database: Database, folder: Path, count: int, bids: int, size: int) -> tuple[float, float]:
    """Seconds of the job, and of the bare decryption."""
    world = BulkWorld(database, folder)
    world.found()
    lots = [world.lot(f"lot-{number}") for number in range(count)]
    for lot in lots:
        for number in range(bids):
            lot.bid(number % 60, documents=[Document("documents/plan.bin", size)])
            lot.bids[-1].files.clear()
    for lot in lots:
        lot.close()
    world.flush()
    for lot in lots:
        for member in (1, 2):
            keyholder = world.keyholders[member - 1]
            release = keyholder.release(world.view, lot.closing, "price")
            world.take(keyholder, keyholder.message(releases=[release]))
    world.sync()
    job = world.job()

    def opens() -> None:
        while job.run():
            world.clock.goes_on(seconds=2)

    took = seconds(opens)
    if any(lot.states() != ["opened"] * bids for lot in lots):
        raise RuntimeError("not all bids opened")
    bare = sum(seconds(partial(_bare, world, lot)) for lot in lots)
    world.close_world()
    return took, bare


def _bare(world: BulkWorld, lot: LotStory) -> None:
    opening = Opening(world.reader, lot.closing, "price", PLATFORM_AGE)
    with world.database.session() as session:
        opening.refresh(session, everyone=False)
    for bid in lot.bids:
        file = bid.fact.parts[0]
        header = header_of(world.blobs, file)
        key = opening.file_key(bid.index, header)
        source = io.BytesIO(b"".join(world.blobs.stream(bytes.fromhex(file.sha256))))
        source.seek(len(header))
        target: Target = Nowhere()
        age.open_payload_to(key, source, target)
