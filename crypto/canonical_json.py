"""RFC 8785 canonical JSON: one byte string for one value.

Writing goes through the `rfc8785` package. Reading is strict: bytes that are JSON but not the canonical
form are refused, so a document and its hash never come apart.
"""

import json
from typing import Any, NoReturn

import rfc8785

from crypto.errors import EncodingError

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def dumps(value: Json) -> bytes:
    """Canonical UTF-8 bytes of `value`.

    Raises EncodingError for what RFC 8785 cannot hold: integers beyond 2^53-1, NaN, infinities, keys that
    are not text, lone surrogates.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise EncodingError(f"not canonical JSON: {error}") from error


def loads(data: bytes) -> Json:
    """The value whose canonical form is exactly `data`; EncodingError for anything else."""
    try:
        value: Any = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise EncodingError(f"not JSON: {error}") from error
    if dumps(value) != data:
        raise EncodingError("JSON, but not in the canonical form of RFC 8785")
    return value  # type: ignore[no-any-return]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
