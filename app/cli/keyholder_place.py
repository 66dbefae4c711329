"""What the commands of `sunseal keyholder` share: how the folder is opened, and how errors are said."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from app.cli.lock_options import chosen_lock, lock_options
from crypto.errors import CryptoError
from keyholder.config import Config
from keyholder.daemon import Daemon, Outside, open_identity
from keyholder.errors import KeyholderError
from keyholder.folder import Folder
from keyholder.identity import Identity
from keyholder.secret_file import SecretFileError
from keyholder.witness.errors import WitnessError
from keyholder.witness.journal import Journal
from ledger.errors import LedgerError

LOCK = lock_options("SUNSEAL_KEYHOLDER")


def clock() -> float:
    """POSIX seconds."""
    return time.time()


def opened(folder: Folder, journal: Journal | None = None, outside: Outside | None = None) -> Daemon:
    """The keyholder's memories. ConfigError, StateError."""
    silent = Journal(io.StringIO(), None, lambda: int(clock()))
    return Daemon(folder, Config.read(folder.config), journal or silent, outside)


def journal_of(sentences: TextIO, folder: Folder) -> Journal:
    """Sentences there, and lines in the folder's journal."""
    return Journal(sentences, folder.journal, lambda: int(clock()))


def opened_identity(
    folder: Folder, daemon: Daemon, passphrase_file: Path | None, age_key: Path | None
) -> Identity:
    """The keyholder's keys. SecretFileError."""
    return open_identity(folder, daemon.config, chosen_lock(passphrase_file, age_key))


def when(seconds: int) -> str:
    """A time for a person."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def explained() -> Iterator[None]:
    """An error of the keyholder is a sentence for the person, not a traceback."""
    try:
        yield
    except (KeyholderError, WitnessError, SecretFileError, LedgerError, CryptoError, OSError) as error:
        raise click.ClickException(str(error)) from error
