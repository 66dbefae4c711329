"""Keys in keystore files of version 3 (Web3 Secret Storage), which every Ethereum wallet reads and writes.

The passphrase is the one line of a file that its owner alone may read. A key file is made whole, durable and new: it
never replaces another.
"""

import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_keys.datatypes import PrivateKey
from eth_utils.exceptions import ValidationError

import guarantees.chain.recursion  # noqa: F401 - after web3 and eth-account
from crypto.randomness import RandomBytes
from guarantees.chain.errors import KeystoreError
from guarantees.chain.transaction import ORDER

MAX_SIZE = 64 * 1024
KEY_SIZE = 32


class KeystoreSigner:
    """A key in memory. Its text shows the address alone."""

    def __init__(self, key: bytes) -> None:
        self._key = PrivateKey(key)
        self._address = self._key.public_key.to_canonical_address()

    @property
    def address(self) -> bytes:
        return self._address

    def sign(self, digest: bytes) -> tuple[int, int]:
        """Deterministic (RFC 6979): the same transaction signed again is the same bytes."""
        signature = self._key.sign_msg_hash(digest)
        return signature.r, signature.s

    def __repr__(self) -> str:
        return f"KeystoreSigner(0x{self._address.hex()})"


def read_keys(path: Path, passphrase: str) -> list[KeystoreSigner]:
    """The keys of a keystore file, or of every *.json in a folder, all under one passphrase. KeystoreError."""
    if not path.is_dir():
        return [read_key(path, passphrase)]
    files = sorted(path.glob("*.json"))
    if not files:
        raise KeystoreError(f"the folder {path} has no keystore file (*.json)")
    return [read_key(file, passphrase) for file in files]


def read_key(path: Path, passphrase: str) -> KeystoreSigner:
    """The key in the file. KeystoreError if it cannot be read, is no keystore, or has another passphrase."""
    text = _read(path)
    try:
        sealed: dict[str, Any] = json.loads(text)
        key = bytes(Account.decrypt(sealed, passphrase))
    except (ValueError, TypeError, KeyError, AttributeError, NotImplementedError) as error:
        # `from None`: nothing of the file goes into a log.
        if "MAC" in str(error):
            raise KeystoreError(f"{path} does not open: it has another passphrase") from None
        raise KeystoreError(f"{path} is not a keystore file of version 3") from None
    return _signer(key, path)


def write_key(path: Path, key: bytes, passphrase: str) -> KeystoreSigner:
    """Seals `key` (32 bytes) into a new file, durable on return; scrypt makes guessing dear.

    KeystoreError if a file is there, it cannot be written, or the bytes are no private key.
    """
    signer = _signer(key, path)
    if not passphrase:
        raise KeystoreError("the passphrase is empty")
    sealed = json.dumps(Account.encrypt(key, passphrase, kdf="scrypt")) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        part = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(sealed)
                file.flush()
                os.fsync(descriptor)
            path.hardlink_to(part)  # a link fails where a rename would replace
        finally:
            part.unlink()
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError as error:
        raise KeystoreError(f"{path} is there already, and is not replaced") from error
    except OSError as error:
        raise KeystoreError(f"{path} cannot be written: {error.strerror}") from error
    return signer


def new_key(random: RandomBytes) -> bytes:
    """32 bytes that are a private key."""
    while True:
        key = random(KEY_SIZE)
        if 0 < int.from_bytes(key, "big") < ORDER:
            return key


def read_passphrase(path: Path) -> str:
    """The one line of the file. KeystoreError if others may read it, or it has more lines or none."""
    text = _read(path, secret=True).removesuffix("\n")
    if not text or "\n" in text:
        raise KeystoreError(f"{path} has one line, the passphrase, and nothing else")
    return text


def _signer(key: bytes, path: Path) -> KeystoreSigner:
    try:
        return KeystoreSigner(key)
    except (ValidationError, ValueError):
        raise KeystoreError(f"{path}: not a private key of secp256k1") from None


def _read(path: Path, *, secret: bool = False) -> str:
    try:
        with path.open("rb") as file:
            if secret and os.fstat(file.fileno()).st_mode & stat.S_IROTH:
                raise KeystoreError(f"anyone may read {path}, which opens a secret key: chmod 600 it")
            data = file.read(MAX_SIZE + 1)
        text = data.decode("utf-8")
    except OSError as error:
        raise KeystoreError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise KeystoreError(f"{path} is not text") from None
    if len(data) > MAX_SIZE:
        raise KeystoreError(f"{path} is too long for a keystore or a passphrase")
    return text
