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
from verifier.clocks import Clocks
from verifier.complaints import Complaints
from verifier.consistency import Consistency
from verifier.draws import check_draws
from verifier.events import Events
from verifier.files import NamedFiles
from verifier.guarantee_clocks import GuaranteeClocks
from verifier.guarantees import Guarantees
from verifier.keys import check_groups, check_keys
from verifier.log import check_checkpoint, check_first_entry, read_entries
from verifier.openings import Openings
from verifier.registry import Registry, compare
from verifier.registry_nodes import RegistryNodes
from verifier.report import Level, Report
from verifier.results import Results
from verifier.source import KeptSource, Source
from verifier.tenders import Tenders

_MAY_BE_LATE = (
    *(entries.GroupAccepted, entries.KeyDealt, entries.KeyCertified, entries.KeyComplained),
    *(entries.KeyRunEnded, entries.SharesReleased, entries.DrawShare),
)
"""What keyholders say, and the end of a run, cross each other on their way: one that comes too late is no offence."""

_OF_THE_LOG = frozenset({"checkpoint", "quorum", "entries", "root"})
"""Checks without which a tree is not one to remember."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom the person who verifies believes: the log's keys and the quorum, and the supervisor's key."""

    policy: Policy
    supervisor: VerifyKey


def audit(
    source: Source,
    trust: Trust,
    anchored: Anchored | None = None,
    registry: Registry | None = None,
    history: RegistryNodes | None = None,
) -> Report:
    """Everything that the public files prove, and everything in them that is wrong.

    anchored: what a chain has of this log; None if nobody asked one. registry: the chain's registry of guarantees, to
    be asked for each that was presented; None if nobody asks. SourceError for a chain that does not answer.
    history: where the events of all guarantees are read, once the ledger was: the chain leads with most of them.

    A source that keeps an earlier run's checkpoint has this tree held against it, and keeps this one's if it is right.
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
    events, clocks, guarantee_clocks = Events(report), Clocks(report), GuaranteeClocks(report)
    kept = source if isinstance(source, KeptSource) else None
    consistency = Consistency(kept.earlier() if kept else None, trust.policy, report)
    for index, leaf in enumerate(read_entries(source, checkpoint, report)):
        if index == 0:
            check_first_entry(leaf, trust.policy, report)
        anchors.take(index, leaf)
        consistency.take(index, leaf)
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
        events.take(index, entry)
        clocks.take(index, entry)
        guarantee_clocks.take(index, entry)
    is_whole = not any(finding.level is Level.WRONG and finding.check in _OF_THE_LOG for finding in report)
    if consistency.finish(checkpoint.size) and kept is not None and is_whole:
        kept.remember()
    check_groups(view, report)
    check_keys(view, report)
    openings.finish()
    results.finish(openings.headers(), files)
    tenders.finish(results, files)
    check_draws(view, evidence, files, report)
    clocks.finish(tenders.laws)
    complaints.finish()
    guarantees.finish()
    guarantee_clocks.finish(tenders.laws)
    standing = guarantees.standing()
    if registry is not None and standing:
        compare(standing, registry.of(list(standing)), report)
    if history is not None:
        events.finish(history.read())
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
