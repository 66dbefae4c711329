"""Who sent a message, told from its bytes: before a stranger's 48 MB are taken apart.

A message is canonical JSON, whose members come in the order of their names: behind `signature` only `wait` follows.
So the signed bytes are the message's own with 64 zero bytes in the signature's place, and nothing has to be parsed
for them but the key. Whether the bytes are a message at all, `Message.parse` says afterwards.
"""

import re

import msgspec

from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from custody.errors import UnknownKeyholderError
from ledger.entries.signed import UNSIGNED
from ledger.exchange import ExchangeError

DOMAIN = "sunseal/keyholder-message/v1"

_END = re.compile(rb'"signature":"([0-9a-f]{128})","wait":[0-9]+\}$(?!\n)')
_LONGEST_END = 200


class _Named(msgspec.Struct):
    key: str


_DECODER = msgspec.json.Decoder(_Named)


def named_key(data: bytes) -> str:
    """The key that the message names, in hexadecimal; ExchangeError if there is none."""
    try:
        return _DECODER.decode(data).key
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ExchangeError("not a message: it names no key") from error


def check_signature(data: bytes, key: str) -> None:
    """UnknownKeyholderError unless the named key signed these bytes, ExchangeError if they bear no signature."""
    end = _END.search(data, max(0, len(data) - _LONGEST_END))
    if end is None:
        raise ExchangeError("not a message: it does not end with a signature and wait")
    statement = data[: end.start(1)] + UNSIGNED.encode() + data[end.end(1) :]
    try:
        VerifyKey(bytes.fromhex(key)).verify_fields(bytes.fromhex(end[1].decode()), DOMAIN, statement)
    except (CryptoError, ValueError) as error:
        raise UnknownKeyholderError("the message is not signed by the key that it names") from error
