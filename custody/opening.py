"""From the keyholders' releases to file keys: verified one by one, combined as soon as t members gave shares of a bid.

    opening = Opening(reader, closing, part, identity)
    opening.refresh(session); session.commit()       # again whenever another release may have come
    for bid in opening.ready: key = opening.file_key(bid, header)

Of each release, in this order:

    1. Its entry stands in the ledger, and names the SHA-256 of what is sealed.
    2. It opens with the platform's identity, and has that SHA-256.
    3. It is a release of this part by this member; of a public part, one batch for each bid.
    4. Every bid in it was submitted with this part, and every proof in it holds for that bid's point.

A member whose release fails is left out and named, and the others go on. A member may have left bids out by rules of
its own; a bid that was listed and is not admitted (any more) is never opened, whoever gave shares of it.

Verifying takes about 0.8 ms a bid and member, combining as much a bid; threads make it no faster (measured: the curve's
arithmetic holds the interpreter), and processes slower below some thousand bids.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import age
from crypto.curve import Point
from crypto.dkg import PublicKeys
from crypto.errors import CryptoError
from crypto.threshold import ShareBatch, VerifiedShares, combine_each, verify_shares
from custody.errors import OpeningError
from custody.models import ReleaseRow
from custody.reader import Reader
from ledger.errors import LedgerError
from ledger.view import AdmittedBid, Release, Verdict, judge, open_header, share_context
from ledger.view.lots import point_of

GOOD, WRONG = "good", "wrong"


@dataclass(frozen=True, slots=True)
class Member:
    """What a member gave: each verified batch with its bids."""

    batches: tuple[tuple[tuple[int, ...], ShareBatch], ...]
    verified: tuple[VerifiedShares, ...]


class Opening:
    """One part of one closing, as far as it can be opened. Not to be shared between threads."""

    def __init__(self, reader: Reader, closing: str, part: str, identity: age.X25519Identity) -> None:
        self._reader = reader
        self.closing = closing
        self.part = part
        self._identity = identity
        self._verdict: Verdict | None = None
        self._points: dict[int, Point] = {}
        self._members: dict[int, Member] = {}
        self._wrong: dict[int, str] = {}
        self._shared: dict[Point, Point] = {}

    @property
    def verdict(self) -> Verdict:
        """What the ledger said at the last `refresh`."""
        if self._verdict is None:
            raise OpeningError("nothing of the opening was read yet")
        return self._verdict

    @property
    def public(self) -> PublicKeys:
        """The part's key."""
        if self.verdict.run.public is None:  # pragma: no cover - a bound key is complete
            raise OpeningError("the part's key does not exist")
        return self.verdict.run.public

    @property
    def members(self) -> Mapping[int, Member]:
        """Whose releases are right, by number."""
        return dict(self._members)

    @property
    def wrong(self) -> Mapping[int, str]:
        """Whose releases are not, and why."""
        return dict(self._wrong)

    @property
    def ready(self) -> frozenset[int]:
        """The admitted bids that t members gave shares of."""
        return frozenset(bid.index for bid in self.verdict.admitted if bid.point in self._shared)

    def admitted(self, bid: int) -> AdmittedBid:
        """OpeningError for a bid that is not to be opened; the sentence says why."""
        for admitted in self.verdict.admitted:
            if admitted.index == bid:
                return admitted
        refused = self.verdict.refused.get(bid)
        raise OpeningError(str(refused) if refused else f"the closing does not list a bid {bid}")

    def file_key(self, bid: int, header: bytes) -> bytes:
        """The 16 bytes that the file of a bid's part is under; OpeningError.

        The header is the one that the bid named, opens by the lot's own stanza, and its MAC holds.
        """
        admitted = self.admitted(bid)
        if admitted.point not in self._shared:
            raise OpeningError(f"fewer than {self.public.threshold} members gave shares of bid {bid} yet")
        try:
            return open_header(self.public, admitted.file, header, self._shared[admitted.point])
        except CryptoError as error:
            raise OpeningError(f"the header of bid {bid} does not open: {error}") from error

    def refresh(self, session: Session, *, everyone: bool = True) -> None:
        """Takes the releases that came since, and records of each whether it is right. The caller commits.

        Without `everyone`, releases that are not needed any more, for all bids are ready, wait for the next time.
        Raises ReleaseRefusedError while the ledger does not allow the opening.
        """
        with self._reader.reading(session) as view:
            verdict = self._verdict = judge(view, self.closing, self.part)
            origin, hashes = view.origin, dict(view.openings.released(self.closing, self.part))
            for bid in verdict.closing.entry.bids:
                self._note_point(verdict, bid)
        context = share_context(origin, self.closing, verdict.lot.id, self.part)
        for member in self._unread(session, hashes):
            if not everyone and self.ready == {bid.index for bid in verdict.admitted}:
                return
            row = session.get(ReleaseRow, (self.closing, self.part, member), with_for_update=True)
            if row is None:
                continue
            try:
                self._members[member] = self._verified(row, hashes[member], context)
            except (OpeningError, LedgerError, CryptoError, OverflowError) as error:
                row.state, row.reason = WRONG, str(error)[:2000]
                self._wrong[member] = row.reason
            else:
                self._wrong.pop(member, None)
                row.state, row.reason = GOOD, ""
            session.flush()
            self._combine()

    def _note_point(self, verdict: Verdict, bid: int) -> None:
        submission = verdict.lot.submissions.get(bid)
        file = submission.part(self.part) if submission else None
        if file is not None and bid not in self._points:
            try:
                self._points[bid] = point_of(file.share)
            except CryptoError:  # the verdict says so; shares of it are nobody's
                return

    def _unread(self, session: Session, hashes: Mapping[int, str]) -> list[int]:
        """Members whose release stands in the ledger and was not looked at, or was sent anew after being wrong."""
        query = select(ReleaseRow.member, ReleaseRow.state).where(
            ReleaseRow.closing == self.closing, ReleaseRow.part == self.part
        )
        rows = session.execute(query.order_by(ReleaseRow.received_at, ReleaseRow.member)).all()
        return [
            member
            for member, state in rows
            if member in hashes
            and member not in self._members
            and not (member in self._wrong and state == WRONG)
        ]

    def _verified(self, row: ReleaseRow, entry_hash: str, context: bytes) -> Member:
        target = io.BytesIO()
        age.decrypt(io.BytesIO(row.sealed), target, [self._identity.unwrap])  # 2
        content = target.getvalue()
        if hashlib.sha256(content).hexdigest() != entry_hash:
            raise OpeningError("what was sealed is not what the entry in the ledger has the hash of")
        release = Release.parse(content)  # 3
        if (release.closing, release.part, release.member) != (self.closing, self.part, row.member):
            raise OpeningError("the release is of another part, closing or member")
        if self.verdict.part.public and any(len(bids) != 1 for bids, _ in release.batches):
            raise OpeningError("of a public part each bid has a batch of its own")
        strangers = [bid for bid in release.bids if bid not in self._points]
        if strangers:  # 4
            raise OpeningError(f"the release has shares of {strangers[0]}, which is no bid with this part")
        verified = tuple(
            verify_shares(self.public, [self._points[bid] for bid in bids], batch, context)
            for bids, batch in release.batches
        )
        return Member(release.batches, verified)

    def _combine(self) -> None:
        """x * P of each bid that reaches t members now; of the others it is known, or cannot be yet."""
        wanted = {bid.point for bid in self.verdict.admitted} - self._shared.keys()
        verified = [shares for member in self._members.values() for shares in member.verified]
        needed = [shares for shares in verified if not wanted.isdisjoint(shares.points)]
        if needed:
            self._shared |= combine_each(needed)
