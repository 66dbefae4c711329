"""`sunseal guarantor list|suspend|resume`: the supervisor's list."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import click

from app.cli.custody_offline import SIGNING_KIND
from app.cli.lock_options import chosen_lock, lock_options
from app.letter_client import PostOffice, connect
from crypto.signatures import SigningKey
from guarantees.errors import FormatError
from keyholder import secret_file
from ledger.entries import GuarantorListed, GuarantorResumed, GuarantorSuspended, encode
from ledger.entries.signed import UNSIGNED

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_LOCK = lock_options("SUNSEAL_SUPERVISOR")
_KEY = click.option("--key", type=_FILE, required=True, help="The supervisor's signing key file.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("list")
@click.argument("platform")
@click.argument("card", type=_FILE)
@click.option("--since", type=_DAY, required=True, help="The first day of the licence.")
@click.option("--until", type=_DAY, required=True, help="The first day on which it holds no more.")
@_KEY
@_LOCK
def list_command(
    platform: str,
    card: Path,
    since: datetime,
    until: datetime,
    key: Path,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """The supervisor: list the guarantor of CARD, or change its licence or keys, at the address PLATFORM.

    Compare the card with the guarantor by another way first. `sunseal gateway license` lets its account issue on chain.
    """
    office, signing = _supervisor(platform, key, passphrase_file, age_key)
    try:
        fields = json.loads(card.read_text("utf-8"))
        entry = GuarantorListed(
            *(office.origin, fields["guarantor"], fields["name"], fields["account"], fields["key"]),
            *(fields["recipient"], _seconds(since), _seconds(until), signing.verify_key.raw.hex(), UNSIGNED),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(f"{card} is no guarantor's card") from error
    office.act(encode(entry.signed_by(signing)))
    click.echo(f"{entry.guarantor} is listed until {until:%Y-%m-%d}")


@click.command()
@click.argument("platform")
@click.argument("credit_code")
@click.option("--reason", required=True, help="Why: it stands in the public ledger.")
@_KEY
@_LOCK
def suspend(
    platform: str,
    credit_code: str,
    reason: str,
    key: Path,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """The supervisor: let the guarantor of CREDIT_CODE issue no more, until it is resumed. What it issued stands."""
    office, signing = _supervisor(platform, key, passphrase_file, age_key)
    public = signing.verify_key.raw.hex()
    entry = GuarantorSuspended(office.origin, credit_code, reason, public, UNSIGNED)
    office.act(encode(entry.signed_by(signing)))
    click.echo(f"{credit_code} is suspended; `sunseal gateway suspend` stops its account on chain")


@click.command()
@click.argument("platform")
@click.argument("credit_code")
@click.option("--reason", required=True, help="Why: it stands in the public ledger.")
@_KEY
@_LOCK
def resume(
    platform: str,
    credit_code: str,
    reason: str,
    key: Path,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """The supervisor: let the suspended guarantor of CREDIT_CODE issue again."""
    office, signing = _supervisor(platform, key, passphrase_file, age_key)
    public = signing.verify_key.raw.hex()
    entry = GuarantorResumed(office.origin, credit_code, reason, public, UNSIGNED)
    office.act(encode(entry.signed_by(signing)))
    click.echo(f"{credit_code} may issue again")


def _supervisor(
    platform: str, key: Path, passphrase_file: Path | None, age_key: Path | None
) -> tuple[PostOffice, SigningKey]:
    lock = chosen_lock(passphrase_file, age_key)
    signing = SigningKey(secret_file.read(key, lock, kind=SIGNING_KIND).value)
    office = PostOffice(connect(platform), signing.verify_key, lambda: int(time.time()), token_bytes)
    return office, signing


def _seconds(day: datetime) -> int:
    return int(day.replace(tzinfo=UTC).timestamp())
