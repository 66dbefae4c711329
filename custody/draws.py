"""Draws: asking the keyholders for a seed that nobody knows beforehand (docs/spec/draw.md)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from crypto.errors import CryptoError
from custody.errors import DrawError
from custody.keys import bind_draw_key
from custody.taken import PLATFORM, append_once
from ledger.entries import DrawRequested, encode
from ledger.errors import LedgerError
from ledger.merkle import leaf_hash
from ledger.view import LedgerView


@dataclass(frozen=True, slots=True)
class DrawState:
    """How far a draw is: who has answered, who signed a wrong share, and the seed (64 bytes) once t have answered."""

    answered: tuple[int, ...]
    wrong: tuple[int, ...]
    seed: bytes | None


def request(
    session: Session, group: str, *, subject: str, population: str, size: int, terms: str, now: datetime
) -> str:
    """Asks for a draw from a committed population, and returns what it is called by; the same if asked again.

    `population` and `terms` are 32 bytes in hexadecimal (ledger.entries.DrawRequested). Keyholders answer once the
    entry is cosigned. PoolEmptyError if the group has no key for draws, and none is free.
    """
    if not 1 <= size <= 2**48:
        raise DrawError(f"a draw is from 1 to 2^48, not from {size}")
    entry = DrawRequested(bind_draw_key(session, group, now=now).id, subject, population, size, terms)
    name = leaf_hash(encode(entry)).hex()
    append_once(session, entry, subject=name, member=PLATFORM, now=now)
    return name


def state(view: LedgerView, draw: str) -> DrawState:
    """DrawError, with the reason, if the ledger has no such draw (yet)."""
    try:
        found = view.draws.get(draw)
    except LedgerError as error:
        raise DrawError(str(error)) from error
    enough = len(found.shares) >= found.run.group.threshold
    return DrawState(
        tuple(sorted(found.shares)), tuple(sorted(found.wrong)), found.seed() if enough else None
    )


def seed(view: LedgerView, draw: str) -> bytes:
    """The draw's seed, 64 bytes; DrawError with fewer than t shares."""
    try:
        now = state(view, draw)
    except CryptoError as error:  # pragma: no cover - shares in a view are verified
        raise DrawError(f"the seed cannot be made: {error}") from error
    if now.seed is None:
        raise DrawError(f"the draw has {len(now.answered)} shares, and that is too few yet")
    return now.seed
