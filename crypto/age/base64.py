"""Unpadded canonical base64, as age headers use it (RFC 4648 sections 3.5 and 4)."""

import base64
import binascii

from crypto.errors import EncodingError


def encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii").rstrip("=")


def decode(text: str) -> bytes:
    """EncodingError for padding, white space, foreign characters, or bits beyond the last byte."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise EncodingError("not base64") from error
    if encode(data) != text:
        raise EncodingError("not canonical base64")
    return data
