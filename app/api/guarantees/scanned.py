"""A scanned paper guarantee, for who may see it: staff, and the tenderee of its lot. To anybody else there is none.

Before the opening there is none for anybody: the platform learns of a scan when the bid with it is opened.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, stream_with_context
from sqlalchemy import select

from app.api.guarantees import standing
from app.caller import caller
from app.context import parts, session
from app.errors import ProblemError
from bidding.opening import reopening
from bidding.package.manifest import ListedMember
from bidding.tenders.models import LotRow, TenderRow
from guarantees.checking.taking import PAPER
from guarantees.models import GuaranteeCheck, PaperExamination
from guarantees.paper import PaperGuarantee
from parties.roles import Role

_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}
"""What browsers open as what it says it is. Anything else is bytes."""
_BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Scanned:
    """`examination` is None where the opening found that the scan is not the stated one: nothing is examined then."""

    check: GuaranteeCheck
    examination: PaperExamination | None
    stated: PaperGuarantee

    @property
    def file_name(self) -> str:
        """Of our own making: what a bidder called it goes into no header."""
        suffix = self._suffix
        return f"guarantee-scan-{self.check.bid}.{suffix if suffix in _TYPES else 'bin'}"

    @property
    def media_type(self) -> str:
        return _TYPES.get(self._suffix, _BYTES)

    @property
    def _suffix(self) -> str:
        return self.stated.scan.name.rpartition(".")[2].lower()


def seen(lot: str, bid: int) -> Scanned:
    """One that the caller may see. ProblemError."""
    check = session().get(GuaranteeCheck, (lot, bid)) if lot.isprintable() else None
    if check is None or check.form != PAPER or not _sees(lot):
        raise ProblemError("unknown")
    examination = session().get(PaperExamination, (lot, bid))
    return Scanned(check, examination, PaperGuarantee.parse(check.content))


def file(found: Scanned) -> Response:
    """The scan out of the opened bid, its hash compared before the first byte goes out. OpeningRefusedError,
    TroubleError, ProblemError."""
    scan = found.stated.scan
    answer = Response(stream_with_context(_content(found)), content_type=found.media_type)
    answer.content_length = scan.size
    # As a download, whatever it is: nothing that a bidder sends runs in the browser of who examines it
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(scan.sha256)).decode('ascii')}:"
    return answer


def _content(found: Scanned) -> Iterator[bytes]:
    hall = parts().hall
    if hall is None or hall.reader is None:
        raise ProblemError("unavailable")
    check, scan = found.check, found.stated.scan
    wanted = ListedMember(scan.name, scan.sha256, scan.size)
    return reopening.document(
        *(session(), hall.reader, hall.blobs, check.lot, check.bid, wanted), since=check.entry_id or 0
    )


def _sees(lot: str) -> bool:
    if standing.role() in standing.SEES_ALL:
        return True
    membership = caller().membership
    if standing.role() is not Role.TENDEREE or membership is None:
        return False
    query = select(TenderRow.organisation).join(LotRow, LotRow.tender == TenderRow.id).where(LotRow.id == lot)
    return session().execute(query).scalar_one_or_none() == membership.organisation_id
