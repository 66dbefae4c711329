"""JSON that stands in a package or describes one: ledger.records, whose refusals are told in a package's sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from bidding.package.errors import RecordError
from ledger import records
from ledger.records import RecordFormError, json_schema, record, type_of

__all__ = ["Record", "json_schema", "parse", "parse_object", "record", "to_bytes", "type_of"]

Record = TypeVar("Record")


def to_bytes(value: object) -> bytes:
    """The canonical bytes. RecordError for a value that its own schema does not allow."""
    with _told():
        return records.to_bytes(value)


def parse(cls: type[Record], data: bytes, *, of: str) -> Record:
    """The value whose canonical bytes are exactly `data`; RecordError, which says `of` what, for anything else."""
    with _told():
        return records.parse(cls, data, of=of)


def parse_object(data: bytes, *, of: str) -> dict[str, Any]:
    """The object whose RFC 8785 form is exactly `data`; RecordError for anything else."""
    with _told():
        return records.parse_object(data, of=of)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except RecordFormError as error:
        if error.code == "json":
            raise RecordError("json", error.of, reason=error.reason) from error
        raise RecordError("schema", error.of, reason=error.reason) from error
