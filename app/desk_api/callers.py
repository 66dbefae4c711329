"""Which systems of the bank may call the desk, and what for: `callers.toml` in the guarantor's folder.

[[caller]]
name = "core banking"
key = "MCowBQYDK2VwAyEA..."            # SubjectPublicKeyInfo in DER, in base64
scopes = ["payments"]                  # read, underwrite, payments, issue, answer
"""

import tomllib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crypto import party_keys
from crypto.errors import CryptoError
from crypto.http_signatures import usable
from crypto.party_keys import PublicKey
from guarantees.errors import FormatError

FILE = "callers.toml"
READ, UNDERWRITE, PAYMENTS, ISSUE, ANSWER = "read", "underwrite", "payments", "issue", "answer"
SCOPES = frozenset({READ, UNDERWRITE, PAYMENTS, ISSUE, ANSWER})


@dataclass(frozen=True, slots=True)
class SystemCaller:
    """One system: what it is called, its key, its scopes."""

    name: str
    key: PublicKey
    scopes: frozenset[str]


def read_callers(folder: Path) -> Mapping[str, SystemCaller]:
    """By the id of their keys. FormatError for a file that is not as above; none if there is no file."""
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
        found = [_caller(table) for table in tables["caller"]]
    except (
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        KeyError,
        TypeError,
        ValueError,
        CryptoError,
    ) as error:
        raise FormatError(f"{path} does not say who may call: {error}") from error
    by_key = {party_keys.key_id(party_keys.spki(one.key)): one for one in found}
    if len(by_key) != len(found):
        raise FormatError(f"{path} names a key twice")
    return by_key


def _caller(table: Mapping[str, object]) -> SystemCaller:
    if set(table) != {"name", "key", "scopes"} or not isinstance(table["scopes"], list):
        raise ValueError("a caller has a name, a key and scopes")
    scopes = frozenset(map(str, table["scopes"]))
    if not scopes or not scopes <= SCOPES:
        raise ValueError(f"scopes are of {', '.join(sorted(SCOPES))}")
    key = usable(party_keys.parse_spki(b64decode(str(table["key"]), validate=True)))
    return SystemCaller(str(table["name"]), key, scopes)
