"""Secret key files on the disk, and what opens them (the format is crypto.secret_file's).

A key file appears whole and durable under its name, readable by its owner alone, or not at all, and it never
replaces another: a key that is gone is gone for ever.
"""

import os
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crypto import secret_file
from crypto.age import Unwrap, Wrap
from crypto.age.scrypt import DEFAULT_WORK_FACTOR, Passphrase
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from crypto.secret_file import MAX_SIZE, Secret

_IDENTITY_START = "AGE-SECRET-KEY-"


class SecretFileError(Exception):
    """A key file, or the file with what opens it, that cannot be made, read or opened."""


@dataclass(frozen=True, slots=True)
class Lock:
    """What a key file is sealed with, and what opens it again. One that can only seal has no `unwraps`."""

    wraps: Sequence[Wrap]
    unwraps: Sequence[Unwrap]

    @classmethod
    def of_passphrase(cls, passphrase: str, *, work_factor: int = DEFAULT_WORK_FACTOR) -> "Lock":
        """SecretFileError for an empty passphrase."""
        if not passphrase:
            raise SecretFileError("the passphrase is empty")
        lock = Passphrase(passphrase, work_factor=work_factor)
        return cls((lock.wrap,), (lock.unwrap,))

    @classmethod
    def of_passphrase_file(cls, path: Path) -> "Lock":
        """The passphrase is the file's one line. SecretFileError if others may read it, or it has more lines."""
        text, is_open_to_all = _read_text(path)
        if is_open_to_all:
            raise SecretFileError(_open_to_all(path))
        text = text.removesuffix("\n")
        if "\n" in text:
            raise SecretFileError(f"{path} has more than one line: a passphrase has one")
        return cls.of_passphrase(text)

    @classmethod
    def of_age_file(cls, path: Path) -> "Lock":
        """An age identity file; or one of recipients alone, which seals and does not open.

        SecretFileError for anything else, and for an identity that others may read.
        """
        text, is_open_to_all = _read_text(path)
        try:
            recipients = secret_file.parse_recipients(text)
            identities = secret_file.parse_identities(text) if _IDENTITY_START in text.upper() else ()
        except CryptoError as error:
            raise SecretFileError(f"{path} is no age key file: {error}") from error
        if identities and is_open_to_all:
            raise SecretFileError(_open_to_all(path))
        wraps = tuple(recipient.wrap for recipient in recipients)
        return cls(wraps, tuple(identity.unwrap for identity in identities))


def make(path: Path, secret: Secret, lock: Lock, *, random: RandomBytes) -> None:
    """Write the key file at `path`. SecretFileError if there is a file already, or it cannot be written."""
    write_new(path, secret_file.seal(secret, lock.wraps, random=random))


def read(path: Path, lock: Lock, *, kind: str) -> Secret:
    """The secret of that kind in the file; SecretFileError if it cannot be read or opened."""
    if not lock.unwraps:
        raise SecretFileError(f"opening {path} takes the identity, not the recipient alone")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SIZE + 1)
        return secret_file.unseal(data, lock.unwraps, kind=kind)
    except OSError as error:
        raise SecretFileError(f"{path} cannot be read: {error.strerror}") from error
    except CryptoError as error:
        raise SecretFileError(f"{path} does not open: {error}") from error


def write_new(path: Path, data: bytes) -> None:
    """A new file for its owner's eyes, durable on return. SecretFileError if one is there, or on a failure.

    1. Write all of it under a name that nobody reads.
    2. Put it on the disk.
    3. Give it its name, if none has that: a link fails where a rename would replace.
    4. Drop the first name, and put the folder's entries on the disk.

    A crash before 3 leaves a `.part` file, which is nothing and may be deleted; it holds sealed text only.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)  # 1.
                file.flush()
                os.fsync(descriptor)  # 2.
            path.hardlink_to(part)  # 3.
        finally:
            part.unlink()  # 4.
        sync_folder(path.parent)
    except FileExistsError as error:
        raise SecretFileError(f"{path} is there already, and is not replaced") from error
    except OSError as error:
        raise SecretFileError(f"{path} cannot be written: {error.strerror}") from error


def write_over(path: Path, data: bytes) -> None:
    """A file replaced whole and durably, for its owner's eyes. SecretFileError if not: then the old one stands."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(descriptor)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise SecretFileError(f"{path} cannot be written: {error.strerror}") from error


def sync_folder(folder: Path) -> None:
    """Put on the disk which entries `folder` has. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_text(path: Path) -> tuple[str, bool]:
    """A small file's text, and whether anyone may read it. SecretFileError."""
    try:
        with path.open("rb") as file:
            is_open_to_all = bool(os.fstat(file.fileno()).st_mode & stat.S_IROTH)
            data = file.read(MAX_SIZE + 1)
        text = data.decode("utf-8")
    except OSError as error:
        raise SecretFileError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        # `from None`: the cause holds the bytes.
        raise SecretFileError(f"{path} is not text") from None
    if len(data) > MAX_SIZE:
        raise SecretFileError(f"{path} is too long for what opens a key")
    return text, is_open_to_all


def _open_to_all(path: Path) -> str:
    return f"anyone may read {path}, which opens a secret key: chmod 600 it"
