"""Draws: what was asked for, and the shares that were given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from crypto.dkg import PublicKeys
from crypto.errors import CryptoError
from crypto.threshold import ShareBatch, VerifiedShares, vrf
from ledger.entries import DrawRequested, DrawShare
from ledger.view.errors import RefusedEntryError
from ledger.view.keys import DRAWS, KeyRun, Keys


@dataclass(slots=True)
class Draw:
    """A draw. `id` is the hash of its request, `leaf` the message of the seed; `shares` are verified."""

    id: str
    index: int
    leaf: bytes
    entry: DrawRequested
    run: KeyRun
    shares: dict[int, VerifiedShares] = field(default_factory=dict)
    wrong: set[int] = field(default_factory=set)

    def seed(self) -> bytes:
        """64 bytes; VerificationError with fewer than t shares."""
        return vrf.output(self.public, self.leaf, list(self.shares.values()))

    def gamma(self) -> bytes:
        """The point that the seed is the hash of: 32 bytes; VerificationError with fewer than t shares."""
        return vrf.output_point(self.public, self.leaf, list(self.shares.values())).raw

    @property
    def public(self) -> PublicKeys:
        """The keyholders' key that answers this draw."""
        if self.run.public is None:  # pragma: no cover - the key of a draw is complete
            raise RefusedEntryError("the draw's key does not exist")
        return self.run.public


class Draws:
    """All draws by id."""

    def __init__(self, origin: str, keys: Keys) -> None:
        self._origin = origin
        self._keys = keys
        self._by_id: dict[str, Draw] = {}
        self._refused: dict[str, str] = {}

    def __iter__(self) -> Iterator[Draw]:
        return iter(self._by_id.values())

    def get(self, draw_id: str) -> Draw:
        """RefusedEntryError, with the reason, if there is no such draw."""
        if draw_id not in self._by_id:
            raise RefusedEntryError(self._refused.get(draw_id) or f"no draw {draw_id[:16]} was asked for")
        return self._by_id[draw_id]

    def refused(self) -> Mapping[str, str]:
        """Requests that no keyholder answers, with the reason."""
        return MappingProxyType(self._refused)

    def request(self, index: int, leaf_id: str, leaf: bytes, entry: DrawRequested) -> None:
        try:
            run = self._key_of_draws(entry.key)
        except RefusedEntryError as error:
            self._refused[leaf_id] = str(error)
            raise
        if leaf_id not in self._by_id:
            self._by_id[leaf_id] = Draw(leaf_id, index, leaf, entry, run)

    def share(self, entry: DrawShare) -> None:
        draw = self.get(entry.request)
        entry.check_signature(draw.run.group.signing_key(entry.member))
        if entry.origin != self._origin or entry.member in draw.shares or draw.run.public is None:
            raise RefusedEntryError(f"member {entry.member} has answered before, or in another log")
        try:
            batch = ShareBatch.parse(bytes.fromhex(entry.share))
            verified = vrf.verify_share(draw.run.public, draw.leaf, batch)
        except CryptoError as error:
            draw.wrong.add(entry.member)
            raise RefusedEntryError(f"member {entry.member} signed a wrong share: {error}") from error
        if verified.index != entry.member:
            draw.wrong.add(entry.member)
            raise RefusedEntryError(f"member {entry.member} signed the share of another")
        draw.shares[entry.member] = verified

    def _key_of_draws(self, key: str) -> KeyRun:
        run = self._keys.get(key)
        if run.use != DRAWS:
            raise RefusedEntryError(f"the key {key[:16]} is not bound to draws, so it answers none")
        return run
