"""All tables of bidding: importing this is importing them."""

from bidding.opening.models import HallRow, OpenedBidRow, OpeningRow, SignOffRow, StorageKeyRow
from bidding.submission.models import BidRow, HeldFileRow, IntakeRow, SealedRow, ShareRow
from bidding.tenders.models import (
    AmendmentRow,
    DocumentRow,
    DueRow,
    LotPartRow,
    LotRow,
    QuestionRow,
    SuspensionRow,
    TenderRow,
)
from bidding.tokens.models import AllowanceRow, SpentRow, TokenKeyRow
from bidding.uploads.models import PieceRow, UploadRow

__all__ = [
    "AllowanceRow",
    "AmendmentRow",
    "BidRow",
    "DocumentRow",
    "DueRow",
    "HallRow",
    "HeldFileRow",
    "IntakeRow",
    "LotPartRow",
    "LotRow",
    "OpenedBidRow",
    "OpeningRow",
    "PieceRow",
    "QuestionRow",
    "SealedRow",
    "ShareRow",
    "SignOffRow",
    "SpentRow",
    "StorageKeyRow",
    "SuspensionRow",
    "TenderRow",
    "TokenKeyRow",
    "UploadRow",
]
