"""What the ledger says: its entries, read in order, as the state of groups, keys, lots, openings and draws.

Law: pure. A view is a fold over entries: who reads the same entries has the same view, so keyholders, the platform and
auditors agree on what stands. It believes signatures and order, and nothing else. An entry that may not be where it is
(unsigned, out of turn, a second time) changes nothing and leaves a remark.

    view = LedgerView(origin, supervisor, sealed_at)
    for index, leaf in ...: view.apply(index, leaf)
"""

from ledger.view.errors import RefusedEntryError, ReleaseRefusedError
from ledger.view.groups import Group
from ledger.view.keys import DRAWS, KeyRun, PartUse
from ledger.view.lots import Closing, Lot, Submission
from ledger.view.opened import open_header
from ledger.view.release import Release, ReleaseError, knowledge_context, share_context
from ledger.view.verdict import AdmittedBid, Verdict, judge
from ledger.view.view import LedgerView, Remark

__all__ = [
    "DRAWS",
    "AdmittedBid",
    "Closing",
    "Group",
    "KeyRun",
    "LedgerView",
    "Lot",
    "PartUse",
    "RefusedEntryError",
    "Release",
    "ReleaseError",
    "ReleaseRefusedError",
    "Remark",
    "Submission",
    "Verdict",
    "judge",
    "knowledge_context",
    "open_header",
    "share_context",
]
