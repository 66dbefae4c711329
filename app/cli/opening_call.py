"""`sunseal opening caller-key|call`: whoever evaluates the first envelopes calls for the second ones.

The caller is not the platform: its key is its own, it signs the call on its own machine, and the platform can only pass
it on. `attach(group)` adds the commands.
"""

from pathlib import Path
from secrets import token_bytes

import click
import httpx

from app.cli.explained import explained
from app.cli.lock_options import chosen_lock, lock_options
from crypto.secret_file import Secret
from crypto.signatures import SigningKey
from keyholder import secret_file
from ledger.entries import PartCalled, encode
from ledger.entries.signed import UNSIGNED

KIND = "opening-caller"
_FILE = click.Path(dir_okay=False, path_type=Path)
_LOCK = lock_options("SUNSEAL_CALLER")


@click.command("caller-key")
@click.argument("file", type=_FILE)
@click.option("--origin", required=True, metavar="NAME", help="The ledger's name, as in its checkpoint.")
@_LOCK
def caller_key(file: Path, origin: str, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Make the key that calls for second envelopes in the new FILE; what is printed is SUNSEAL_OPENING_CALLER."""
    with explained():
        seed = token_bytes(32)
        lock = chosen_lock(passphrase_file, age_key, new=True)
        secret_file.make(file, Secret(KIND, origin, seed), lock, random=token_bytes)
    click.echo(SigningKey(seed).verify_key.raw.hex())


@click.command("call")
@click.argument("closing")
@click.argument("part")
@click.argument("bids", nargs=-1, required=True, type=click.IntRange(min=0), metavar="BID...")
@click.option("--key", type=_FILE, required=True, envvar="SUNSEAL_CALLER_KEY", help="The caller's key file.")
@click.option("--platform", required=True, envvar="SUNSEAL_PLATFORM", metavar="URL", help="Who opens bids.")
@_LOCK
def call(
    closing: str,
    part: str,
    bids: tuple[int, ...],
    key: Path,
    platform: str,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Call for PART of the bids that passed, by their numbers in CLOSING. It is done once, and for no other bids.

    Whoever did not pass is left out: no keyholder ever gives a share of that price.
    """
    with explained():
        secret = secret_file.read(key, chosen_lock(passphrase_file, age_key), kind=KIND)
        entry = PartCalled(secret.name, closing, part, tuple(sorted(set(bids))), UNSIGNED)
        signed = entry.signed_by(SigningKey(secret.value))
        body = {"entry": encode(signed).decode("utf-8")}
        try:
            answer = httpx.post(f"{platform.rstrip('/')}/api/openings/calls", json=body, timeout=60)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise click.ClickException("the platform does not answer: is its address right?") from error
    if answer.status_code >= 400:
        raise click.ClickException(f"the call was refused: {_reason(answer)}")
    click.echo(f"called for {part} of {len(entry.bids)} bids")


def attach(group: click.Group) -> None:
    """Adds the commands."""
    for command in (caller_key, call):
        group.add_command(command)


def _reason(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        return str(problem.get("detail") or problem["title"])
    except (ValueError, KeyError, AttributeError):
        return str(answer.status_code)
