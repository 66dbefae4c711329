"""The types of entries by name, and the strict way between an entry and its bytes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar, cast

import msgspec

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import EncodingError
from ledger.errors import EntryError
from ledger.tiles import MAX_ENTRY_SIZE

_NAME = re.compile(r"[a-z]+(-[a-z]+)*/v[1-9][0-9]*", re.ASCII)
_TYPE = "type"


class Entry:
    """The parent of every entry: a frozen dataclass that `register` has given a name."""

    __slots__ = ()


AnyEntry = TypeVar("AnyEntry", bound=Entry)


@dataclass(frozen=True, slots=True)
class EntryType:
    """One registered type."""

    name: str
    cls: type[Entry]

    @property
    def meaning(self) -> str:
        """The first sentence of the dataclass's docstring."""
        return " ".join((self.cls.__doc__ or "").split("\n\n")[0].split())


_BY_NAME: dict[str, EntryType] = {}
_BY_CLASS: dict[type[Entry], EntryType] = {}


def register(name: str) -> Callable[[type[AnyEntry]], type[AnyEntry]]:
    """Names a frozen dataclass as an entry type: `@register("sealed/v1")` above `@dataclass(frozen=True)`.

    Raises ValueError, when the program starts, for a name that is taken or not of the form word-word/v1,
    and for a class that is no frozen dataclass or has a field called `type`.
    """
    if not _NAME.fullmatch(name) or name in _BY_NAME:
        raise ValueError(f"not a new name of an entry type: {name!r}")

    def registered_class(cls: type[AnyEntry]) -> type[AnyEntry]:
        if not getattr(getattr(cls, "__dataclass_params__", None), "frozen", False):
            raise ValueError(f"{cls.__name__} is not a frozen dataclass")
        if _TYPE in getattr(cls, "__dataclass_fields__", {}):
            raise ValueError(f"{cls.__name__} has a field called type, which the leaf needs for itself")
        _BY_NAME[name] = _BY_CLASS[cls] = EntryType(name, cls)
        return cls

    return registered_class


def registered() -> Mapping[str, EntryType]:
    """All types by name, in the order of their names."""
    return MappingProxyType(dict(sorted(_BY_NAME.items())))


def encode(entry: Entry) -> bytes:
    """The leaf: canonical JSON of at most 65,535 bytes.

    Raises EntryError for a class that is not registered, for a value that its own schema does not allow, and
    for an entry too long.
    """
    entry_type = _BY_CLASS.get(type(entry))
    if entry_type is None:
        raise EntryError(f"{type(entry).__name__} is not a registered type of entry")
    body = cast("dict[str, Json]", msgspec.to_builtins(entry))
    _converted(body, entry_type)  # a dataclass checks nothing when it is made
    try:
        leaf = canonical_json.dumps({_TYPE: entry_type.name, **body})
    except EncodingError as error:
        raise EntryError(f"the {entry_type.name} entry has no canonical form: {error}") from error
    if len(leaf) > MAX_ENTRY_SIZE:
        raise EntryError(f"an entry has at most {MAX_ENTRY_SIZE} bytes, not {len(leaf)}")
    return leaf


def decode(leaf: bytes) -> Entry:
    """The entry whose leaf is exactly `leaf`.

    Raises EntryError for what is not canonical JSON, of an unknown type, or not of that type's schema; a field
    that the type does not have is such a thing.
    """
    try:
        value = canonical_json.loads(leaf)
    except EncodingError as error:
        raise EntryError(f"an entry is RFC 8785 JSON: {error}") from error
    if not isinstance(value, dict) or not isinstance(name := value.pop(_TYPE, None), str):
        raise EntryError("an entry is a JSON object with a type")
    if name not in _BY_NAME:
        raise EntryError(f"an entry of an unknown type: {name[:64]!r}; a newer program may know it")
    entry = _converted(value, _BY_NAME[name])
    if encode(entry) != leaf:
        raise EntryError(f"the {name} entry has a field that its type does not have")
    return entry


def json_schema(entry_type: EntryType) -> dict[str, Any]:
    """The JSON schema of the type's leaves."""
    (schema,), components = msgspec.json.schema_components([entry_type.cls])
    defined: dict[str, Any] = dict(components[schema["$ref"].rpartition("/")[2]])
    defined["properties"] = {_TYPE: {"const": entry_type.name}, **defined["properties"]}
    defined["required"] = [_TYPE, *defined.get("required", [])]
    defined["additionalProperties"] = False
    defined["description"] = entry_type.meaning
    others = {name: part for name, part in components.items() if name != defined.get("title")}
    return {**defined, **({"$defs": others} if others else {})}


def _converted(value: Json, entry_type: EntryType) -> Entry:
    try:
        return msgspec.convert(value, entry_type.cls, strict=True)
    except msgspec.ValidationError as error:
        raise EntryError(f"not a {entry_type.name} entry: {error}") from error
