"""What the supervisor does on a machine of its own, without database or network: its keys, and a group's proposal."""

from pathlib import Path
from secrets import token_bytes

import click

from app.cli.explained import explained
from app.cli.lock_options import chosen_lock, lock_options
from crypto.age import X25519Identity, X25519Recipient
from crypto.secret_file import Secret
from crypto.signatures import SEED_SIZE, SigningKey
from custody.errors import RegistrationError
from keyholder import secret_file
from keyholder.card import MAX_SIZE, Card
from keyholder.errors import CardError
from ledger.entries import GroupMember, GroupProposed, encode
from ledger.entries.signed import UNSIGNED

SIGNING_KIND, RECIPIENT_KIND = "supervisor-key", "supervisor-opening"
LOCK = lock_options("SUNSEAL_SUPERVISOR")
_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUTPUT = click.Path(dir_okay=False, path_type=Path)


@click.command("supervisor-key")
@click.argument("file", metavar="FILE", type=_OUTPUT)
@LOCK
def supervisor_key(file: Path, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Make the supervisor's signing key in FILE, and its opening identity in FILE.opening. Offline."""
    opening = file.with_name(file.name + ".opening")
    seed, value = token_bytes(SEED_SIZE), token_bytes(32)
    with explained():
        lock = chosen_lock(passphrase_file, age_key, new=True)
        secret_file.make(file, Secret(SIGNING_KIND, "supervisor", seed), lock, random=token_bytes)
        secret_file.make(opening, Secret(RECIPIENT_KIND, "supervisor", value), lock, random=token_bytes)
    click.echo(f"the keys are in {file} and {opening}: keep copies where nobody else is")
    click.echo("keyholders and the platform need the supervisor's key:")
    click.echo(f"SUNSEAL_SUPERVISOR={SigningKey(seed).verify_key.raw.hex()}")
    click.echo("shares of a committee's part are sealed to this recipient:")
    click.echo(str(X25519Identity(value).recipient))


@click.command()
@click.argument("cards", metavar="CARD...", type=_INPUT, nargs=-1, required=True)
@click.option("--key", type=_INPUT, required=True, help="The supervisor's signing key file.")
@click.option("--recipient", required=True, metavar="age1...", help="Where members seal shares to as well.")
@click.option(
    "--threshold", type=click.IntRange(1, 255), required=True, metavar="T", help="How many members suffice."
)
@click.option("--name", required=True, help="What persons call the group.")
@click.option("--origin", required=True, help="The log that the group is for, such as ledger.example.org.")
@click.option(
    "--output", "-o", type=_OUTPUT, required=True, metavar="FILE", help="Where to write the proposal."
)
@LOCK
def propose(
    cards: tuple[Path, ...],
    key: Path,
    recipient: str,
    threshold: int,
    name: str,
    origin: str,
    output: Path,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Sign the proposal of a group of the keyholders with these cards, in this order. Offline."""
    with explained():
        members = tuple(
            GroupMember(card.name, card.static_key, card.signing_key, card.witness)
            for card in map(read_card, cards)
        )
        X25519Recipient.parse(recipient)
        secret = secret_file.read(key, chosen_lock(passphrase_file, age_key), kind=SIGNING_KIND)
        signing = SigningKey(secret.value)
        proposal = GroupProposed(
            origin, name, threshold, members, recipient, signing.verify_key.raw.hex(), UNSIGNED
        ).signed_by(signing)
        proposal.check()
        output.write_bytes(encode(proposal))
    click.echo(f"{threshold} of {len(members)}:")
    for number, member in enumerate(members, start=1):
        click.echo(f"{number} {member.name} {member.signing_key}")
    click.echo(f"the proposal is in {output}: the platform appends it with `sunseal custody append`")


def read_card(path: Path) -> Card:
    """RegistrationError for what is no card; its sentence names the file."""
    try:
        return Card.parse(path.read_bytes()[: MAX_SIZE + 1].removesuffix(b"\n"))
    except CardError as error:
        raise RegistrationError(f"{path}: {error}") from error
