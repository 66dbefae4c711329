"""What the commands of `sunseal guarantor` share: the folder, its keys, the platform, and how errors are told."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import click
from sqlalchemy.orm import Session

from app.cli.explained import explained
from app.cli.lock_options import chosen_lock, lock_options
from app.guarantor.folder import GuarantorFolder, Keys
from app.letter_client import PostOffice, connect
from app.place import Place
from guarantees.errors import RefusedError
from storage.database import Database

LOCK = lock_options("SUNSEAL_GUARANTOR")
FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))


class Explained(click.Group):
    """What a person can do something about is one sentence, of a rule in both languages."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            with explained():
                return super().invoke(ctx)
        except RefusedError as error:  # pragma: no cover - explained() has told it
            raise click.ClickException(f"{error.said.zh}\n{error.said.en}") from error


def keys_of(folder: Path, passphrase_file: Path | None, age_key: Path | None) -> tuple[GuarantorFolder, Keys]:
    """The folder and its keys, opened. FormatError, SecretFileError."""
    found = GuarantorFolder(folder)
    return found, found.keys(chosen_lock(passphrase_file, age_key))


def office_of(folder: GuarantorFolder) -> PostOffice:
    """The platform's letters."""
    client = connect(folder.settings.platform)
    return PostOffice(client, folder.supervisor, lambda: int(time.time()), token_bytes)


@contextmanager
def desk_database() -> Iterator[Database]:
    """The desk's own database, closed afterwards."""
    database = Place().database()
    try:
        yield database
    finally:
        database.close()


@contextmanager
def desk() -> Iterator[Session]:
    """A session on the desk's own database."""
    with desk_database() as database, database.session() as session:
        yield session


def now() -> datetime:
    return datetime.now(UTC)


def printed(text: str) -> str:
    """A stranger's words for a terminal: no control characters."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
