"""`party-proof.json`: by what a party shows whose keys are its own, to whomever it chooses.

The ledger knows a party by a salted commitment (parties/commitment.py). With the salt anyone finds, in a ledger that it
has read as a whole, the keys of the party with this credit code, and when they ended; the platform is asked nothing,
and does not learn who was shown it. Whoever has the file can say which keys on the ledger are the party's.
"""

from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from crypto import party_keys
from ledger import records
from ledger.entries.fields import Hash
from ledger.records import RecordFormError, record
from parties import commitment
from parties.errors import KeyRefusedError
from parties.key_history import KeyHistory

FILE = "party-proof.json"
MAX_SIZE = 1 << 10
_Code = Annotated[str, msgspec.Meta(pattern="^[0-9A-Z]{18}$(?!\n)", max_length=18)]


@record("party-proof/v1")
@dataclass(frozen=True, slots=True)
class PartyProof:
    """The party's credit code and its salt, 32 bytes in hexadecimal. Prints without the salt."""

    credit_code: _Code
    salt: Hash = field(repr=False)

    @classmethod
    def parse(cls, data: bytes) -> "PartyProof":
        """KeyRefusedError for anything but the bytes that `to_bytes` gives."""
        try:
            if len(data) > MAX_SIZE:
                raise KeyRefusedError("a party's proof is longer than one can be")
            return records.parse(cls, data, of=FILE)
        except RecordFormError as error:
            raise KeyRefusedError(f"the file {FILE} is not of its form") from error

    def to_bytes(self) -> bytes:
        return records.to_bytes(self)

    def check(self, history: KeyHistory, credit_code: str, spki: bytes) -> None:
        """KeyRefusedError unless the ledger has the key under this party, whose code this is, and it has not ended."""
        span = history.keys.get(party_keys.key_id(spki))
        if self.credit_code != credit_code:
            raise KeyRefusedError("the proof is another party's")
        if span is None or span.party != commitment.of_party(credit_code, bytes.fromhex(self.salt)):
            raise KeyRefusedError("the ledger does not have the key as this party's")
        if span.until is not None:
            raise KeyRefusedError("the key was rotated or revoked")
