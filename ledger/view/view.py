"""The fold over a log's entries."""

from collections.abc import Callable
from dataclasses import dataclass

from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from ledger import entries
from ledger.errors import EntryError, LedgerError
from ledger.merkle import leaf_hash
from ledger.view.draws import Draws
from ledger.view.groups import Groups
from ledger.view.keys import Keys
from ledger.view.lots import Lots, SealedAt
from ledger.view.openings import Openings


@dataclass(frozen=True, slots=True)
class Remark:
    """The entry at `index` changed nothing, and why."""

    index: int
    sentence: str


class LedgerView:
    """What the entries of the log `origin` say, as far as they were applied: `size` of them.

    `supervisor` is the key that may propose groups. `sealed_at` finds the commitments of sealed entries, which a view
    does not keep: there are many.
    """

    def __init__(self, origin: str, supervisor: VerifyKey, sealed_at: SealedAt) -> None:
        self.origin = origin
        self.size = 0
        self.remarks: list[Remark] = []
        self.groups = Groups(origin, supervisor)
        self.keys = Keys(origin, self.groups)
        self.lots = Lots(origin, sealed_at)
        self.openings = Openings(origin, self.groups, self.lots)
        self.draws = Draws(origin, self.keys)

    def skip_to(self, size: int) -> None:
        """Entries up to `size` are known to be of no concern here, such as sealed ones."""
        self.size = max(self.size, size)

    def apply(self, index: int, leaf: bytes) -> None:
        """Take the entry at `index`; entries come in their order. ValueError for one that came before.

        What the view has no use for, and types it does not know, change nothing.
        """
        try:
            entry = entries.decode(leaf)
        except EntryError:
            entry = None
        self.take(index, leaf, entry)

    def take(self, index: int, leaf: bytes, entry: entries.Entry | None) -> None:
        """`apply` of a leaf that was decoded: to `entry`, or None if it is none that is known."""
        if index < self.size:
            raise ValueError(f"entry {index} was applied before")
        self.size = index + 1
        if entry is None:
            return
        try:
            self._apply(index, leaf_hash(leaf).hex(), leaf, entry)
        except (LedgerError, CryptoError) as error:
            self.remarks.append(Remark(index, str(error)))

    def _apply(self, index: int, leaf_id: str, leaf: bytes, entry: entries.Entry) -> None:
        match entry:
            case entries.GroupProposed():
                self.groups.propose(index, leaf_id, entry)
            case entries.GroupAccepted():
                self.groups.accept(entry)
            case entries.KeyRunOpened():
                self.keys.open(index, leaf_id, entry)
            case entries.LotPublished():
                self.groups.get(entry.group)
                self.lots.publish(index, entry)
            case entries.Revealed():
                self.lots.reveal(index, entry)
            case entries.LotClosed():
                self.lots.close(index, leaf_id, entry)
            case entries.DrawRequested():
                self.draws.request(index, leaf_id, leaf, entry)
            case _:
                change = self._changes().get(type(entry))
                if change is not None:
                    change(entry)

    def _changes(self) -> dict[type[entries.Entry], Callable[..., None]]:
        """What is done with the types of which neither index nor leaf matters."""
        return {
            entries.KeyDealt: self.keys.deal,
            entries.KeyCertified: self.keys.certify,
            entries.KeyComplained: self.keys.complain,
            entries.KeyRunEnded: self.keys.end,
            entries.KeyBound: self.keys.bind,
            entries.DrawKeyBound: self.keys.bind_to_draws,
            entries.DeadlineMoved: self.lots.move_deadline,
            entries.LotSuspended: self.lots.suspend,
            entries.LotResumed: self.lots.suspend,
            entries.LotCancelled: self.lots.cancel,
            entries.PartCalled: self.openings.call,
            entries.SharesReleased: self.openings.release,
            entries.PartOpened: self.openings.show,
            entries.DrawShare: self.draws.share,
        }
