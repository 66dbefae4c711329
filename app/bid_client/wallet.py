"""Tokens in a file that no crash loses or spends twice: SQLite, durable at each step.

    pending    requested of the issuer; the request can be sent again, and gives the same token
    ready      to be spent
    reserved   for one purpose, before anything was sent; asked again for that purpose, it is the same token
    spent      gone; nothing of it is kept but that there was one

A token that is reserved goes out with an idempotency key of its own, so the platform takes the repetition of a request
whose answer was lost, and takes the token for nothing else.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from app.bid_client.errors import WalletError
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from crypto.tokens.privacy_pass import PendingToken

_TABLE = """
CREATE TABLE IF NOT EXISTS token (
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'reserved', 'spent')),
    purpose TEXT UNIQUE,
    idempotency TEXT,
    content BLOB
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Reserved:
    """A token for one purpose, and the key that goes with it."""

    token: bytes = field(repr=False)
    idempotency: str


class Wallet:
    """The wallet in the file at `path`, which is made for its owner's eyes if it is not there. To be closed."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = DELETE")
            self._db.execute("PRAGMA synchronous = EXTRA")
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.execute(_TABLE)
        except (OSError, sqlite3.Error) as error:
            raise WalletError(f"the wallet {path} cannot be used: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def count(self) -> int:
        """How many tokens are ready."""
        return int(self._db.execute("SELECT count(*) FROM token WHERE state = 'ready'").fetchone()[0])

    def add_pending(self, pending: PendingToken) -> int:
        """Before the request is sent; its number."""
        with self._changing():
            cursor = self._db.execute(
                "INSERT INTO token (state, content) VALUES ('pending', ?)", [pending.encode()]
            )
        return int(cursor.lastrowid or 0)

    def pending(self) -> list[tuple[int, PendingToken]]:
        """Requests whose answers never came. WalletError if one is damaged."""
        rows = self._db.execute("SELECT number, content FROM token WHERE state = 'pending' ORDER BY number")
        try:
            return [(number, PendingToken.parse(content)) for number, content in rows.fetchall()]
        except CryptoError as error:
            raise WalletError("the wallet is damaged: a request in it cannot be read") from error

    def finalize(self, number: int, token: bytes) -> None:
        """The answer came, and was verified."""
        with self._changing():
            self._db.execute(
                "UPDATE token SET state = 'ready', content = ? WHERE number = ?", [token, number]
            )

    def forget(self, number: int) -> None:
        """A request that can have no answer any more."""
        with self._changing():
            self._db.execute("DELETE FROM token WHERE number = ? AND state = 'pending'", [number])

    def reserve(self, purpose: str, random: RandomBytes) -> Reserved:
        """The token for a purpose: the same each time, until it is spent. WalletError if none is ready."""
        with self._changing():
            row = self._db.execute(
                "SELECT content, idempotency FROM token WHERE purpose = ? AND state = 'reserved'", [purpose]
            ).fetchone()
            if row is None:
                key = random(16).hex()
                row = self._db.execute(
                    "UPDATE token SET state = 'reserved', purpose = ?, idempotency = ? WHERE number ="
                    " (SELECT min(number) FROM token WHERE state = 'ready') RETURNING content, idempotency",
                    [purpose, key],
                ).fetchone()
        if row is None:
            raise WalletError("the wallet has no token left: draw some with sunseal bid tokens")
        return Reserved(row[0], row[1])

    def spent(self, purpose: str) -> None:
        """What the token was for is done, or it is worth nothing: it will not be used again."""
        with self._changing():
            self._db.execute(
                "UPDATE token SET state = 'spent', content = NULL, purpose = NULL WHERE purpose = ?",
                [purpose],
            )

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One change, durable when the block has ended."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise WalletError(f"the wallet cannot be written: {error}") from error
