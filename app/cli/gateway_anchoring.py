"""The gateway's job that anchors the ledger, from the moment on at which the chain lets one of its keys do so."""

import time
from collections.abc import Callable, Collection

import click

from guarantees.chain import anchoring
from guarantees.chain.anchoring import Anchoring
from guarantees.chain.gateway import Gateway
from ledger.anchoring import log_hash
from storage.database import Database

LOOK_SECONDS = 2.0
"""Between two looks whether the log is there, and who may anchor it."""


class AnchoringOnceAllowed:
    """A job of guarantees.chain.loop. `make` is given the account that may; until then it is told why nothing is done.

    Each different reason is told once. Whoever may is not looked for again: the contract names one account for a log,
    and refuses every other's anchors.
    """

    def __init__(
        self,
        database: Database,
        chain: Gateway,
        keys: Collection[bytes],
        make: Callable[[bytes], Anchoring],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._chain, self._keys, self._make = database, chain, keys, make
        self._clock = clock
        self._next_look = 0.0
        self._told = ""
        self._job: Anchoring | None = None

    def run(self) -> bool:
        """Whether something was put into the outbox. NodeError while the node is not there."""
        if self._job is None:
            if self._clock() < self._next_look:
                return False
            self._next_look = self._clock() + LOOK_SECONDS
            poster = self._poster()
            if poster is None:
                return False
            self._job = self._make(poster)
        return self._job.run()

    def close(self) -> None:
        if self._job is not None:
            self._job.close()

    def _poster(self) -> bytes | None:
        """Which of our keys may anchor this database's log."""
        with self._database.session() as session:
            origin = anchoring.origin(session)
        if origin is None:
            self._tell("there is no log in this database: nothing is anchored until there is")
            return None
        poster = self._chain.log(log_hash(origin)).poster
        if poster in self._keys:
            if self._told:
                self._tell(f"the log {origin} is anchored by a key of ours from now on")
            return poster
        who = f"0x{poster.hex()}, whose key is not here" if any(poster) else "nobody yet"
        self._tell(f"the log {origin} is anchored by {who}: nothing is anchored until that changes")
        return None

    def _tell(self, reason: str) -> None:
        if reason != self._told:
            click.echo(reason, err=True)
            self._told = reason
