"""The issuer's secret keys: one encrypted file a month, `<month>.key.age`, and on the ledger its public half.

The file is durable before the key is published. A crash between the two leaves a file whose key nobody has seen; the
next run publishes it.
"""

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from secrets import token_bytes

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from sqlalchemy.orm import Session

from bidding.tokens import keys
from bidding.tokens.periods import Period, next_period, period_of
from crypto.secret_file import Secret
from crypto.tokens.token_key import MODULUS_BITS, PUBLIC_EXPONENT, token_key_id
from keyholder import secret_file
from keyholder.secret_file import Lock, SecretFileError

KIND = "token-key"
_ENDING = ".key.age"


def publish_next(session: Session, folder: Path, issuer: str, lock: Lock, *, now: datetime) -> Period | None:
    """Makes and publishes the key of this month, or of the next if this month has one; the caller commits.

    None if both have theirs. SecretFileError if a file cannot be made or opened.
    """
    taken = {key.period.name for key in keys.issuable(session, now=now)}
    for period in (period_of(now), next_period(now)):
        if period.name not in taken:
            key = _made(folder, period, lock)
            keys.publish(session, issuer, key.public_key(), period, now=now)
            return period
    return None


class KeysAtHand(Mapping[bytes, RSAPrivateKey]):
    """The keys in the folder by their ids, each opened once; next month's is found when it is first asked for.

    Without a lock there are none. Any thread may ask.
    """

    def __init__(self, folder: Path, lock: Lock | None) -> None:
        self._folder, self._lock = folder, lock
        self._opened: dict[Path, bytes] = {}
        self._keys: dict[bytes, RSAPrivateKey] = {}
        self._looking = threading.Lock()

    def look(self) -> None:
        """Opens what is new in the folder. SecretFileError for what does not open."""
        if self._lock is None:
            return
        with self._looking:
            for path in sorted(self._folder.glob("*" + _ENDING)):
                if path not in self._opened:
                    key = _read(path, self._lock)
                    self._opened[path] = key_id = token_key_id(key.public_key())
                    self._keys[key_id] = key

    def __getitem__(self, key_id: bytes) -> RSAPrivateKey:
        if key_id not in self._keys:
            self.look()
        return self._keys[key_id]

    def __iter__(self) -> Iterator[bytes]:
        return iter(dict(self._keys))

    def __len__(self) -> int:
        return len(self._keys)


def _made(folder: Path, period: Period, lock: Lock) -> RSAPrivateKey:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / (period.name + _ENDING)
    if path.exists():
        return _read(path, lock)
    key = generate_private_key(PUBLIC_EXPONENT, MODULUS_BITS)
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    secret_file.make(path, Secret(KIND, period.name, der), lock, random=token_bytes)
    return key


def _read(path: Path, lock: Lock) -> RSAPrivateKey:
    key = load_der_private_key(secret_file.read(path, lock, kind=KIND).value, None)
    if not isinstance(key, RSAPrivateKey):
        raise SecretFileError(f"{path} holds no RSA key")
    return key
