"""JSON that stands in a package or describes one: a frozen dataclass, its canonical bytes, its published schema.

    bytes = RFC 8785 of {"type": "<name>/v<version>", <the fields>}

As with ledger entries, a type that was used never changes: its successor has the next version.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from bidding.package.errors import RecordError
from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import EncodingError

Record = TypeVar("Record")

_TYPE = "type"
_TYPES: dict[type, str] = {}


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
    """The canonical bytes. RecordError for a value that its own schema does not allow."""
    fields = msgspec.to_builtins(value)
    _converted(fields, type(value), type_of(type(value)))
    try:
        return canonical_json.dumps({_TYPE: type_of(type(value)), **fields})
    except EncodingError as error:
        raise RecordError("json", type_of(type(value)), reason=error) from error


def parse(cls: type[Record], data: bytes, *, of: str) -> Record:
    """The value whose canonical bytes are exactly `data`; RecordError, which says `of` what, for anything else."""
    value = parse_object(data, of=of)
    if value.pop(_TYPE, None) != type_of(cls):
        raise RecordError("schema", of, reason=f'its "type" is not "{type_of(cls)}"')
    found = _converted(value, cls, of)
    if to_bytes(found) != data:
        raise RecordError("schema", of, reason="it has a field that its type does not have")
    return found


def parse_object(data: bytes, *, of: str) -> dict[str, Any]:
    """The object whose RFC 8785 form is exactly `data`; RecordError for anything else."""
    try:
        value = canonical_json.loads(data)
    except EncodingError as error:
        raise RecordError("json", of, reason=error) from error
    if not isinstance(value, dict):
        raise RecordError("json", of, reason="it is no object")
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
        raise RecordError("schema", of, reason=error) from error
