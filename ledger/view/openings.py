"""Openings of parts: which were called for, who released shares under seal, and which bids opened in public."""

from collections.abc import Mapping
from types import MappingProxyType

from crypto.signatures import VerifyKey
from ledger.entries import PartCalled, PartOpened, SharesReleased
from ledger.view.errors import RefusedEntryError
from ledger.view.groups import Groups
from ledger.view.lots import Lots

Part = tuple[str, str]
"""(closing, part)."""


class Openings:
    """What happened to the parts of closed lots."""

    def __init__(self, origin: str, groups: Groups, lots: Lots) -> None:
        self._origin = origin
        self._groups = groups
        self._lots = lots
        self._called: dict[Part, PartCalled] = {}
        self._released: dict[Part, dict[int, str]] = {}
        self._headers: dict[Part, dict[int, bytes]] = {}

    def called(self, closing: str, part: str) -> PartCalled | None:
        """The call for a later part; None if nobody called."""
        return self._called.get((closing, part))

    def released(self, closing: str, part: str) -> Mapping[int, str]:
        """The hash of each member's release, by its number."""
        return MappingProxyType(self._released.get((closing, part), {}))

    def headers(self, closing: str, part: str) -> Mapping[int, bytes]:
        """The headers that were made public, by bid."""
        return MappingProxyType(self._headers.get((closing, part), {}))

    def call(self, entry: PartCalled) -> None:
        lot, closing = self._lots.closing(entry.closing)
        part = lot.part(entry.part)
        if not part.caller:
            raise RefusedEntryError(f"the part {part.name!r} opens at the deadline, and nobody calls for it")
        entry.check_signature(VerifyKey(bytes.fromhex(part.caller)))
        if entry.origin != self._origin or (entry.closing, entry.part) in self._called:
            raise RefusedEntryError("the call is of another log, or not the first one")
        if not set(entry.bids) <= set(closing.entry.bids):
            raise RefusedEntryError("the call names a bid that the closing does not list")
        self._called[entry.closing, entry.part] = entry

    def release(self, entry: SharesReleased) -> None:
        lot, _ = self._lots.closing(entry.closing)
        lot.part(entry.part)
        group = self._groups.get(lot.entry.group)
        entry.check_signature(group.signing_key(entry.member))
        if entry.origin != self._origin:
            raise RefusedEntryError("the release is of another log")
        released = self._released.setdefault((entry.closing, entry.part), {})
        if entry.member in released:
            raise RefusedEntryError(f"member {entry.member} has released its shares before")
        released[entry.member] = entry.release

    def show(self, entry: PartOpened) -> None:
        lot, closing = self._lots.closing(entry.closing)
        if not lot.part(entry.part).public or entry.bid not in closing.entry.bids:
            raise RefusedEntryError("a header is made public of a listed bid's public part alone")
        self._headers.setdefault((entry.closing, entry.part), {}).setdefault(
            entry.bid, bytes.fromhex(entry.header)
        )
