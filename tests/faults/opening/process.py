"""The opening's job in a process of its own, for tests that kill it.

    python -m tests.faults.opening.process DATABASE FOLDER SECONDS STEP COUNT

FOLDER holds the blobs, and each lot's sheet under its name. The clock stands SECONDS after the tests' own time. With a
STEP such as "bid" it kills itself with SIGKILL when it comes there for the COUNTth time; with "none" it runs once.
"""

import os
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from bidding.opening.job import OpeningJob
from bidding.opening.setting import Setting
from bidding.package.sheet import LotSheet
from custody.reader import Reader
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from tests.log import NOW
from tests.opening import STORAGE, parties_at
from tests.story import PLATFORM_AGE, SUPERVISOR


def main(database_url: str, folder: str, seconds: str, step: str, count: str) -> None:
    left = int(count)

    def probe(at: str) -> None:
        nonlocal left
        left -= at == step
        if at == step and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def sheet_of(_: Session, lot: str, /) -> LotSheet:
        return LotSheet.parse((Path(folder) / f"{lot}.sheet").read_bytes())

    def opened(_: Session, lot: str, /, *, now: datetime) -> None:
        del lot, now

    job = OpeningJob(
        Setting(
            database=Database(database_url),
            blobs=BlobStore(FolderBackend(Path(folder) / "blobs")),
            reader=Reader(SUPERVISOR.verify_key),
            opening_key=PLATFORM_AGE,
            storage_key=STORAGE,
            parties=parties_at,
            clock=lambda: NOW + timedelta(seconds=float(seconds)),
            sheets=sheet_of,
            opened=opened,
            probe=probe,
        )
    )
    job.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
