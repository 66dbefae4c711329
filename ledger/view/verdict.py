"""What the ledger alone says of an opening: may this part be opened at all, and which of its bids.

Keyholders ask this before they give a share, and add what only they know (their clock, what they saw and when); the
platform and auditors ask it to know which shares are due. Numbered as in docs/spec/opening.md.
"""

from dataclasses import dataclass

from crypto.curve import Point
from crypto.errors import CryptoError
from crypto.threshold import verify_knowledge
from ledger.entries import LotPart, SealedPart
from ledger.view.errors import RefusedEntryError, ReleaseRefusedError
from ledger.view.keys import KeyRun, PartUse
from ledger.view.lots import Closing, Lot, ShareUse, point_of
from ledger.view.release import knowledge_context
from ledger.view.view import LedgerView


@dataclass(frozen=True, slots=True)
class AdmittedBid:
    """A bid that is to be opened: the index of its sealed entry, its sealed file, and its point."""

    index: int
    file: SealedPart
    point: Point


@dataclass(frozen=True, slots=True)
class Verdict:
    """An opening that the ledger allows: which bids, and why not the other listed ones, by index."""

    lot: Lot
    closing: Closing
    part: LotPart
    run: KeyRun
    admitted: tuple[AdmittedBid, ...]
    refused: dict[int, ReleaseRefusedError]


def judge(view: LedgerView, closing_id: str, part_name: str) -> Verdict:
    """The verdict on one part of one closing.

    Raises ReleaseRefusedError, whose `rule` is the word in parentheses:

    1. The closing is the first and only one of a lot that was published ("closing").
    2. Bids have such a part ("part").
    3. The lot is not cancelled ("cancelled"), and not suspended ("suspended").
    4. It closed at the deadline that stood in the end ("postponed").
    5. The part has a key of the lot's own group, bound to it alone ("key").
    6. Its time has come: a later part was called for, after the part before it was opened ("called").
    7. There are enough bids ("too-few"): the listed ones that stand.

    A listed bid is refused, and the others go on, by these:

    8. It was submitted for this lot under a seal older than the closing, and revealed ("unknown-bid").
    9. It is not withdrawn ("withdrawn"), nor replaced ("replaced").
    10. A later part is opened for bids that were called for ("not-called").
    11. It has this part ("no-part"), whose ephemeral share is one that a secret may touch ("share").
    12. That share was seen in no earlier place, in whatever lot ("share-seen").
    13. Where the lot demands it, its sealer proved to know the share's secret ("knowledge").
    """
    lot, closing, part = _closed_part(view, closing_id, part_name)  # 1, 2
    if lot.cancelled:  # 3
        raise ReleaseRefusedError("cancelled", f"lot {lot.id!r} was cancelled: nothing of it is opened")
    if lot.suspended:
        raise ReleaseRefusedError(
            "suspended", f"lot {lot.id!r} is suspended: nothing of it is opened until it is resumed"
        )
    if closing.entry.deadline != lot.deadline:  # 4
        raise ReleaseRefusedError(
            "postponed",
            f"lot {lot.id!r} was closed at {closing.entry.deadline}, but its deadline is {lot.deadline}",
        )
    run = _key(view, lot, part)  # 5
    called = _called(view, lot, closing, part)  # 6
    refused: dict[int, ReleaseRefusedError] = {}
    standing = [index for index in closing.entry.bids if _stands(lot, closing, index, refused)]
    if len(standing) < lot.entry.min_bids:  # 7
        raise ReleaseRefusedError(
            "too-few",
            f"lot {lot.id!r} has {len(standing)} bids that stand, and an opening needs {lot.entry.min_bids}",
        )
    admitted = []
    for index in standing:
        try:
            admitted.append(_admit(view, lot, part, index, called))
        except ReleaseRefusedError as error:
            refused[index] = error
    return Verdict(lot, closing, part, run, tuple(admitted), refused)


def _closed_part(view: LedgerView, closing_id: str, part_name: str) -> tuple[Lot, Closing, LotPart]:
    try:
        lot, closing = view.lots.closing(closing_id)
    except RefusedEntryError as error:
        raise ReleaseRefusedError("closing", str(error)) from error
    try:
        return lot, closing, lot.part(part_name)
    except RefusedEntryError as error:
        raise ReleaseRefusedError("part", str(error)) from error


def _key(view: LedgerView, lot: Lot, part: LotPart) -> KeyRun:
    try:
        run = view.keys.of_part(PartUse(lot.id, part.name))
    except RefusedEntryError as error:
        raise ReleaseRefusedError("key", str(error)) from error
    if run.group.id != lot.entry.group:
        raise ReleaseRefusedError(
            "key", f"the key of {run.use} is not of the group that the lot was published with"
        )
    return run


def _called(view: LedgerView, lot: Lot, closing: Closing, part: LotPart) -> frozenset[int]:
    if not part.after:
        return frozenset(closing.entry.bids)
    call = view.openings.called(closing.id, part.name)
    if call is None:
        raise ReleaseRefusedError(
            "called", f"nobody has called for the part {part.name!r} of lot {lot.id!r} yet"
        )
    before = view.openings.released(closing.id, part.after)
    if len(before) < view.groups.get(lot.entry.group).threshold:
        raise ReleaseRefusedError(
            "called", f"the part {part.after!r} of lot {lot.id!r} comes first, and is not opened yet"
        )
    return frozenset(call.bids)


def _stands(lot: Lot, closing: Closing, index: int, refused: dict[int, ReleaseRefusedError]) -> bool:
    """Rules 8 and 9."""
    submission = lot.submissions.get(index)
    if submission is None or index >= closing.index:
        reason = (
            "unknown-bid",
            f"no bid for lot {lot.id!r} stands behind entry {index}, sealed before the closing",
        )
    elif lot.is_withdrawn(submission.bid.bid):
        reason = ("withdrawn", f"the bid of entry {index} was withdrawn")
    elif lot.latest(submission.bid.bid) is not submission:
        reason = ("replaced", f"the bid of entry {index} was replaced by its bidder")
    else:
        return True
    refused[index] = ReleaseRefusedError(*reason)
    return False


def _admit(view: LedgerView, lot: Lot, part: LotPart, index: int, called: frozenset[int]) -> AdmittedBid:
    submission = lot.submissions[index]
    if index not in called:  # 10
        raise ReleaseRefusedError("not-called", f"the part {part.name!r} was not called for of entry {index}")
    file = submission.part(part.name)
    if file is None:  # 11
        raise ReleaseRefusedError("no-part", f"the bid of entry {index} has no part {part.name!r}")
    try:
        point = point_of(file.share)
    except CryptoError as error:
        raise ReleaseRefusedError("share", f"the stanza of entry {index} is refused: {error}") from error
    own = ShareUse(index, lot.id, part.name, submission.bid.bid, file.sha256)
    for use in view.lots.uses(file.share):  # 12
        if use < own and not use.is_same_file(own):
            raise ReleaseRefusedError(
                "share-seen",
                f"the stanza of entry {index}, part {part.name!r}, was seen before: entry {use.index}, "
                f"part {use.part!r} of lot {use.lot!r}",
            )
    if part.knowledge:  # 13
        context = knowledge_context(view.origin, lot.id, part.name, file.sha256)
        try:
            verify_knowledge(point, context, bytes.fromhex(file.knowledge))
        except CryptoError as error:
            raise ReleaseRefusedError("knowledge", f"the bid of entry {index}: {error}") from error
    return AdmittedBid(index, file, point)
