"""What was submitted from a bid's folder: each fact is on the disk before it is sent, and its receipt once it came.

submitted/0001/body.json           the signed body (RFC 8785), bid-submitted or bid-withdrawn
submitted/0001/receipt.tlog-proof  the receipt
submitted/0001/salt                the salt, in hexadecimal: with it and the body anyone checks the receipt
"""

from dataclasses import dataclass
from pathlib import Path

from app.bid_client.errors import BidClientError
from app.bidder.files import write_replacing
from ledger.entries import BidSubmitted, BidWithdrawn, decode, encode
from ledger.errors import EntryError


@dataclass(frozen=True, slots=True)
class Record:
    """One fact of the bid's."""

    path: Path
    fact: BidSubmitted | BidWithdrawn

    @property
    def receipt(self) -> Path:
        return self.path / "receipt.tlog-proof"

    @property
    def is_done(self) -> bool:
        """Whether its receipt is here."""
        return self.receipt.exists()

    def keep(self, receipt: bytes, salt: bytes) -> None:
        """The salt first: a receipt without it would show nothing."""
        write_replacing(self.path / "salt", salt.hex().encode() + b"\n")
        write_replacing(self.receipt, receipt)


def records(folder: Path) -> list[Record]:
    """All of a bid's folder, in order. BidClientError for one that is damaged."""
    found = []
    for body in sorted((folder / "submitted").glob("[0-9][0-9][0-9][0-9]/body.json")):
        try:
            fact = decode(body.read_bytes())
        except EntryError as error:
            raise BidClientError(f"{body} is damaged: {error}") from error
        if not isinstance(fact, BidSubmitted | BidWithdrawn):
            raise BidClientError(f"{body} is neither a submission nor a withdrawal")
        found.append(Record(body.parent, fact))
    return found


def begin(folder: Path, fact: BidSubmitted | BidWithdrawn) -> Record:
    """Writes a fact down before it is sent."""
    path = folder / "submitted" / f"{len(records(folder)) + 1:04}"
    path.mkdir(parents=True, exist_ok=True)
    write_replacing(path / "body.json", encode(fact))
    return Record(path, fact)
