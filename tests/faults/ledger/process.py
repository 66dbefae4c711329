"""A sequencer in a process of its own, for tests that kill it: `python -m tests.faults.ledger.process URL FOLDER STEP`.

With a STEP such as "during store" it kills itself with SIGKILL there; with "none" it runs until it is killed.
"""

import os
import signal
import sys
import time
from pathlib import Path

from ledger.sequencer import Sequencer, Setting
from storage.database import Database
from storage.public_files import FolderFiles
from tests.faults.ledger.recording_witness import RecordingWitness
from tests.log import KEY, NOW


def main(url: str, folder: str, step: str) -> None:
    def probe(at: str) -> None:
        if at == step:
            os.kill(os.getpid(), signal.SIGKILL)

    witness = RecordingWitness(Path(folder) / "witness.jsonl")
    files = FolderFiles(Path(folder) / "public")
    setting = Setting(Database(url), files, KEY, [witness], 1, lambda: NOW, probe)
    sequencer = Sequencer(setting)
    while True:
        if not sequencer.run():
            time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:4])
