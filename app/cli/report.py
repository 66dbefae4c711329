"""`sunseal report`: report without a name, or that an official meddled; and the supervisor's side of it."""

import time
from pathlib import Path
from secrets import token_bytes
from typing import TextIO

import click

from app.cli.custody_offline import RECIPIENT_KIND, SIGNING_KIND
from app.cli.explained import explained
from app.cli.lock_options import chosen_lock, lock_options
from app.report_client import Desk, commitment_of, connect
from crypto.age import X25519Identity
from crypto.secret_file import parse_identities
from crypto.signatures import SigningKey, VerifyKey
from keyholder import secret_file
from keyholder.secret_file import Lock
from oversight.code_phrase import CHINESE, ENGLISH, CodePhrase
from oversight.errors import OversightError
from oversight.reports import KINDS, REPORT, File, MessageText

_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
LOCK = lock_options("SUNSEAL_SUPERVISOR")
SUPERVISOR = click.option(
    "--supervisor",
    required=True,
    metavar="HEX",
    help="The supervisor's public key, from the supervisor itself.",
)
ATTACHED = click.option(
    "--attach", type=_INPUT, multiple=True, help="A file that goes with it; may be given again."
)


class _Explained(click.Group):
    """What a person can do something about is one sentence."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            with explained():
                return super().invoke(ctx)
        except OversightError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Explained)
def report() -> None:
    """Report to the supervisor without a name, and read what it answers. Nothing is kept on this machine."""


@report.command()
@click.argument("address")
@click.argument("text", type=click.File("r", encoding="utf-8"))
@SUPERVISOR
@click.option("--kind", type=click.Choice(KINDS), default=REPORT, show_default=True, help="What it is about.")
@click.option("--again", is_flag=True, help="You have a code phrase already, and are asked for it.")
@click.option("--chinese", is_flag=True, help="Show the new code phrase in Chinese words.")
@ATTACHED
def write(
    address: str,
    text: TextIO,
    supervisor: str,
    kind: str,
    again: bool,
    chinese: bool,
    attach: tuple[Path, ...],
) -> None:
    """Send TEXT, a file or - for what you type, to the supervisor of the platform at ADDRESS.

    What is in a file goes along as it is: take out of documents and pictures what they say of their author. The
    platform sees no name, but your network sees that you speak to the platform: use Tor or another's network.
    """
    phrase = _asked_phrase() if again else CodePhrase.new(token_bytes)
    message = MessageText(text.read(), tuple(File(path.name, path.read_bytes()) for path in attach))
    held = _desk(address, supervisor).write(phrase, kind, message)
    if not again:
        click.echo("write these words down, and nothing beside them; with them alone you read the answer:")
        click.echo(phrase.words(CHINESE if chinese else ENGLISH))
    click.echo(f"message {held.number} is with the platform. Its entry in the ledger will be, for ever:")
    click.echo(commitment_of(held))


@report.command()
@click.argument("address")
@SUPERVISOR
@click.option("--output", "-o", type=_FOLDER, help="A folder for the files that came along.")
def read(address: str, supervisor: str, output: Path | None) -> None:
    """Read what the supervisor answered; you are asked for your code phrase."""
    for one in _desk(address, supervisor).read(_asked_phrase()):
        where = "not in the ledger yet" if one.held.index is None else f"entry {one.held.index} of the ledger"
        click.echo(f"-- {one.held.number} {'answer' if one.held.is_reply else 'your message'}, {where}")
        if one.text is not None:
            _show(one.text, output, f"{one.held.number}")


@report.command()
@click.argument("address")
@click.option("--key", type=_INPUT, required=True, help="The supervisor's signing key file.")
@click.option("--identity", type=_INPUT, required=True, help="The supervisor's age identity file.")
@click.option("--output", "-o", type=_FOLDER, help="A folder for the files that came along.")
@LOCK
def inbox(
    address: str,
    key: Path,
    identity: Path,
    output: Path | None,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """The supervisor: open everything that came."""
    lock = chosen_lock(passphrase_file, age_key)
    signing, opening = _signing(key, lock), _identity(identity, lock)
    desk = _desk(address, signing.verify_key.raw.hex())
    for held in desk.inbox(signing):
        click.echo(
            f"-- mailbox {held.mailbox} {held.kind} {held.number} {'answer' if held.is_reply else 'message'}"
        )
        try:
            _show(desk.open(held, opening), output, f"{held.mailbox}-{held.number}")
        except OversightError as error:  # one that does not open must not hide the others
            click.secho(str(error), fg="red")


@report.command()
@click.argument("address")
@click.argument("mailbox")
@click.argument("text", type=click.File("r", encoding="utf-8"))
@click.option("--key", type=_INPUT, required=True, help="The supervisor's signing key file.")
@ATTACHED
@LOCK
def reply(
    address: str,
    mailbox: str,
    text: TextIO,
    key: Path,
    attach: tuple[Path, ...],
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """The supervisor: answer into MAILBOX."""
    signing = _signing(key, chosen_lock(passphrase_file, age_key))
    desk = _desk(address, signing.verify_key.raw.hex())
    message = MessageText(text.read(), tuple(File(path.name, path.read_bytes()) for path in attach))
    held = desk.reply(signing, mailbox, message)
    click.echo(f"answered as message {held.number}")


def _desk(address: str, supervisor: str) -> Desk:
    try:
        key = VerifyKey(bytes.fromhex(supervisor))
    except ValueError as error:
        raise click.ClickException("the supervisor's key is 64 hexadecimal digits") from error
    return Desk(connect(address), key, lambda: int(time.time()), token_bytes)


def _asked_phrase() -> CodePhrase:
    return CodePhrase.parse(click.prompt("Code phrase", hide_input=True, err=True))


def _signing(path: Path, lock: Lock) -> SigningKey:
    return SigningKey(secret_file.read(path, lock, kind=SIGNING_KIND).value)


def _identity(path: Path, lock: Lock) -> X25519Identity:
    """An identity file as age-keygen writes it, or the supervisor's own sealed one."""
    data = path.read_bytes()
    if b"AGE-SECRET-KEY-1" in data:
        return parse_identities(data.decode("utf-8"))[0]
    return X25519Identity(secret_file.read(path, lock, kind=RECIPIENT_KIND).value)


def _show(message: MessageText, output: Path | None, prefix: str) -> None:
    # What a stranger wrote goes to a terminal: no control characters
    click.echo(
        "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in message.text)
    )
    for number, file in enumerate(message.files):
        name = "".join(c if c.isalnum() or c in "._-" else "_" for c in file.name)[-100:].lstrip(".")
        if output is None:
            click.echo(f"[{name}, {len(file.content)} bytes: give --output to keep it]")
        else:
            output.mkdir(parents=True, exist_ok=True)
            path = output / f"{prefix}-{number}-{name}"
            path.write_bytes(file.content)
            click.echo(f"[{path}]")
