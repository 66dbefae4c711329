"""The ledger as a guarantor reads it: whole, and verified as `sunseal verify` does. Nobody sees what it looks for."""

from dataclasses import dataclass
from pathlib import Path

from app.bidder.files import write_replacing
from guarantees.errors import GuaranteesError
from ledger import entries
from ledger.errors import LedgerError
from ledger.policy_file import PolicyFile
from ledger.proof import Policy
from parties.key_history import KeyHistory
from verifier.errors import VerifierError
from verifier.log import check_checkpoint, check_first_entry, read_entries
from verifier.report import Level, Report
from verifier.source import KeptSource, Source, UrlSource


@dataclass(frozen=True, slots=True)
class KeyLedger:
    """`policy` is whose checkpoints and cosignatures are believed; `longest` a file with the size of the longest ledger
    that was seen, so that no older one is shown afterwards."""

    source: Source
    policy: Policy
    longest: Path

    @classmethod
    def of(cls, platform: str, policy: Path, keep: Path) -> "KeyLedger | None":
        """By the policy in a file; None without one. What never changes of the ledger is kept in a folder."""
        if not policy.exists():
            return None
        try:
            believed = PolicyFile.parse(policy.read_text("utf-8")).policy()
            return cls(KeptSource(UrlSource(f"{platform}/ledger"), keep), believed, keep / "longest")
        except (OSError, UnicodeDecodeError, LedgerError, VerifierError) as error:
            raise GuaranteesError(f"the log's policy in {policy} cannot be used: {error}") from error

    def keys(self) -> KeyHistory:
        """All parties' keys, as of the newest checkpoint. GuaranteesError for a ledger that cannot be read or is
        wrong."""
        report, history = Report(), KeyHistory(self.policy.log.origin)
        try:
            checkpoint = check_checkpoint(self.source, self.policy, report)
            if checkpoint is not None:
                self._require_no_older(checkpoint.size)
                for index, leaf in enumerate(read_entries(self.source, checkpoint, report)):
                    if index == 0:
                        check_first_entry(leaf, self.policy, report)
                    entry = _decoded(leaf)
                    if entry is not None:
                        history.apply(index, entry)
        except VerifierError as error:
            raise GuaranteesError(f"the ledger cannot be read: {error}") from error
        wrong = [finding.sentence for finding in report if finding.level is Level.WRONG]
        if wrong:
            raise GuaranteesError(f"the ledger does not hold: {'; '.join(wrong)}")
        if checkpoint is not None:
            self.longest.parent.mkdir(parents=True, exist_ok=True)
            write_replacing(self.longest, b"%d\n" % checkpoint.size)
        return history

    def _require_no_older(self, size: int) -> None:
        seen = int(self.longest.read_bytes()) if self.longest.exists() else 0
        if size < seen:
            raise GuaranteesError(
                f"the ledger has {size} entries, and had {seen} before: revocations may be hidden"
            )


def _decoded(leaf: bytes) -> entries.Entry | None:
    try:
        return entries.decode(leaf)
    except LedgerError:
        return None
