"""Groups of keyholders: proposed, accepted one by one, complete."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from crypto.curve import Point
from crypto.signatures import VerifyKey
from ledger.entries import GroupAccepted, GroupMember, GroupProposed
from ledger.view.errors import RefusedEntryError


@dataclass(slots=True)
class Group:
    """A group as far as it has come. `id` is the hash of its proposal, which stands at `index`."""

    id: str
    index: int
    proposal: GroupProposed
    accepted: set[int] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        """Whether all members have accepted: only then does it make keys."""
        return len(self.accepted) == len(self.proposal.members)

    @property
    def threshold(self) -> int:
        return self.proposal.threshold

    @property
    def static_keys(self) -> tuple[Point, ...]:
        return tuple(Point(bytes.fromhex(member.static_key)) for member in self.proposal.members)

    def member(self, number: int) -> GroupMember:
        """The member with that number, 1..n; RefusedEntryError for any other."""
        if not 1 <= number <= len(self.proposal.members):
            raise RefusedEntryError(f"the group {self.proposal.name!r} has no member {number}")
        return self.proposal.members[number - 1]

    def signing_key(self, number: int) -> VerifyKey:
        """The key with which that member signs entries."""
        return VerifyKey(bytes.fromhex(self.member(number).signing_key))

    def number_of(self, signing_key: VerifyKey) -> int | None:
        """Which member signs with that key; None if none does."""
        keys = [member.signing_key for member in self.proposal.members]
        return keys.index(signing_key.raw.hex()) + 1 if signing_key.raw.hex() in keys else None


class Groups:
    """All groups that the supervisor proposed, by id."""

    def __init__(self, origin: str, supervisor: VerifyKey) -> None:
        self._origin = origin
        self._supervisor = supervisor.raw.hex()
        self._by_id: dict[str, Group] = {}

    def __iter__(self) -> Iterator[Group]:
        return iter(self._by_id.values())

    def get(self, group_id: str) -> Group:
        """RefusedEntryError if there is none."""
        if group_id not in self._by_id:
            raise RefusedEntryError(f"no group {group_id[:16]} was proposed")
        return self._by_id[group_id]

    def propose(self, index: int, leaf_id: str, entry: GroupProposed) -> None:
        if entry.supervisor != self._supervisor:
            raise RefusedEntryError("a group is proposed by the supervisor, and this key is another's")
        if entry.origin != self._origin or leaf_id in self._by_id:
            raise RefusedEntryError("the proposal is of another log, or stands in this one already")
        entry.check()
        self._by_id[leaf_id] = Group(leaf_id, index, entry)

    def accept(self, entry: GroupAccepted) -> None:
        group = self.get(entry.group)
        entry.check_signature(group.signing_key(entry.member))
        if entry.origin != self._origin or entry.member in group.accepted:
            raise RefusedEntryError(f"member {entry.member} has accepted before, or in another log")
        group.accepted.add(entry.member)
