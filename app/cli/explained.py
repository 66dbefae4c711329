"""What a person can do something about, as one sentence and exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from app.place import ConfigurationError
from bidding.errors import BiddingError
from crypto.errors import CryptoError
from custody.errors import CustodyError
from guarantees.chain.errors import ChainError
from guarantees.errors import GuaranteesError
from keyholder.secret_file import SecretFileError
from ledger.errors import LedgerError
from storage.errors import StorageError

EXPECTED = (
    BiddingError,
    LedgerError,
    StorageError,
    CryptoError,
    ChainError,
    GuaranteesError,
    CustodyError,
    ConfigurationError,
    SecretFileError,
    SQLAlchemyError,
    UnicodeDecodeError,
    OSError,
)


@contextmanager
def explained() -> Iterator[None]:
    """Turns the errors of our packages, and the machine's, into click's; anything else is a bug and shows as one."""
    try:
        yield
    except EXPECTED as error:
        notes = "".join(f"\n{note}" for note in getattr(error, "__notes__", []))
        raise click.ClickException(f"{error}{notes}") from error
