"""The kinds of values in requests and answers."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Any

from marshmallow import RAISE, Schema, fields, validate
from marshmallow.exceptions import ValidationError

TEXT = r"^[^\u0000-\u001f\u007f\ud800-\udfff]*$"
"""One line that prints; so no NUL, which PostgreSQL refuses."""


class Strict(Schema):
    """The parent of what is taken: what it does not know is an error."""

    class Meta:
        unknown = RAISE


class Text(fields.String):
    """A line of text of at most `longest` characters, not blank unless `blank`."""

    def __init__(self, longest: int = 200, *, blank: bool = False, **options: Any) -> None:
        options.setdefault(
            "validate",
            [
                validate.Length(min=0 if blank else 1, max=longest),
                validate.Regexp(TEXT, error="One line of text."),
            ],
        )
        super().__init__(**options)


class Hexadecimal(fields.Field[bytes]):
    """Bytes of a row, in hexadecimal."""

    def _serialize(self, value: bytes | None, attr: str | None, obj: Any, **_: Any) -> str | None:  # noqa: ARG002
        return None if value is None else value.hex()


class Base64(fields.Field[bytes]):
    """Bytes in base64 (RFC 4648 section 4), with their padding, at most `longest` of them."""

    def __init__(self, longest: int, **options: Any) -> None:
        options["metadata"] = {"description": "base64", "minLength": 4, **options.get("metadata", {})}
        super().__init__(**options)
        self.longest = longest

    def _serialize(self, value: bytes | None, attr: str | None, obj: Any, **_: Any) -> str | None:  # noqa: ARG002
        return None if value is None else b64encode(value).decode("ascii")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bytes:  # noqa: ARG002
        if not isinstance(value, str) or len(value) > 4 * (self.longest // 3 + 1):
            raise ValidationError("Bytes in base64.")
        try:
            decoded = b64decode(value.encode("ascii"), validate=True)
        except (Base64Error, ValueError) as error:
            raise ValidationError("Bytes in base64.") from error
        if b64encode(decoded).decode("ascii") != value:
            raise ValidationError("Bytes in base64, in their one form.")
        if not 0 < len(decoded) <= self.longest:
            raise ValidationError(f"1 to {self.longest} bytes.")
        return decoded


class Instant(fields.AwareDateTime):
    """RFC 3339, in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", **options)
