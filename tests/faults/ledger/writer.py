"""A process that appends for a while: `python -m tests.faults.ledger.writer URL SUBJECT SECONDS`.

Each transaction has one entry, whose body is the subject and a number; every seventh is rolled back. The number of the
last one committed is printed at the end.
"""

import sys
import time

from ledger import log
from ledger.entries import Revealed
from storage.database import Database
from tests.log import NOW

ROLLED_BACK = 7


def main(url: str, subject: str, seconds: str) -> None:
    database, end, number = Database(url), time.monotonic() + float(seconds), 0
    while time.monotonic() < end:
        number += 1
        with database.session() as session:
            log.append(session, Revealed.of(0, bytes(32), f"{subject}:{number}".encode()), now=NOW)
            if number % ROLLED_BACK == 0:
                session.rollback()
            else:
                session.commit()
    print(number)


if __name__ == "__main__":
    main(*sys.argv[1:4])
