"""`sunseal bid tokens|submit|receipt|withdraw`: what a bidder does online. `attach(group)` adds them to `bid`."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from app.bid_client.channel import Channel
from app.bid_client.errors import BidClientError
from app.bid_client.issuer import IssuerClient
from app.bid_client.submitting import Submitter
from app.bid_client.wallet import Wallet
from app.bidder.folder import BidFolder
from app.cli.bid_screen import explained as explained_offline
from app.cli.bid_screen import progress
from app.cli.lock_options import chosen_lock, lock_options
from crypto.tokens.privacy_pass import TokenChallenge
from ledger.errors import LedgerError
from ledger.policy_file import PolicyFile
from ledger.proof import Policy, Receipt

SUBMISSION = "/api/submission"
_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), required=False
)
_LOCK = lock_options("SUNSEAL_BID")
_POLICY = click.option(
    "--policy",
    type=_FILE,
    required=True,
    envvar="SUNSEAL_POLICY",
    help="Whom you believe: a tlog-policy file.",
)
_WALLET = click.option(
    "--wallet",
    type=_FILE,
    envvar="SUNSEAL_WALLET",
    default=Path.home() / ".sunseal" / "wallet.db",
    show_default="~/.sunseal/wallet.db",
    help="The file with your tokens.",
)
_SUBMISSIONS = click.option(
    "--submissions",
    required=True,
    envvar="SUNSEAL_SUBMISSIONS",
    metavar="URL",
    help="Where bids are taken, such as https://bids.example.org.",
)


@click.command()
@click.argument("count", type=click.IntRange(1, 1000), required=False)
@click.option("--platform", envvar="SUNSEAL_PLATFORM", metavar="URL", help="Where you are logged in.")
@click.option(
    "--issuer", metavar="HOST", help="The issuer's name in the challenge; by default the platform's."
)
@click.option("--submission-host", metavar="HOST", help="The other name in it; by default the issuer's.")
@_POLICY
@_WALLET
def tokens(
    count: int | None,
    platform: str | None,
    issuer: str | None,
    submission_host: str | None,
    policy: Path,
    wallet: Path,
) -> None:
    """Draw COUNT tokens into the wallet, or say how many are in it (领取令牌).

    Who you are is read from SUNSEAL_API_TOKEN, an API token of your account. Draw long before you need them: whoever
    draws one and spends it in the same minute is easily guessed.
    """
    with _explained(), Wallet(wallet) as own:
        if count is not None:
            if not platform:
                raise BidClientError("name the platform with --platform")
            host = issuer or platform.split("://")[-1].split("/")[0].split(":")[0]
            challenge = TokenChallenge(host, submission_host or host)
            api_token = os.environ.get("SUNSEAL_API_TOKEN")
            if not api_token:
                raise BidClientError("put an API token of your account into SUNSEAL_API_TOKEN")
            bearer = f"Bearer {api_token}"
            with Channel(platform) as channel, progress("tokens", count) as advance:
                client = IssuerClient(channel, own, _policy(policy), challenge, bearer, secrets.token_bytes)
                client.draw(count, now=_now(), progress=advance)
        click.echo(f"{own.count()} tokens are ready")


@click.command()
@_FOLDER
@_SUBMISSIONS
@_POLICY
@_WALLET
@_LOCK
def submit(
    folder: Path,
    submissions: str,
    policy: Path,
    wallet: Path,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Upload what is sealed in FOLDER and submit it, or replace what was submitted before (递交、替换).

    Interrupted at any point, run it again. The bid is submitted when the receipt is shown, and not before.
    """
    with _explained():
        found = BidFolder(folder)
        bid = found.sealed_bid()
        key = found.keys(chosen_lock(passphrase_file, age_key)).signing
        size = sum(path.stat().st_size for _, path in bid.parts)
        with (
            _submitter(folder, submissions, policy, wallet) as submitter,
            progress("submit", size) as advance,
        ):
            receipt = submitter.submit(bid, key, now=_now(), progress=advance)
        _show("submitted", receipt)


@click.command()
@_FOLDER
@_SUBMISSIONS
@_POLICY
@_WALLET
@_LOCK
def receipt(
    folder: Path,
    submissions: str,
    policy: Path,
    wallet: Path,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Fetch the receipts of the bid in FOLDER again, and verify them (取回回执)."""
    with _explained():
        found = BidFolder(folder)
        key = found.keys(chosen_lock(passphrase_file, age_key)).signing
        with _submitter(folder, submissions, policy, wallet) as submitter:
            for one in submitter.fetch(found.sheet.origin, key, now=_now()):
                _show("receipt", one)


@click.command()
@_FOLDER
@_SUBMISSIONS
@_POLICY
@_WALLET
@_LOCK
@click.option("--yes", is_flag=True, help="Do not ask.")
def withdraw(
    folder: Path,
    submissions: str,
    policy: Path,
    wallet: Path,
    passphrase_file: Path | None,
    age_key: Path | None,
    yes: bool,
) -> None:
    """Withdraw the bid in FOLDER for good; it is never opened (撤回)."""
    if not yes:
        click.confirm("A withdrawn bid does not come back. Withdraw it?", abort=True)
    with _explained():
        found = BidFolder(folder)
        key = found.keys(chosen_lock(passphrase_file, age_key)).signing
        with _submitter(folder, submissions, policy, wallet) as submitter:
            _show("withdrawn", submitter.withdraw(found.sheet.origin, found.sheet.lot, key))


def attach(group: click.Group) -> None:
    """Adds the commands."""
    for command in (tokens, submit, receipt, withdraw):
        group.add_command(command)


@contextmanager
def _submitter(folder: Path, submissions: str, policy: Path, wallet: Path) -> Iterator[Submitter]:
    with Wallet(wallet) as own, Channel(submissions.rstrip("/") + SUBMISSION) as channel:
        yield Submitter(channel, own, _policy(policy), folder, secrets.token_bytes)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        with explained_offline():
            yield
    except (BidClientError, LedgerError) as error:
        raise click.ClickException(str(error)) from error


def _policy(path: Path) -> Policy:
    return PolicyFile.parse(path.read_text("utf-8")).policy()


def _show(what: str, receipt: Receipt) -> None:
    click.echo(f"{what}: entry {receipt.index} of {receipt.checkpoint.origin}, verified")
    for cosignature in receipt.cosignatures:
        at = datetime.fromtimestamp(cosignature.timestamp, UTC)
        click.echo(f"  seen by {cosignature.witness.name} at {at:%Y-%m-%d %H:%M:%S} UTC")


def _now() -> datetime:
    return datetime.now(UTC)
