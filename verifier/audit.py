"""The whole verification: the log, then what its entries say."""

from dataclasses import dataclass

from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from ledger import entries
from ledger.anchor_head import Anchored
from ledger.errors import LedgerError
from ledger.merkle import leaf_hash
from ledger.proof import Policy
from ledger.view import LedgerView
from oversight.evidence import Evidence
from verifier.anchors import Anchors
from verifier.complaints import Complaints
from verifier.draws import check_draws
from verifier.files import NamedFiles
from verifier.guarantees import Guarantees
from verifier.keys import check_groups, check_keys
from verifier.log import check_checkpoint, check_first_entry, read_entries
from verifier.openings import Openings
from verifier.report import Report
from verifier.results import Results
from verifier.source import Source
from verifier.tenders import Tenders

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


def audit(source: Source, trust: Trust, anchored: Anchored | None = None) -> Report:
    """Everything that the public files prove, and everything in them that is wrong.

    anchored: what a chain has of this log; None if nobody asked one.
    """
    report = Report()
    checkpoint = check_checkpoint(source, trust.policy, report)
    if checkpoint is None:
        return report
    sealed: dict[int, bytes] = {}
    view = LedgerView(trust.policy.log.origin, trust.supervisor, sealed.get)
    files, evidence = NamedFiles(source, report), Evidence(view, sealed)
    openings, results, tenders = Openings(view, report), Results(view, report), Tenders(view, report)
    complaints, anchors = Complaints(report), Anchors(anchored, report)
    guarantees = Guarantees(trust.policy.log.origin, trust.supervisor, report)
    for index, leaf in enumerate(read_entries(source, checkpoint, report)):
        if index == 0:
            check_first_entry(leaf, trust.policy, report)
        anchors.take(index, leaf)
        entry = _decoded(index, leaf, report)
        view.take(index, leaf, entry)
        if view.remarks and view.remarks[-1].index == index:
            _remark(index, entry, view.remarks[-1].sentence, report)
        evidence.take(index, entry)
        openings.take(index, entry, leaf_hash(leaf).hex())
        results.take(index, entry)
        tenders.take(index, entry)
        complaints.take(index, entry)
        guarantees.take(index, entry)
    check_groups(view, report)
    check_keys(view, report)
    openings.finish()
    results.finish(openings.headers(), files)
    tenders.finish(results, files)
    check_draws(view, evidence, files, report)
    complaints.finish()
    guarantees.finish()
    closings = [lot.closing.index for lot in view.lots if lot.closing is not None]
    anchors.finish(checkpoint.size, closings)
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
