"""guarantee.json as a bid carries it: a signed guarantee, or a marked scan of a paper one. Pure."""

from guarantees.errors import FormatError
from guarantees.paper import PAPER_TYPE, PaperGuarantee
from guarantees.signed import MAX_SIZE, SignedGuarantee
from ledger import records
from ledger.records import RecordFormError


def parse(data: bytes) -> SignedGuarantee | PaperGuarantee:
    """What it is, by its type; FormatError for anything else. Nothing is verified yet."""
    if len(data) > MAX_SIZE:
        raise FormatError(f"a guarantee has at most {MAX_SIZE} bytes")
    try:
        type_ = records.parse_object(data, of="guarantee.json").get("type")
    except RecordFormError as error:
        raise FormatError(str(error)) from error
    return PaperGuarantee.parse(data) if type_ == PAPER_TYPE else SignedGuarantee.parse(data)
