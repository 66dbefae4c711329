"""The whole verification: the log, then what its entries say."""

from dataclasses import dataclass

from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from ledger import entries
from ledger.errors import LedgerError
from ledger.merkle import leaf_hash
from ledger.proof import Policy
from ledger.view import LedgerView
from verifier.draws import check_draws
from verifier.keys import check_groups, check_keys
from verifier.log import check_checkpoint, check_first_entry, read_entries
from verifier.openings import Openings
from verifier.report import Report
from verifier.source import Source

_MAY_BE_LATE = (
    *(entries.GroupAccepted, entries.KeyDealt, entries.KeyCertified, entries.KeyComplained),
    *(entries.KeyRunEnded, entries.SharesReleased, entries.DrawShare),
)
"""What keyholders say, and the end of a run, cross each other on their way: one that comes too late is no offence."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom the person who verifies believes: the log's keys and the quorum, and the supervisor's key."""

    policy: Policy
    supervisor: VerifyKey


def audit(source: Source, trust: Trust) -> Report:
    """Everything that the public files prove, and everything in them that is wrong."""
    report = Report()
    checkpoint = check_checkpoint(source, trust.policy, report)
    if checkpoint is None:
        return report
    sealed: dict[int, bytes] = {}
    view = LedgerView(trust.policy.log.origin, trust.supervisor, sealed.get)
    openings = Openings(view, report)
    for index, leaf in enumerate(read_entries(source, checkpoint, report)):
        if index == 0:
            check_first_entry(leaf, trust.policy, report)
        entry = _decoded(index, leaf, report)
        if isinstance(entry, entries.Sealed):
            sealed[index] = bytes.fromhex(entry.commitment)
            continue
        view.take(index, leaf, entry)
        if view.remarks and view.remarks[-1].index == index:
            _remark(index, entry, view.remarks[-1].sentence, report)
        openings.take(index, entry, leaf_hash(leaf).hex())
    check_groups(view, report)
    check_keys(view, report)
    openings.finish()
    check_draws(view, report)
    return report


def _decoded(index: int, leaf: bytes, report: Report) -> entries.Entry | None:
    try:
        return entries.decode(leaf)
    except (LedgerError, CryptoError) as error:
        report.noted("entry", f"entry {index} is not understood: {error}", index)
        return None


def _remark(index: int, entry: entries.Entry | None, reason: str, report: Report) -> None:
    sentence = f"entry {index} may not be where it is, and counts for nothing: {reason}"
    if isinstance(entry, _MAY_BE_LATE):
        report.noted("entry", sentence, index)
    else:
        report.wrong("entry", sentence, index)
