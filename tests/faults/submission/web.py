"""A web process that takes bids: `python -m tests.faults.submission.web URL FOLDER PORT STEP`.

With a STEP such as "during commit" it kills itself with SIGKILL there, once: the file FOLDER/killed remembers it.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import waitress

from app.api.arrival import note_arrivals
from app.api.submission_app import alone, make_app
from app.api.submission_setting import SubmissionSetting
from bidding.submission import acceptance
from bidding.uploads import rows
from bidding.uploads.receiving import Receiver
from ledger import log
from ledger.cosignature import Quorum
from ledger.opening import identity
from ledger.proof import Policy
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from storage.public_files import FolderFiles
from tests.intake import TERMS

STEPS: dict[str, tuple[Any, str, bool]] = {
    "before piece is put": (rows, "announce", False),
    "after piece is put": (rows, "advance", True),
    "before join": (rows, "join", True),
    "before finish": (rows, "finish", True),
    "after finish": (Receiver, "_drop", True),
    "before final": (acceptance, "submit", True),
    "before commit": (acceptance, "submit", False),
    "after commit": (log, "killed", True),
}
"""The function, and whether the process dies before it (or after it)."""


def main(url: str, folder: str, port: str, step: str) -> None:
    database, place = Database(url), Path(folder)
    with database.session() as session:
        policy = Policy(identity(log.head(session)), Quorum(0, ()))
    blobs = BlobStore(FolderBackend(place / "blobs"))
    setting = SubmissionSetting(
        database, blobs, FolderFiles(place / "public"), policy, TERMS, receipt_seconds=10
    )
    app = make_app(setting)
    if step != "none":
        _die(step, place / "killed", app.receipts)
    server = waitress.create_server(
        alone(app.wsgi),
        host="127.0.0.1",
        port=int(port),
        threads=16,
        ident=None,
        max_request_body_size=1 << 26,
    )
    note_arrivals(server)
    server.run()


def _die(step: str, mark: Path, receipts: object) -> None:
    owner, name, before = STEPS[step]
    if step == "after commit":
        owner, name = type(receipts), "wait"
    original: Callable[..., Any] = getattr(owner, name)

    def dying(*args: Any, **named: Any) -> Any:
        if mark.exists():
            return original(*args, **named)
        if not before:
            original(*args, **named)
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    setattr(owner, name, dying)


if __name__ == "__main__":
    main(*sys.argv[1:5])
