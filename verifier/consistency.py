"""That the tree which an earlier run saw is the beginning of this one: nobody took back what was shown once.

The earlier run's checkpoint is kept as it was read, signatures and all (verifier/source.py, KeptSource): where the two
do not agree, it is the evidence that the log, and as many witnesses as its quorum, signed two histories.
"""

from crypto.errors import CryptoError
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import LedgerError
from ledger.merkle import Frontier, leaf_hash
from ledger.note import Note
from ledger.proof import Policy
from verifier.report import Report


class Consistency:
    """Watches the leaves go by; `finish` once all are read. `kept` is an earlier checkpoint's note, if there is one."""

    def __init__(self, kept: bytes | None, policy: Policy, report: Report) -> None:
        self._report = report
        self._tree = Frontier()
        self._earlier = None if kept is None else self._opened(kept, policy)

    def _opened(self, kept: bytes, policy: Policy) -> Checkpoint | None:
        try:
            return open_checkpoint(Note.parse(kept), policy.log).checkpoint
        except (LedgerError, CryptoError) as error:
            self._report.noted("consistency", f"the checkpoint of an earlier run is not this log's: {error}")
            return None

    def take(self, index: int, leaf: bytes) -> None:
        if self._earlier is not None and index < self._earlier.size:
            self._tree, _ = self._tree.extended([leaf_hash(leaf)])

    def finish(self, size: int) -> bool:
        """Whether this tree may be what the next run is held against: it is not behind the earlier one, nor another."""
        if self._earlier is None:
            return True
        if size < self._earlier.size:
            sentence = (
                f"an earlier run saw {self._earlier.size} entries, and here are {size}: some are withheld"
            )
            self._report.wrong("consistency", sentence)
        elif self._tree.root() != self._earlier.root:
            seen = f"an earlier run saw another tree of {self._earlier.size} entries"
            sentence = f"{seen}: this log was forked or rewritten"
            self._report.wrong("consistency", sentence, self._earlier.size - 1)
        else:
            sentence = f"the {self._earlier.size} entries that an earlier run saw are the first of these"
            self._report.proved("consistency", sentence)
            return True
        return False
