"""`sunseal bid tokens|submit|replace|receipt|withdraw|give-back|give-key`: what a bidder does online.

`attach(group)` adds them to `bid`.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from app.bid_client import giving_back, own_key, records
from app.bid_client.channel import Channel
from app.bid_client.errors import BidClientError
from app.bid_client.issuer import IssuerClient
from app.bid_client.login import LoggedIn
from app.bid_client.submitting import Submitter
from app.bid_client.wallet import Wallet
from app.bidder.folder import BidFolder
from app.cli.bid_ledger import ledger_options, read_ledger
from app.cli.bid_screen import explained as explained_offline
from app.cli.bid_screen import progress
from app.cli.lock_options import chosen_lock, lock_options
from crypto.tokens.privacy_pass import TokenChallenge
from keyholder.secret_file import Lock
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
@click.option(
    "--login",
    metavar="EMAIL",
    help="Log in with this address instead of an API token; you are asked for the rest.",
)
@click.option("--organisation", metavar="ID", help="For whom, if the login bids for several.")
@_POLICY
@_WALLET
def tokens(
    count: int | None,
    platform: str | None,
    issuer: str | None,
    submission_host: str | None,
    login: str | None,
    organisation: str | None,
    policy: Path,
    wallet: Path,
) -> None:
    """Draw COUNT tokens into the wallet, or say how many are in it (领取令牌).

    Who you are is read from SUNSEAL_API_TOKEN, an API token of your account with the scope blind-tokens:draw, or asked
    for with --login. Draw long before you need them: whoever draws one and spends it in the same minute is easily
    guessed.
    """
    with explained_online(), Wallet(wallet) as own:
        if count is not None:
            if not platform:
                raise BidClientError("name the platform with --platform")
            host = issuer or platform.split("://")[-1].split("/")[0].split(":")[0]
            challenge = TokenChallenge(host, submission_host or host)
            with (
                _credentials(platform, login, organisation) as credentials,
                Channel(platform) as channel,
                progress("tokens", count) as advance,
            ):
                trusted = _policy(policy)
                client = IssuerClient(channel, own, trusted, challenge, credentials, secrets.token_bytes)
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
    with explained_online():
        _show(
            "submitted",
            _submitted(folder, submissions, policy, wallet, chosen_lock(passphrase_file, age_key)),
        )


@click.command()
@_FOLDER
@_SUBMISSIONS
@_POLICY
@_WALLET
@_LOCK
def replace(
    folder: Path,
    submissions: str,
    policy: Path,
    wallet: Path,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Submit what is sealed in FOLDER in the place of what was submitted before (替换).

    As submit, but refused while there is nothing that could be replaced.
    """
    with explained_online():
        if not any(one.is_done for one in records.records(folder)):
            raise BidClientError("nothing was submitted from this folder yet: use sunseal bid submit")
        _show(
            "replaced", _submitted(folder, submissions, policy, wallet, chosen_lock(passphrase_file, age_key))
        )


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
    with explained_online():
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
    with explained_online():
        found = BidFolder(folder)
        key = found.keys(chosen_lock(passphrase_file, age_key)).signing
        with _submitter(folder, submissions, policy, wallet) as submitter:
            _show("withdrawn", submitter.withdraw(found.sheet.origin, found.sheet.lot, key))


@click.command("give-back")
@_FOLDER
@click.option("--guarantee", type=_FILE, required=True, help="guarantee.json, as the guarantor delivered it.")
@click.option("--platform", required=True, envvar="SUNSEAL_PLATFORM", metavar="URL", help="Who releases it.")
@click.option(
    "--login",
    metavar="EMAIL",
    help="Log in with this address instead of an API token; you are asked for the rest.",
)
@click.option("--organisation", metavar="ID", help="For whom, if the login bids for several.")
@click.option(
    "--early",
    is_flag=True,
    help="Also before the deadline: the ledger then shows that one of this amount was given for this lot.",
)
@_POLICY
def give_back(
    folder: Path,
    guarantee: Path,
    platform: str,
    login: str | None,
    organisation: str | None,
    early: bool,
    policy: Path,
) -> None:
    """Have the guarantee of the bid in FOLDER released, which was withdrawn or not opened (退还保函).

    The platform cannot read what such a bid carried: the folder's receipts show it. Who you are is read from
    SUNSEAL_API_TOKEN, an API token with the scope guarantees:write, or asked for with --login.
    """
    with explained_online():
        body = giving_back.request(folder, guarantee.read_bytes(), _policy(policy), early=early)
        with _credentials(platform, login, organisation) as credentials, Channel(platform) as channel:
            made = giving_back.hand_in(channel, body, credentials)
        click.echo(
            f"the guarantee {made} is taken, and released by its clock: {platform}/desk/guarantees/{made}"
        )


@click.command("give-key")
@_FOLDER
@click.option("--platform", required=True, envvar="SUNSEAL_PLATFORM", metavar="URL", help="Who opens bids.")
@ledger_options(required=True)
@_LOCK
def give_key(
    folder: Path,
    platform: str,
    ledger: str,
    policy: Path,
    supervisor: str,
    keep: Path | None,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Give the key of the bid in FOLDER, when too few keyholders answered (以自有密钥开启).

    The ledger is read first: a key is given for a part whose fallback it shows to have begun, and for nothing else. No
    login is needed, and nobody is told who gives it.
    """
    with explained_online():
        found = BidFolder(folder)
        keys = found.keys(chosen_lock(passphrase_file, age_key))
        facts = read_ledger(ledger, policy, supervisor, keep)
        given = 0
        with Channel(platform) as channel:
            for key in own_key.due(found, keys, facts, _policy(policy)):
                own_key.give(channel, key)
                click.echo(f"the key of the part {key.part} of bid {key.bid} was given")
                given += 1
        if not given:
            raise BidClientError("the ledger shows no fallback that waits for this bid: no key was given")


def attach(group: click.Group) -> None:
    """Adds the commands."""
    for command in (tokens, submit, replace, receipt, withdraw, give_back, give_key):
        group.add_command(command)


def _submitted(folder: Path, submissions: str, policy: Path, wallet: Path, lock: Lock) -> Receipt:
    found = BidFolder(folder)
    bid = found.sealed_bid()
    key = found.keys(lock).signing
    size = sum(path.stat().st_size for _, path in bid.parts)
    with (
        _submitter(folder, submissions, policy, wallet) as submitter,
        progress("submit", size) as advance,
    ):
        return submitter.submit(bid, key, now=_now(), progress=advance)


@contextmanager
def _credentials(platform: str, login: str | None, organisation: str | None) -> Iterator[Mapping[str, str]]:
    """The headers by which the platform knows who draws."""
    if login is None:
        api_token = os.environ.get("SUNSEAL_API_TOKEN")
        if not api_token:
            raise BidClientError("put an API token of your account into SUNSEAL_API_TOKEN, or name a --login")
        yield {"Authorization": f"Bearer {api_token}"}
        return
    password = str(click.prompt("Password", hide_input=True, err=True))

    def code() -> str:
        return str(click.prompt("The authenticator's code", err=True))

    with LoggedIn(platform, login, password, code, organisation) as logged_in:
        yield logged_in.headers


@contextmanager
def _submitter(folder: Path, submissions: str, policy: Path, wallet: Path) -> Iterator[Submitter]:
    with Wallet(wallet) as own, Channel(submissions.rstrip("/") + SUBMISSION) as channel:
        yield Submitter(channel, own, _policy(policy), folder, secrets.token_bytes)


@contextmanager
def explained_online() -> Iterator[None]:
    """As offline, and what a platform or a ledger can be wrong about."""
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
