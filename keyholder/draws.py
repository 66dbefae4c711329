"""Giving the share of a draw's seed (docs/spec/draw.md), by rules 14 to 17 of docs/spec/opening.md.

A keyholder's share of a draw is public and always the same point; its record is kept all the same, so that the point
never serves an opening.
"""

from collections.abc import Iterator

from crypto.randomness import RandomBytes
from crypto.threshold import vrf
from keyholder.ceremony import Ceremony
from keyholder.identity import Identity
from keyholder.release import KeyShares, MakeFacts
from keyholder.released import Given, Released
from keyholder.rules import Terms, require_sound
from ledger.entries import DrawShare, encode
from ledger.entries.signed import UNSIGNED
from ledger.view import LedgerView, ReleaseRefusedError
from ledger.view.draws import Draw


class DrawShares:
    """One keyholder's shares of draws."""

    def __init__(
        self,
        identity: Identity,
        ceremony: Ceremony,
        shares: KeyShares,
        released: Released,
        terms: Terms,
        *,
        random: RandomBytes,
    ) -> None:
        self._identity = identity
        self._ceremony = ceremony
        self._shares = shares
        self._released = released
        self._terms = terms
        self._random = random

    def due(self, view: LedgerView) -> Iterator[Draw]:
        """Draws in whose key it has a share, and that it has not answered."""
        for draw in view.draws:
            number = self._ceremony.number_in(draw.run.group)
            if number is not None and number not in draw.shares and number not in draw.wrong:
                yield draw

    def attempt(self, view: LedgerView, draw: Draw, make_facts: MakeFacts, now: int) -> Given:
        """What is to be sent. ReleaseRefusedError, InDoubtError, StateError."""
        what = f"draw/{draw.id}"
        key = self._shares.of(draw.run)
        point = vrf.input_point(key.public, draw.leaf).raw
        facts = make_facts(what, [point])
        number = require_sound(draw.run.group, self._identity.signing.verify_key, facts, self._terms)
        if facts.given.get(point, what) != what:
            raise ReleaseRefusedError("share-given", "a share of the draw's point was given before")
        batch = vrf.make_share(key, draw.leaf, self._random)
        entry = DrawShare(view.origin, draw.id, number, batch.encode().hex(), UNSIGNED)
        leaf = encode(entry.signed_by(self._identity.signing))
        return self._released.record(Given(what, leaf, b""), [point], now)
