"""Examples of requests and answers, put together from the schemas' fields.

A field's own example (`metadata={"example": ...}`) comes first; a field without one gets the plainest value of its
kind, if its kind has one. A text of a certain form (Regexp) needs an example of its own, or its schema has none.
"""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Base64, Hexadecimal, Text

ID = "5f2b0c1e-6a35-4d0e-9a57-0d6f5a1f9b11"
AT = "2026-07-01T09:00:00+08:00"

_PLAIN: tuple[tuple[type[fields.Field[Any]], Any], ...] = (
    (fields.UUID, ID),
    (fields.AwareDateTime, AT),
    (fields.Date, "2026-07-01"),
    (fields.Boolean, True),
    (fields.Dict, {}),
    (Base64, "AQID"),
    (Hexadecimal, "ab" * 32),
    (Text, "..."),
)


class NoExampleError(Exception):
    """A field has no example, and none can be made up."""


def example_of(schema: type[Schema], *, many: bool = False) -> Any:
    """An example of the schema, optional fields included where they have one; None if a required one has none."""
    try:
        found = _of_schema(schema())
    except NoExampleError:
        return None
    return [found] if many else found


def _of_schema(schema: Schema) -> dict[str, Any]:
    found = {}
    for name, one in schema.fields.items():
        try:
            found[one.data_key or name] = _of_field(one)
        except NoExampleError:
            if one.required:
                raise
    return found


def _of_field(one: fields.Field[Any]) -> Any:
    if "example" in one.metadata:
        return one.metadata["example"]
    if isinstance(one, fields.Nested):
        found = _of_schema(one.schema)
        return [found] if one.many else found
    if isinstance(one, fields.List):
        return [_of_field(one.inner)]
    choice = _validator(one, validate.OneOf)
    if choice is not None:
        return next(iter(choice.choices))
    if isinstance(one, fields.Integer):
        within = _validator(one, validate.Range)
        return 1 if within is None or within.min is None else max(1, within.min)
    for kind, value in _PLAIN:
        if isinstance(one, kind):
            return value
    if isinstance(one, fields.String) and _validator(one, validate.Regexp) is None:
        return "..."
    raise NoExampleError(one.name)


def _validator(one: fields.Field[Any], kind: Callable[..., Any]) -> Any:
    return next((found for found in one.validators if isinstance(found, kind)), None)  # type: ignore[arg-type]
