"""`sunseal guarantor init|test-certificate|card|publish|withdraw`: a guarantor's folder, and what it offers."""

import json
import tomllib
from pathlib import Path
from secrets import token_bytes

import click
import msgspec

from app.bidder.files import write_replacing
from app.cli.address import ADDRESS
from app.cli.guarantor_screen import FOLDER, LOCK, keys_of, now, office_of
from app.cli.lock_options import chosen_lock
from app.guarantor import self_signed
from app.guarantor.folder import GuarantorFolder, Settings
from app.guarantor.letter_keys import unsigned
from guarantees.errors import FormatError
from guarantees.register.product import Product
from ledger.policy_file import PolicyFile

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
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


@click.command("test-certificate")
@FOLDER
def test_certificate(folder: Path) -> None:
    """Make a certificate of FOLDER's own that signs its letters, for trainings alone: nobody vouches for it."""
    settings = GuarantorFolder(folder).settings
    made = self_signed.make(folder, settings.name, settings.credit_code, now=now())
    click.echo(f"letters are signed with {made}; readers' programs will say that nobody vouches for it")


@click.command()
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


@click.command()
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


@click.command()
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
