"""Bodies that a route reads or writes itself, and how the API's description has them.

    Content("application/octet-stream", BINARY)
    Content(JSON, wire(Message), EXAMPLE)     what the ledger or the keyholders know as a dataclass of their own
    Content(JSON, SomeSchema)                 a marshmallow schema, with an example from its fields

Such routes check their bodies themselves, for signatures and hashes are over exact bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from marshmallow import Schema

from ledger.entries import registered

JSON, PROBLEM = "application/json", "application/problem+json"
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
_REF = "#/components/schemas/{name}"

Described = type[Schema] | Mapping[str, Any]

BINARY: Mapping[str, Any] = {"type": "string", "format": "binary"}
PLAIN: Mapping[str, Any] = {"type": "string"}


@dataclass(frozen=True, slots=True)
class Content:
    """A body: its media type, its schema, an example of it."""

    media: str
    schema: Described = field(default_factory=lambda: dict(BINARY))
    example: Any = None

    def described(self) -> dict[str, Any]:
        """As a media type object of OpenAPI, but for schemas that apispec has yet to write."""
        shown: dict[str, Any] = {
            "schema": self.schema if isinstance(self.schema, type) else dict(self.schema)
        }
        return shown if self.example is None else {**shown, "example": self.example}


@dataclass(frozen=True, slots=True)
class Header:
    """A request's header that a route reads."""

    name: str
    description: str
    example: str
    required: bool = False
    pattern: str | None = None

    def described(self) -> dict[str, Any]:
        """As a parameter object of OpenAPI."""
        schema = {"type": "string"} if self.pattern is None else {"type": "string", "pattern": self.pattern}
        return {
            "name": self.name,
            "in": "header",
            "required": self.required,
            "description": self.description,
            "schema": schema,
            "example": self.example,
        }


def wire(cls: type) -> dict[str, Any]:
    """A reference to the schema of a dataclass of the wire or the ledger, by its name in `wire_components`."""
    return {"$ref": _REF.format(name=_name(cls))}


def wire_components(*classes: type) -> dict[str, dict[str, Any]]:
    """The schemas of these dataclasses and of what they hold, by name. An entry of the ledger has its `type`."""
    _, parts = msgspec.json.schema_components(classes, ref_template=_REF.format(name="Wire{name}"))
    types = {entry.cls.__name__: name for name, entry in registered().items()}
    found = {}
    for name, part in parts.items():
        schema = {**part, "additionalProperties": False}
        if name in types:
            schema["properties"] = {"type": {"const": types[name]}, **schema["properties"]}
            schema["required"] = ["type", *schema.get("required", [])]
        found[f"Wire{name}"] = schema
    return found


def _name(cls: type) -> str:
    return f"Wire{cls.__name__}"
