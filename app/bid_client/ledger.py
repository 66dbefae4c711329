"""What the ledger says of a bidder's lot, read anew and verified as `sunseal verify` does: the platform is not asked.

reader = LedgerReader(UrlSource("https://.../ledger"), policy, supervisor)
facts = reader.read()
facts.check_sheet(sheet)        before sealing: the recipients are those of the keyholders' keys
facts.fallbacks(lot, bid)       before a file key is given away: the keyholders did fall silent
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.bid_client.errors import BidClientError, DeceivedError
from bidding.package.sheet import LotSheet
from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from crypto.threshold import recipient_of
from ledger import entries
from ledger.entries import FallbackBegun, Sealed
from ledger.errors import EntryError
from ledger.proof import Policy
from ledger.view import LedgerView
from ledger.view.errors import RefusedEntryError
from ledger.view.keys import PartUse
from ledger.view.lots import Lot
from verifier.errors import VerifierError
from verifier.log import check_checkpoint, check_first_entry, read_entries
from verifier.report import Level, Report
from verifier.source import Source


@dataclass(frozen=True, slots=True)
class LedgerReader:
    """`supervisor` is the key by which groups of keyholders count."""

    source: Source
    policy: Policy
    supervisor: VerifyKey

    def read(self) -> "LedgerFacts":
        """DeceivedError for a ledger that does not hold; BidClientError if it cannot be read."""
        report = Report()
        sealed: dict[int, bytes] = {}
        view = LedgerView(self.policy.log.origin, self.supervisor, sealed.get)
        begun: list[FallbackBegun] = []
        try:
            checkpoint = check_checkpoint(self.source, self.policy, report)
            if checkpoint is not None:
                for index, leaf in enumerate(read_entries(self.source, checkpoint, report)):
                    if index == 0:
                        check_first_entry(leaf, self.policy, report)
                    entry = _decoded(leaf)
                    if isinstance(entry, Sealed):
                        sealed[index] = bytes.fromhex(entry.commitment)
                    elif isinstance(entry, FallbackBegun):
                        begun.append(entry)
                    view.take(index, leaf, entry)
        except VerifierError as error:
            raise BidClientError(f"the ledger cannot be read: {error}") from error
        wrong = [finding.sentence for finding in report if finding.level is Level.WRONG]
        if wrong:
            raise DeceivedError(f"the ledger does not hold: {'; '.join(wrong)}")
        return LedgerFacts(view, begun)


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """A verified ledger, as far as it is published."""

    view: LedgerView
    begun: Sequence[FallbackBegun]

    def check_sheet(self, sheet: LotSheet) -> None:
        """That what is sealed by the sheet goes to this lot's keyholders, and to nobody else.

        1. The lot is on the ledger, of the sheet's log and tender, and neither cancelled nor closed.
        2. Its parts are the sheet's, with the same demand for a proof of knowledge.
        3. The key that is bound to each part was made by all keyholders of the lot's group, and is the recipient.

        DeceivedError. The deadline may have moved since the sheet was made: the keys stay the same.
        """
        if sheet.origin != self.view.origin:
            raise DeceivedError("the lot's sheet is of another ledger than your policy")
        lot = self._lot(sheet.lot)  # 1
        if lot.entry.tender != sheet.tender:
            raise DeceivedError(f"the ledger has the lot under the tender {lot.entry.tender}")
        if lot.cancelled or lot.closing is not None:
            raise BidClientError("the lot takes no bids any more: it was cancelled or closed")
        named = {(part.name, part.knowledge) for part in sheet.parts}
        if named != {(part.name, part.knowledge) for part in lot.entry.parts}:  # 2
            raise DeceivedError("the lot's parts are not those of the sheet: fetch the sheet again")
        for part in sheet.parts:  # 3
            try:
                run = self.view.keys.of_part(PartUse(sheet.lot, part.name))
                if run.certificate is None or run.public is None or run.group.id != lot.entry.group:
                    raise DeceivedError(f"the key of the part {part.name} is none of the lot's keyholders")
                run.certificate.verify()
            except (RefusedEntryError, CryptoError) as error:
                raise DeceivedError(f"the part {part.name} has no key that holds: {error}") from error
            if str(recipient_of(run.public)) != part.recipient:
                raise DeceivedError(
                    f"the recipient of the part {part.name} in lot.json is not the keyholders' key: do not seal to it, "
                    "keep the sheet, and show it to the supervisor"
                )

    def fallbacks(self, lot_id: str, bid: int) -> list[FallbackBegun]:
        """For which parts of the lot the fallback has begun, with `bid` among those that wait.

        `bid` is the index of the sealed entry of its submission. DeceivedError without such a lot.
        """
        lot = self._lot(lot_id)
        closing = lot.closing
        if closing is None or bid not in closing.entry.bids:
            return []
        return [one for one in self.begun if one.closing == closing.id and bid in one.bids]

    def _lot(self, lot_id: str) -> Lot:
        try:
            return self.view.lots.get(lot_id)
        except RefusedEntryError as error:
            raise DeceivedError(f"the ledger has no such lot: {error}") from error


def _decoded(leaf: bytes) -> entries.Entry | None:
    try:
        return entries.decode(leaf)
    except EntryError:
        return None
