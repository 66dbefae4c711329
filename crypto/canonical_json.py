"""RFC 8785 canonical JSON: one byte string for one value.

Writing goes through the `rfc8785` package, but for plain values, of which the standard library writes the same.
Reading is strict: bytes that are JSON but not the canonical form are refused, so a document and its hash never come
apart.
"""

import json
import re
from collections.abc import Iterable
from itertools import accumulate
from typing import Any, NoReturn

import rfc8785

from crypto.errors import EncodingError

MAX_DEPTH = 32
"""Arrays and objects within each other. A limit of our own, so that what is canonical does not depend on a stack."""

MAX_INTEGER = 2**53 - 1

_PLAIN = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
"""RFC 8785 for plain values, many times as fast: the same escapes, and keys of ASCII sort alike in every encoding."""

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKETS = bytes(set(range(256)) - _STEP.keys())
_ALWAYS_PLAIN = frozenset({str, bool, type(None)})

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def dumps(value: Json) -> bytes:
    """Canonical UTF-8 bytes of `value`.

    Raises EncodingError for what RFC 8785 cannot hold: integers beyond 2^53-1, NaN, infinities, keys that
    are not text, lone surrogates; and for what `loads` would not take back: floats without a fraction beyond
    2^53-1, which are written like integers, and more than MAX_DEPTH levels.
    """
    try:
        if _check(value, MAX_DEPTH):
            return _PLAIN.encode(value).encode()
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise EncodingError(f"not canonical JSON: {error}") from error


def loads(data: bytes) -> Json:
    """The value whose canonical form is exactly `data`; EncodingError for anything else."""
    try:
        if _depth(data) > MAX_DEPTH:
            raise EncodingError(f"JSON of more than {MAX_DEPTH} levels")
        value: Any = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (UnicodeDecodeError, ValueError) as error:
        raise EncodingError(f"not JSON: {error}") from error
    if dumps(value) != data:
        raise EncodingError("JSON, but not in the canonical form of RFC 8785")
    return value  # type: ignore[no-any-return]


def _check(value: Json, levels: int) -> bool:
    """Whether `value` is plain: without floats, large integers, or keys beyond ASCII, whose order is that of UTF-16."""
    if isinstance(value, float):
        if value.is_integer() and abs(value) > MAX_INTEGER:
            raise EncodingError(
                "a float without a fraction beyond 2^53-1 has no canonical form that reads back"
            )
        return False
    if isinstance(value, int):
        return -MAX_INTEGER <= value <= MAX_INTEGER
    if value is None or isinstance(value, str):
        return True
    if levels == 0:
        raise EncodingError(f"JSON of more than {MAX_DEPTH} levels")
    is_plain, parts = True, value
    if isinstance(value, dict):
        is_plain, parts = _are_plain_keys(value), list(value.values())
    for part in parts:
        if type(part) not in _ALWAYS_PLAIN:
            is_plain &= _check(part, levels - 1)
    return is_plain


def _are_plain_keys(keys: Iterable[str]) -> bool:
    try:
        return "".join(keys).isascii()
    except TypeError:  # a key that is not text; rfc8785 says so
        return False


def _depth(data: bytes) -> int:
    """The number of levels in JSON text; the parser's own limit is whatever is left of the stack."""
    brackets = _STRING.sub(b"", data).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets), initial=0))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
