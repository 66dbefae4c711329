"""Whether a bid has the scan of the paper guarantee that its guarantee.json names. Pure.

The package's reader has held every member against the manifest that the bidder signed, so what a document is said to
be here is what it is. Whether the scan shows a guarantee, and a good one, people say (by_hand).
"""

from collections.abc import Sequence

from guarantees.checking.words import Found
from guarantees.paper import PaperGuarantee
from guarantees.ports import CarriedDocument


def examine(paper: PaperGuarantee, documents: Sequence[CarriedDocument]) -> Found | None:
    """What is wrong; None if the very scan is there."""
    scan = paper.scan
    found = next((one for one in documents if one.name == scan.name), None)
    if found is None:
        return Found.SCAN_MISSING
    return None if (found.sha256, found.size) == (scan.sha256, scan.size) else Found.SCAN_DIFFERS
