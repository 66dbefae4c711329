"""What a lot asks of guarantees, as the platform publishes it of all open lots at once. Pure.

A guarantor's or a bidder's program fetches the whole list: who asked for one lot alone would say which.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from crypto import canonical_json
from crypto.errors import EncodingError
from guarantees.checking.facts import Asked
from guarantees.errors import FormatError, NotFoundError
from guarantees.fields import Address, CentsOrNone, ChainId, Line
from guarantees.undertaking import Party
from ledger import records
from ledger.entries.fields import LotId, Time
from ledger.entries.results import Currency
from ledger.records import RecordFormError, record


@record("guarantee-lot/v1")
@dataclass(frozen=True, slots=True)
class LotNotice:
    """One lot. `bond` is in cents; `valid_until` is the first second at which the bids bind no longer.

    account: acts for the beneficiary on the chain and registry named here.
    """

    tender: LotId
    tender_title: Line
    lot: LotId
    lot_title: Line
    beneficiary: Party
    bond: CentsOrNone
    currency: Currency
    deadline: Time
    valid_until: Time
    chain_id: ChainId
    registry: Address
    account: Address

    @property
    def asked(self) -> Asked:
        return Asked(
            tender=self.tender,
            lot=self.lot,
            beneficiary=self.beneficiary.credit_code,
            account=bytes.fromhex(self.account),
            bond=self.bond,
            currency=self.currency,
            deadline=datetime.fromtimestamp(self.deadline, UTC),
            valid_until=datetime.fromtimestamp(self.valid_until, UTC),
        )

    def to_bytes(self) -> bytes:
        """FormatError for a value that a field cannot have."""
        try:
            return records.to_bytes(self)
        except RecordFormError as error:
            raise FormatError(str(error)) from error

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """FormatError for anything but exactly one."""
        try:
            return records.parse(cls, data, of="lot")
        except RecordFormError as error:
            raise FormatError(str(error)) from error


def to_list(notices: Iterable[LotNotice]) -> bytes:
    """Canonical JSON: the array of all, in the order of their ids."""
    ordered = sorted(notices, key=lambda notice: notice.lot)
    return canonical_json.dumps([canonical_json.loads(notice.to_bytes()) for notice in ordered])


def parse_list(data: bytes) -> list[LotNotice]:
    """FormatError for anything but exactly such a list."""
    try:
        found = canonical_json.loads(data)
        if not isinstance(found, list):
            raise FormatError("the lots are no list")
        return [LotNotice.parse(canonical_json.dumps(one)) for one in found]
    except EncodingError as error:
        raise FormatError(f"the lots are no canonical JSON: {error}") from error


def find(notices: Sequence[LotNotice], lot: str) -> LotNotice:
    """NotFoundError if it is not among them."""
    for notice in notices:
        if notice.lot == lot:
            return notice
    raise NotFoundError(f"no open lot is called {lot!r}, or nobody acts for its tenderee on chain")
