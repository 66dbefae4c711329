"""A sender or an indexer in a process of its own, for tests that kill it.

    python -m tests.faults.chain.process sender|indexer DATABASE NODE FOLDER NAME STEP COUNT [PATIENCE]

FOLDER is the development chain's, with its keys and the contracts' addresses. With a STEP such as "during send" it kills
itself with SIGKILL when it comes there for the COUNTth time; with "none" it runs until it is killed.
"""

import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from devchain.folder import Folder
from guarantees.chain.deployment import Deployment
from guarantees.chain.errors import ChainError
from guarantees.chain.gateway import Gateway
from guarantees.chain.indexer import Indexer
from guarantees.chain.keystore import KeystoreSigner
from guarantees.chain.loop import Job
from guarantees.chain.node import Node
from guarantees.chain.sender import Sender
from guarantees.chain.sender_setting import Setting
from storage.database import Database


def main(
    kind: str,
    database_url: str,
    node_url: str,
    folder: str,
    name: str,
    step: str,
    count: str,
    patience: str = "15",
) -> None:
    left = int(count)

    def probe(at: str) -> None:
        nonlocal left
        left -= at == step
        if at == step and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    place = Folder(Path(folder))
    database = Database(database_url)
    gateway = Gateway(Node(node_url, timeout=5), Deployment.read(place.contracts))
    job: Job
    if kind == "indexer":
        job = Indexer(database, gateway, depth=0, probe=probe)
    else:
        (key,) = (one.key.to_bytes() for one in place.accounts() if one.name == name)
        setting = Setting(
            database,
            gateway,
            KeystoreSigner(key),
            lambda: datetime.now(UTC),
            depth=0,
            patience=timedelta(seconds=float(patience)),
            probe=probe,
        )
        job = Sender(setting)
    while True:
        try:
            if not job.run():
                time.sleep(0.05)
        except (ChainError, SQLAlchemyError) as error:
            print(f"{kind}: {error}", file=sys.stderr, flush=True)
            job.close()
            time.sleep(0.2)


if __name__ == "__main__":
    main(*sys.argv[1:])
