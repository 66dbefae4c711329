"""What all participants must agree on before the first round (c2sp.org/cocktail-dkg, "Setup")."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from crypto.curve import Point
from crypto.dkg.errors import Abort, Reason
from crypto.dkg.suite import CIPHERSUITE_ID

MAX_PARTICIPANTS = 255
"""The format allows 2^32 - 1; no group of keyholders needs more, and no parser should allocate more."""


def session_context(session_id: bytes, static_keys: Sequence[Point]) -> bytes:
    """The recommended context: SHA-512 over the unique session id, the suite and the ordered static keys.

    `session_id` must never be used twice; Sunseal takes the hash of the ledger entry that opened the run.
    """
    parts = [b"COCKTAIL-DKG-CONTEXT"]
    parts += [len(part).to_bytes(8, "big") + part for part in (session_id, CIPHERSUITE_ID)]
    parts.append(len(static_keys).to_bytes(4, "little"))
    parts += [key.raw for key in static_keys]
    return hashlib.sha512(b"".join(parts)).digest()


@dataclass(frozen=True, slots=True)
class Session:
    """One run: its context, the threshold t, and the static keys of participants 1..n in order.

    `new` makes one. The constructor takes any context, for transcripts that are read and for vectors.
    """

    context: bytes
    threshold: int
    static_keys: tuple[Point, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.participants <= MAX_PARTICIPANTS:
            raise Abort(Reason.SETUP, detail=f"1 to {MAX_PARTICIPANTS} participants")
        if not 1 <= self.threshold <= self.participants:
            raise Abort(Reason.SETUP, detail="the threshold lies between 1 and the number of participants")
        if len(set(self.static_keys)) != self.participants:
            raise Abort(Reason.SETUP, detail="two participants have the same static key")
        if not self.context:
            raise Abort(Reason.SETUP, detail="the context is empty")

    @classmethod
    def new(cls, session_id: bytes, threshold: int, static_keys: Sequence[Point]) -> "Session":
        """The session with the recommended context, which binds all that the specification asks for."""
        return cls(session_context(session_id, static_keys), threshold, tuple(static_keys))

    @property
    def participants(self) -> int:
        return len(self.static_keys)

    def static_key(self, index: int) -> Point:
        """The static key of participant `index`, 1..n."""
        if not 1 <= index <= self.participants:
            raise Abort(Reason.SETUP, detail=f"there is no participant {index}")
        return self.static_keys[index - 1]
