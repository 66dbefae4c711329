"""The options by which `sunseal bid` reads the ledger for itself: where it is, and whom the bidder believes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from app.bid_client.errors import BidClientError
from app.bid_client.ledger import LedgerFacts, LedgerReader
from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from ledger.policy_file import PolicyFile
from verifier.errors import VerifierError
from verifier.source import KeptSource, UrlSource

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(dir_okay=False, path_type=Path)


def ledger_options(*, required: bool) -> Callable[[Command], Command]:
    """Adds `--ledger`, `--policy`, `--supervisor` and `--keep`, given as `ledger`, `policy`, `supervisor`, `keep`."""

    def decorated(command: Command) -> Command:
        for option in (
            click.option(
                "--keep",
                type=click.Path(file_okay=False, path_type=Path),
                envvar="SUNSEAL_LEDGER_KEEP",
                help="A folder for what never changes of the ledger, so that the next run reads what is new.",
            ),
            click.option(
                "--supervisor",
                required=required,
                envvar="SUNSEAL_SUPERVISOR",
                metavar="HEX",
                help="The supervisor's public key, from the supervisor.",
            ),
            click.option(
                "--policy",
                type=_FILE,
                required=required,
                envvar="SUNSEAL_POLICY",
                help="Whom you believe: a tlog-policy file.",
            ),
            click.option(
                "--ledger",
                required=required,
                envvar="SUNSEAL_LEDGER",
                metavar="URL",
                help="Where the ledger is, such as https://tenders.example.org/ledger.",
            ),
        ):
            command = option(command)
        return command

    return decorated


def read_ledger(ledger: str, policy: Path, supervisor: str, keep: Path | None) -> LedgerFacts:
    """What the ledger says, verified. BidClientError, LedgerError, OSError."""
    try:
        key = VerifyKey(bytes.fromhex(supervisor))
    except (ValueError, CryptoError) as error:
        raise BidClientError("the supervisor's key is 64 hexadecimal digits") from error
    trusted = PolicyFile.parse(policy.read_text("utf-8")).policy()
    try:
        source = UrlSource(ledger)
        return LedgerReader(KeptSource(source, keep) if keep else source, trusted, key).read()
    except VerifierError as error:
        raise BidClientError(f"the ledger cannot be read: {error}") from error
