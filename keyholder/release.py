"""Giving the shares of one part of one closing (docs/spec/opening.md, "Releases").

1. The ledger allows it (ledger.view.judge), and so does what this keyholder knows (keyholder.rules).
2. The shares: of a public part a batch for each bid, of a committee's part one for all.
3. The release, sealed to the lot's platform and to the group's recipient, and the entry that has its hash.
4. All of it is on the disk (keyholder.released). Only what comes back from there is sent.
"""

import io
from collections.abc import Callable, Iterator, Sequence

from crypto import age
from crypto.age import X25519Recipient
from crypto.dkg import KeyShare
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from crypto.threshold import ShareBatch, make_shares
from keyholder.ceremony import Ceremony
from keyholder.identity import Identity
from keyholder.released import Given, Released
from keyholder.rules import Allowed, Facts, Terms, allow, what_for
from ledger.entries import SharesReleased, encode
from ledger.entries.signed import UNSIGNED
from ledger.view import (
    AdmittedBid,
    KeyRun,
    LedgerView,
    PartUse,
    RefusedEntryError,
    Release,
    ReleaseRefusedError,
    Verdict,
    judge,
    share_context,
)

WARM = 900
"""Seconds before a deadline from which on the shares of a lot's keys are kept at hand."""

MakeFacts = Callable[[str, Sequence[bytes]], Facts]
"""What the keyholder knows, for the release called so, with what was given of these points."""


class KeyShares:
    """Shares of keys that are, or soon will be, in use: made anew from the ledger, in memory alone."""

    def __init__(self, ceremony: Ceremony) -> None:
        self._ceremony = ceremony
        self._kept: dict[str, KeyShare] = {}

    def of(self, run: KeyRun) -> KeyShare:
        """The share of the run's key; ReleaseRefusedError if the entries give none."""
        if run.id not in self._kept:
            try:
                self._kept[run.id] = self._ceremony.share(run)
            except CryptoError as error:
                raise ReleaseRefusedError(
                    "key", f"the entries of the key's run give no share: {error}"
                ) from error
        return self._kept[run.id]

    def warm(self, view: LedgerView, now: int) -> None:
        """Have those of lots at hand whose deadline is near, and forget the others."""
        near: dict[str, KeyRun] = {}
        for lot in view.lots:
            if lot.cancelled or abs(lot.deadline - now) > WARM:
                continue
            for part in lot.entry.parts:
                try:
                    run = view.keys.of_part(PartUse(lot.id, part.name))
                except RefusedEntryError:
                    continue
                if self._ceremony.number_in(run.group) is not None:
                    near[run.id] = run
        self._kept = {run_id: share for run_id, share in self._kept.items() if run_id in near}
        for run in near.values():
            self.of(run)


class Releases:
    """One keyholder's releases. `attempt` gives what is to be sent, or refuses."""

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
        self._verdicts: dict[str, tuple[int, Verdict | ReleaseRefusedError]] = {}

    def due(self, view: LedgerView) -> Iterator[tuple[str, str]]:
        """(closing, part) of what this keyholder has a share of and has not released, by the ledger.

        A later part that nobody has called for is not due.
        """
        for lot in view.lots:
            if lot.closing is None:
                continue
            number = self._ceremony.number_in(view.groups.get(lot.entry.group))
            for part in lot.entry.parts:
                if number is None or number in view.openings.released(lot.closing.id, part.name):
                    continue
                if not part.after or view.openings.called(lot.closing.id, part.name):
                    yield lot.closing.id, part.name

    def attempt(
        self, view: LedgerView, version: int, closing: str, part: str, make_facts: MakeFacts, now: int
    ) -> tuple[Given, Allowed]:
        """Steps 1 to 4. `version` tells states of the view apart. ReleaseRefusedError, InDoubtError, StateError."""
        what = what_for(closing, part)
        verdict = self._judged(view, version, what, closing, part)
        points = [bid.point.raw for bid in verdict.admitted]
        allowed = allow(
            verdict, self._identity.signing.verify_key, make_facts(what, points), self._terms
        )  # 1.
        release = self._release(view.origin, verdict, allowed.bids)  # 2.
        sealed = _seal(release, verdict, self._random)  # 3.
        entry = SharesReleased(view.origin, closing, part, release.member, release.hash, UNSIGNED)
        leaf = encode(entry.signed_by(self._identity.signing))
        given = self._released.record(
            Given(what, leaf, sealed), [bid.point.raw for bid in allowed.bids], now
        )  # 4.
        self._verdicts.pop(what, None)
        return given, allowed

    def _judged(self, view: LedgerView, version: int, what: str, closing: str, part: str) -> Verdict:
        """The ledger's verdict, which stays the same as long as the view does."""
        known = self._verdicts.get(what)
        if known is None or known[0] != version:
            try:
                known = version, judge(view, closing, part)
            except ReleaseRefusedError as error:
                known = version, error
            self._verdicts[what] = known
        if isinstance(known[1], ReleaseRefusedError):
            raise ReleaseRefusedError(known[1].rule, str(known[1]))
        return known[1]

    def _release(self, origin: str, verdict: Verdict, bids: Sequence[AdmittedBid]) -> Release:
        key = self._shares.of(verdict.run)
        closing, part = verdict.closing.id, verdict.part.name
        context = share_context(origin, closing, verdict.lot.id, part)
        groups = [[bid] for bid in bids] if verdict.part.public else [list(bids)]
        batches: list[tuple[tuple[int, ...], ShareBatch]] = []
        for group in groups:
            batch = make_shares(key, [bid.point for bid in group], context, self._random)
            batches.append((tuple(bid.index for bid in group), batch))
        return Release(closing, part, key.index, tuple(batches))


def _seal(release: Release, verdict: Verdict, random: RandomBytes) -> bytes:
    recipients = (verdict.lot.entry.platform, verdict.run.group.proposal.recipient)
    try:
        wraps = [X25519Recipient.parse(text).wrap for text in dict.fromkeys(recipients)]
    except CryptoError as error:
        raise ReleaseRefusedError(
            "closing", f"lot {verdict.lot.id!r} names a recipient to which nothing can be sealed: {error}"
        ) from error
    target = io.BytesIO()
    age.encrypt(io.BytesIO(release.to_bytes()), target, wraps, random=random)
    return target.getvalue()
