"""`sunseal guarantor`: a guarantor's own program, and the supervisor's list of guarantors.

Its desk stands in a database of the guarantor's own: the commands take SUNSEAL_VAR or DATABASE_URL, as all do,
and these are not the platform's. `sunseal gateway run` beside it, with the same environment, sends and follows.
"""

import json
import logging
import threading
import tomllib
from pathlib import Path
from secrets import token_bytes

import click
import msgspec

from app.bidder.files import write_replacing
from app.cli import guarantor_amending, guarantor_desk, guarantor_listing, guarantor_pages, guarantor_serve
from app.cli.gateway import ADDRESS
from app.cli.guarantor_screen import (
    FOLDER,
    LOCK,
    Explained,
    desk_database,
    keys_of,
    now,
    office_of,
    rounds_of,
)
from app.cli.lock_options import chosen_lock
from app.cli.working import stopped_by_signals
from app.guarantor import self_signed
from app.guarantor.folder import GuarantorFolder, Keys, Settings
from app.guarantor.letter import unsigned
from guarantees.errors import FormatError, GuaranteesError
from guarantees.register.product import Product
from ledger.policy_file import PolicyFile
from storage.database import Database

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=Explained)
def guarantor() -> None:
    """Guarantee bids: the guarantor's own desk; and the supervisor's list of who may."""


guarantor_listing.attach(guarantor)
guarantor_desk.attach(guarantor)
guarantor_amending.attach(guarantor)
guarantor_serve.attach(guarantor)
guarantor_pages.attach(guarantor)


@guarantor.command()
@FOLDER
@click.argument("platform")
@click.option("--supervisor", required=True, metavar="HEX", help="The supervisor's public key, from itself.")
@click.option("--credit-code", required=True, help="The guarantor's unified social credit code.")
@click.option("--name", required=True, help="The guarantor's name, as it stands on its licence.")
@click.option(
    "--account", type=ADDRESS, required=True, help="Its address on chain; `sunseal gateway new-key`."
)
@click.option("--pay-to", required=True, help="Where premiums are paid, in words.")
@click.option(
    "--policy",
    type=_FILE,
    help="Whom it believes about the ledger, which then proves whose keys applicants sign with.",
)
@click.option("--place", help="Where demands are presented; the platform's address if nothing is said.")
@LOCK
def init(
    folder: Path,
    platform: str,
    supervisor: str,
    credit_code: str,
    name: str,
    account: bytes,
    pay_to: str,
    policy: Path | None,
    place: str | None,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Make FOLDER with new keys, for the platform at the address PLATFORM. Then give its card to the supervisor."""
    settings = Settings(platform, supervisor, credit_code, name, account.hex(), pay_to, place or platform)
    lock = chosen_lock(passphrase_file, age_key, new=True)
    believed = PolicyFile.parse(policy.read_text("utf-8")) if policy is not None else None
    made = GuarantorFolder.create(folder, settings, lock, token_bytes)
    if policy is not None and believed is not None:
        write_replacing(made.policy, policy.read_bytes())
    click.echo(f"keep a copy of {folder / 'key.age'} where nobody else is; `sunseal guarantor card` is next")
    click.secho(unsigned(folder), fg="yellow")


@guarantor.command("test-certificate")
@FOLDER
def test_certificate(folder: Path) -> None:
    """Make a certificate of FOLDER's own that signs its letters, for trainings alone: nobody vouches for it."""
    settings = GuarantorFolder(folder).settings
    made = self_signed.make(folder, settings.name, settings.credit_code, now=now())
    click.echo(f"letters are signed with {made}; readers' programs will say that nobody vouches for it")


@guarantor.command()
@FOLDER
@LOCK
def card(folder: Path, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Print what the supervisor needs to list the guarantor: name, account, public keys."""
    found, keys = keys_of(folder, passphrase_file, age_key)
    shown = {
        "guarantor": found.settings.credit_code,
        "name": found.settings.name,
        "account": found.settings.account,
        "key": keys.spki.hex(),
        "recipient": str(keys.identity.recipient),
    }
    click.echo(json.dumps(shown, indent=1, ensure_ascii=False))


@guarantor.command()
@FOLDER
@click.argument("file", type=_FILE)
@LOCK
def publish(folder: Path, file: Path, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Publish the product in FILE, a TOML file, or the next version of it. docs/guarantor.md has an example."""
    found, keys = keys_of(folder, passphrase_file, age_key)
    try:
        fields = tomllib.loads(file.read_text("utf-8"))
        fields = {"guarantor": found.settings.credit_code, "text": None, **fields}
        product = msgspec.convert(fields, Product, strict=True)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise FormatError(f"{file} is no product: {error}") from error
    content = product.to_bytes()
    office_of(found).publish(content, keys.signing.sign)
    click.echo(f"{product.product} is offered, version {product.version}")


@guarantor.command()
@FOLDER
@click.argument("product")
@click.argument("version", type=int)
@LOCK
def withdraw(
    folder: Path, product: str, version: int, passphrase_file: Path | None, age_key: Path | None
) -> None:
    """Offer VERSION of PRODUCT no more; what was quoted by it stands."""
    found, keys = keys_of(folder, passphrase_file, age_key)
    office_of(found).withdraw(found.settings.credit_code, product, version, keys.signing.sign)
    click.echo(f"{product} is offered no more")


@guarantor.command()
@FOLDER
@click.option("--every", type=click.IntRange(min=1), default=15, show_default=True, metavar="SECONDS")
@click.option("--once", is_flag=True, help="One round, and end.")
@LOCK
def run(folder: Path, every: int, once: bool, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Fetch and send letters, and take over what the chain did, until stopped."""
    logging.basicConfig(format="%(asctime)s %(message)s")
    found, keys = keys_of(folder, passphrase_file, age_key)
    stopped = stopped_by_signals()
    if lacking := unsigned(folder):
        click.secho(lacking, fg="yellow", err=True)
    if not once:
        click.echo(f"letters through {found.settings.platform}, every {every} s; Ctrl-C stops")
    with desk_database() as database:
        _run(database, found, keys, stopped, every=every, once=once)


def _run(
    database: Database,
    folder: GuarantorFolder,
    keys: Keys,
    stopped: threading.Event,
    *,
    every: int,
    once: bool,
) -> None:
    """Rounds until stopped. What goes wrong with one is told, and the next one tries again."""
    rounds = None
    while not stopped.is_set():
        try:
            rounds = rounds or rounds_of(database, folder, keys)
            done = rounds.run()
        except GuaranteesError as error:
            if once:
                raise
            click.echo(str(error), err=True)
        else:
            for trouble in done.troubles:
                click.echo(trouble, err=True)
            if once or done.taken or done.sent or done.settled:
                stamp = now().isoformat(timespec="seconds")
                click.echo(f"{stamp} taken {done.taken}, settled {done.settled}, sent {done.sent}")
            if once:
                return
        stopped.wait(every)
