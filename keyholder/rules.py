"""The rules of release that rest on what a keyholder itself knows: 14 to 25 of docs/spec/opening.md.

Pure: what it knows is an argument. Rules 1 to 13, which rest on the ledger alone, are ledger.view.judge's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crypto.signatures import VerifyKey
from keyholder.heads import Heads
from ledger.view import AdmittedBid, Group, ReleaseRefusedError, Verdict

_NOT_STANDING = frozenset({"unknown-bid", "withdrawn", "replaced"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What the person who keeps the key set (keyholder.config). Seconds and numbers of bids.

    threshold: of the quorum of witnesses.
    """

    threshold: int
    min_bids: int = 3
    clock_limit: int = 5
    grace: int = 60
    needs_approval: bool = False
    watches_chain: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a keyholder knows at a moment. Times are POSIX seconds by its own clock.

    doubts:      what speaks against its memory, or against the ledger: a sentence each.
    read:        the size of the tree that it has read; `published` that of the checkpoint it was reading to.
    cosigned:    the size of the largest tree that its own witness cosigned.
    difference:  the platform's clock less its own; None before it was told.
    heads:       the heads that it saw.
    cosigned_at: when each witness of the quorum cosigned the checkpoint that it reads, by that witness's clock.
    anchored:    how many entries the newest anchored tree has, which is one that it followed.
    given:       the points among those at hand that it gave a share of, and what for.
    approved:    whether a person approved this very release.
    """

    now: int
    doubts: tuple[str, ...] = ()
    read: int = 0
    published: int = 0
    cosigned: int = 0
    difference: int | None = None
    heads: Heads = field(default_factory=Heads)
    cosigned_at: tuple[int, ...] = ()
    anchored: int = 0
    given: Mapping[bytes, str] = field(default_factory=dict)
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Allowed:
    """The bids that shares may be given of, and why not the other listed ones."""

    bids: tuple[AdmittedBid, ...]
    refused: dict[int, ReleaseRefusedError]


def what_for(closing: str, part: str) -> str:
    """How a release is known in a keyholder's memory, and to whoever approves it."""
    return f"{closing}/{part}"


def require_sound(group: Group, own: VerifyKey, facts: Facts, terms: Terms) -> int:
    """Rules 14 to 17, which hold for draws too: the keyholder's number in the group, or ReleaseRefusedError."""
    if facts.doubts:  # 14
        raise ReleaseRefusedError("doubt", facts.doubts[0])
    if facts.read < max(facts.cosigned, facts.published):  # 15
        raise ReleaseRefusedError(
            "behind",
            "this keyholder has not yet read the ledger as far as it cosigned it, or as it is published",
        )
    number = group.number_of(own)
    if number is None or number not in group.accepted:  # 16
        raise ReleaseRefusedError(
            "group",
            f"this keyholder is no member of the group {group.proposal.name!r}, or has not accepted it",
        )
    if facts.difference is None:  # 17
        raise ReleaseRefusedError(
            "clock", "the platform's clock has not been compared with this keyholder's yet"
        )
    if abs(facts.difference) > terms.clock_limit:
        raise ReleaseRefusedError(
            "clock",
            f"the platform's clock and this keyholder's differ by more than {terms.clock_limit} s: set the wrong one",
        )
    return number


def allow(verdict: Verdict, own: VerifyKey, facts: Facts, terms: Terms) -> Allowed:
    """Rules 14 to 25, in their order. ReleaseRefusedError where the whole release is refused."""
    lot, closing = verdict.lot, verdict.closing
    require_sound(verdict.run.group, own, facts, terms)  # 14 to 17
    if facts.now < lot.deadline:  # 18
        raise ReleaseRefusedError(
            "early", f"the deadline of lot {lot.id!r} has not passed by this keyholder's own clock"
        )
    _require_not_closed_early(verdict, facts)  # 19
    late_enough = [at for at in facts.cosigned_at if at >= lot.deadline - terms.clock_limit]
    if len(late_enough) < terms.threshold:  # 20
        raise ReleaseRefusedError(
            "stale",
            f"fewer than {terms.threshold} witnesses cosigned the checkpoint after the deadline of lot {lot.id!r}",
        )
    refused = dict(verdict.refused)
    late = {bid for bid in closing.entry.bids if _is_late(bid, lot.deadline, facts, terms)}
    standing = [
        bid
        for bid in closing.entry.bids
        if bid not in late and (bid not in refused or refused[bid].rule not in _NOT_STANDING)
    ]
    if len(standing) < terms.min_bids:  # 21
        raise ReleaseRefusedError(
            "too-few",
            f"lot {lot.id!r} has {len(standing)} bids that stand and came in time; this keyholder wants"
            f" {terms.min_bids}",
        )
    if terms.watches_chain and facts.anchored <= closing.index:  # 22
        raise ReleaseRefusedError(
            "anchor", f"the closing of lot {lot.id!r} is not anchored on the chain yet, deep enough"
        )
    bids = []
    this = what_for(closing.id, verdict.part.name)
    for bid in verdict.admitted:
        before = facts.given.get(bid.point.raw, this)
        if bid.index in late:  # 23
            refused[bid.index] = ReleaseRefusedError(
                "late", f"the sealed entry {bid.index} came after the deadline and {terms.grace} s of grace"
            )
        elif before != this:  # 24
            refused[bid.index] = ReleaseRefusedError(
                "share-given", f"a share of the stanza of entry {bid.index} was given before, for {before}"
            )
        else:
            bids.append(bid)
    if not bids:
        raise ReleaseRefusedError("too-few", f"no bid of lot {lot.id!r} is left that may be opened")
    if terms.needs_approval and not facts.approved:  # 25
        raise ReleaseRefusedError(
            "approval", f"a person has to approve part {verdict.part.name!r} of lot {lot.id!r}: {this}"
        )
    return Allowed(tuple(bids), refused)


def _require_not_closed_early(verdict: Verdict, facts: Facts) -> None:
    """Rule 19. The platform closes by its own clock, so by as much as that is ahead, and a second of rounding, it
    may seem to close early; by no more than the limit of rule 17, which holds here."""
    seen = facts.heads.present_at(verdict.closing.index)
    ahead = max(0, (facts.difference or 0) + 1)
    if seen is not None and seen + ahead < verdict.lot.deadline:
        raise ReleaseRefusedError(
            "closed-early", f"the closing of lot {verdict.lot.id!r} stood in the ledger before the deadline"
        )


def _is_late(place: int, deadline: int, facts: Facts, terms: Terms) -> bool:
    """Rule 23."""
    absent = facts.heads.absent_at(place)
    return absent is not None and absent > deadline + terms.grace
