"""A log on the test's own database, for tests that need one: `make_log(database, tmp_path)`."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from crypto.signatures import SigningKey
from ledger import log
from ledger.cosignature import Quorum
from ledger.entries import Sealed
from ledger.opening import identity, open_log
from ledger.ports import Witness
from ledger.proof import Policy
from ledger.sequencer import Probe, Sequencer, Setting
from storage.database import Database
from storage.public_files import FolderFiles

ORIGIN = "ledger.sunseal.example"
KEY = SigningKey(b"\x11" * 32)
NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Log:
    database: Database
    files: FolderFiles
    witnesses: Sequence[Witness]
    threshold: int

    def sequencer(self, probe: Probe | None = None, key: SigningKey = KEY) -> Sequencer:
        setting = Setting(self.database, self.files, key, self.witnesses, self.threshold, lambda: NOW)
        return Sequencer(replace(setting, probe=probe) if probe else setting)

    def run(self, key: SigningKey = KEY) -> None:
        """Sequences until everything is published; the lock of a process that was killed goes a moment later."""
        sequencer, end = self.sequencer(key=key), time.monotonic() + 20
        while sequencer.run() or not self._is_published():
            assert time.monotonic() < end, "not everything is published"
        sequencer.close()

    def _is_published(self) -> bool:
        with self.database.session() as session:
            row = log.head(session)
            return row.published_size == row.size and not log.pending(session)

    def policy(self) -> Policy:
        with self.database.session() as session:
            quorum = Quorum(self.threshold, tuple(witness.vkey for witness in self.witnesses))
            return Policy(identity(log.head(session)), quorum)

    def append(self, count: int, seed: int = 0) -> list[int]:
        """The ids of `count` new sealed entries, committed together."""
        random = Random(seed)
        with self.database.session() as session:
            ids = [log.append(session, sealed_entry(random), now=NOW) for _ in range(count)]
            session.commit()
        return ids


def sealed_entry(random: Random) -> Sealed:
    return Sealed(random.randbytes(32).hex())


def make_log(database: Database, folder: Path, witnesses: Sequence[Witness] = (), threshold: int = 0) -> Log:
    """A log that was just opened: its first entry is pending."""
    with database.session() as session:
        open_log(session, ORIGIN, KEY, now=NOW, random=Random(0).randbytes)
        session.commit()
    return Log(database, FolderFiles(folder), witnesses, threshold)
