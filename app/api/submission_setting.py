"""What the submission application works with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_bytes

from bidding.tokens.challenge import TokenTerms
from bidding.uploads.limits import UploadLimits
from crypto.randomness import RandomBytes
from ledger.ports import TileFiles
from ledger.proof import Policy
from storage.blobs import BlobStore
from storage.database import Database


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SubmissionSetting:
    """`receipt_seconds`: how long a final request waits for its receipt, before it is asked to come again."""

    database: Database
    blobs: BlobStore
    files: TileFiles
    policy: Policy
    token_terms: TokenTerms
    limits: UploadLimits = field(default_factory=UploadLimits)
    receipt_seconds: float = 2.0
    clock: Callable[[], datetime] = _now
    random: RandomBytes = token_bytes
