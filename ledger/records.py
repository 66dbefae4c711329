"""JSON documents of fixed types beside the entries: a frozen dataclass, its canonical bytes, its published schema.

    bytes = RFC 8785 of {"type": "<name>/v<version>", <the fields>}

Pure. As with entries, a type that was used never changes: its successor has the next version.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import EncodingError
from ledger.errors import LedgerError

Record = TypeVar("Record")

_TYPE = "type"
_TYPES: dict[type, str] = {}


class RecordFormError(LedgerError):
    """Bytes that are no record of the type; `code` is "json" (no canonical JSON object) or "schema"."""

    def __init__(self, code: str, of: str, reason: object) -> None:
        self.code, self.of, self.reason = code, of, reason
        super().__init__(f"{of}: {reason}")


def record(name: str) -> Callable[[type[Record]], type[Record]]:
    """Names a frozen dataclass: `@record("bid-manifest/v1")` above `@dataclass(frozen=True, slots=True)`."""

    def named(cls: type[Record]) -> type[Record]:
        _TYPES[cls] = name
        return cls

    return named


def type_of(cls: type) -> str:
    """The name that `record` gave to the class."""
    return _TYPES[cls]


def to_bytes(value: object) -> bytes:
    """The canonical bytes. RecordFormError for a value that its own schema does not allow."""
    fields = msgspec.to_builtins(value)
    name = type_of(type(value))
    _converted(fields, type(value), name)
    try:
        return canonical_json.dumps({_TYPE: name, **fields})
    except EncodingError as error:
        raise RecordFormError("json", name, error) from error


def parse(cls: type[Record], data: bytes, *, of: str) -> Record:
    """The value whose canonical bytes are exactly `data`; RecordFormError, which says `of` what, for anything else."""
    value = parse_object(data, of=of)
    if value.pop(_TYPE, None) != type_of(cls):
        raise RecordFormError("schema", of, f'its "type" is not "{type_of(cls)}"')
    found = _converted(value, cls, of)
    if to_bytes(found) != data:
        raise RecordFormError("schema", of, "it has a field that its type does not have")
    return found


def parse_object(data: bytes, *, of: str) -> dict[str, Any]:
    """The object whose RFC 8785 form is exactly `data`; RecordFormError for anything else."""
    try:
        value = canonical_json.loads(data)
    except EncodingError as error:
        raise RecordFormError("json", of, error) from error
    if not isinstance(value, dict):
        raise RecordFormError("json", of, "it is no object")
    return value


def json_schema(cls: type) -> dict[str, Any]:
    """The JSON schema of the type's documents."""
    (schema,), components = msgspec.json.schema_components([cls])
    defined: dict[str, Any] = dict(components[schema["$ref"].rpartition("/")[2]])
    others = {name: part for name, part in components.items() if name != defined["title"]}
    if cls in _TYPES:
        defined["properties"] = {_TYPE: {"const": type_of(cls)}, **defined["properties"]}
        defined["required"] = [_TYPE, *defined["required"]]
    for part in (defined, *others.values()):
        part["additionalProperties"] = False
        part["description"] = " ".join(part.get("description", "").split("\n\n")[0].split())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **defined,
        **({"$defs": others} if others else {}),
    }


def _converted(value: Json, cls: type[Record], of: str) -> Record:
    try:
        return msgspec.convert(value, cls, strict=True)
    except msgspec.ValidationError as error:
        raise RecordFormError("schema", of, error) from error
