"""The sender of webhooks in a process of its own, for tests that kill it.

    python -m tests.faults.webhooks.process DATABASE SECONDS STEP

The clock stands SECONDS after the tests' own time. With a STEP such as "sent" it kills itself with SIGKILL there.
"""

import os
import signal
import sys
from datetime import timedelta
from secrets import token_bytes

from guarantees.webhooks.job import Sender, Setting
from guarantees.webhooks.sending import Poster
from storage.database import Database
from tests.integration.webhooks.world import KEY, NOW


def main(database_url: str, seconds: str, step: str) -> None:
    def probe(at: str) -> None:
        if at == step:
            os.kill(os.getpid(), signal.SIGKILL)

    poster = Poster(KEY, token_bytes, loopback=True)
    clock = NOW + timedelta(seconds=float(seconds))
    sender = Sender(Setting(Database(database_url), poster, lambda: clock, probe))
    while sender.run():
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
