"""`manifest.json`: which members a package has, and the one place where it counts."""

from dataclasses import dataclass
from typing import Self

from bidding.package import records
from bidding.package.errors import BindingError, RecordError
from bidding.package.fields import MemberName
from bidding.package.names import FORM, GUARANTEE, MANIFEST, SIGNATURE, check_names
from bidding.package.records import record
from ledger.entries.fields import Count, Hash, LotId, Origin, PartName, PublicKey


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a package counts: the log's origin, the lot, the part, and the bid's own key in hexadecimal."""

    origin: str
    lot: str
    part: str
    bid: str


@dataclass(frozen=True, slots=True)
class ListedMember:
    """A member's name, the SHA-256 of its content, and its size in bytes."""

    name: MemberName
    sha256: Hash
    size: Count


@record("bid-manifest/v1")
@dataclass(frozen=True, slots=True)
class Manifest:
    """All members but the manifest and its signature, in the order of their names' UTF-8 bytes."""

    origin: Origin
    lot: LotId
    part: PartName
    bid: PublicKey
    members: tuple[ListedMember, ...]

    def to_bytes(self) -> bytes:
        return records.to_bytes(self)

    @classmethod
    def of(cls, binding: Binding, members: tuple[ListedMember, ...]) -> Self:
        """Puts the members in their order. RecordError or ContainerError for those that no package can have."""
        ordered = tuple(sorted(members, key=lambda member: member.name.encode()))
        manifest = cls(binding.origin, binding.lot, binding.part, binding.bid, ordered)
        manifest.check()
        return manifest

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The manifest whose bytes are exactly `data`; RecordError, or ContainerError for a name, if there is none."""
        manifest = records.parse(cls, data, of=MANIFEST)
        manifest.check()
        return manifest

    def check(self) -> None:
        """RecordError or ContainerError unless the list is in order, complete, and of names that members may have."""
        names = [member.name for member in self.members]
        if {MANIFEST, SIGNATURE} & set(names):
            raise RecordError("schema", MANIFEST, reason="it lists itself, or its signature")
        check_names((MANIFEST, SIGNATURE, *names))
        if FORM not in names:
            raise RecordError("schema", MANIFEST, reason=f"it does not list {FORM}")
        if [name.encode() for name in names] != sorted(name.encode() for name in names):
            raise RecordError("schema", MANIFEST, reason="its members are not in the order of their names")

    def require(self, binding: Binding) -> None:
        """BindingError unless the package was made for exactly this log, lot, part and bid."""
        for code, found, expected in (
            ("other-log", self.origin, binding.origin),
            ("other-lot", self.lot, binding.lot),
            ("other-part", self.part, binding.part),
            ("other-bid", self.bid, binding.bid),
        ):
            if found != expected:
                raise BindingError(code, MANIFEST, found=found, expected=expected)

    @property
    def documents(self) -> tuple[ListedMember, ...]:
        """The members that are neither the form nor the guarantee."""
        return tuple(member for member in self.members if member.name not in {FORM, GUARANTEE})
