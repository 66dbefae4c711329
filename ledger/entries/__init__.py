"""What stands in the log: one typed, versioned dataclass for each kind of fact, as RFC 8785 JSON.

    leaf = RFC 8785 of {"type": "<name>/v<version>", <the fields>}

`register` gives a dataclass its name; `encode` and `decode` are the only way into and out of bytes. A type, once
used, never changes: what must change gets the next version beside it. Every type has a JSON schema, and
docs/spec/ledger.md has the table of them, which `python -m scripts.entry_table` writes.
"""

from ledger.entries.registry import Entry, EntryType, decode, encode, json_schema, register, registered
from ledger.entries.types import KeyRotated, LogOpened, Revealed, Sealed

__all__ = [
    "Entry",
    "EntryType",
    "KeyRotated",
    "LogOpened",
    "Revealed",
    "Sealed",
    "decode",
    "encode",
    "json_schema",
    "register",
    "registered",
]
