"""`sunseal keyholder init`, `card`, `backup`, `recover`: a keyholder's key, and how it is not lost."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from app.cli.keyholder_place import LOCK, clock, explained, opened
from app.cli.lock_options import chosen_lock
from crypto.signatures import SEED_SIZE
from keyholder import backup as backups
from keyholder import daemon, secret_file, sheet
from keyholder.config import APPROVAL, AUTOMATIC, Chain, Config
from keyholder.errors import ConfigError
from keyholder.folder import Folder
from keyholder.identity import Identity
from keyholder.recovery import recover_state

Command = TypeVar("Command", bound=Callable[..., Any])
_FILE = click.Path(dir_okay=False, path_type=Path)
_OPTIONS = (
    click.option("--platform", required=True, metavar="URL", help="The platform's address, https://..."),
    click.option(
        "--policy",
        type=_FILE,
        help="A trust policy (c2sp.org/tlog-policy): log, witnesses, quorum. May come later, by `trust`.",
    ),
    click.option(
        "--supervisor",
        required=True,
        metavar="HEX",
        help="The supervisor's public key, which may propose groups.",
    ),
    click.option("--ca", type=_FILE, help="Certificates to trust instead of the machine's."),
    click.option("--mode", type=click.Choice([AUTOMATIC, APPROVAL]), default=AUTOMATIC, show_default=True),
    click.option(
        "--approver",
        "approvers",
        multiple=True,
        metavar="HEX",
        help="A key that may approve releases; repeatable.",
    ),
    click.option("--min-bids", type=click.IntRange(min=0), default=3, show_default=True),
    click.option("--clock-limit", type=click.IntRange(min=0), default=5, show_default=True, help="Seconds."),
    click.option("--grace", type=click.IntRange(min=0), default=60, show_default=True, help="Seconds."),
    click.option("--pool-limit", type=click.IntRange(min=1), default=200, show_default=True),
    click.option("--rpc", multiple=True, metavar="URL", help="A chain's JSON-RPC address; repeatable."),
    click.option("--anchor", metavar="ADDRESS", help="The LedgerAnchor contract on that chain."),
    click.option("--depth", type=click.IntRange(min=0), default=12, show_default=True, help="Blocks."),
    click.option(
        "--mark",
        type=_FILE,
        help="Where the mark is kept, outside the folder and its backups (default: beside it).",
    ),
    click.option("--card", "card_file", type=_FILE, help="Write the card there too."),
)


def _setup_options(command: Command) -> Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.argument("name")
@_setup_options
@LOCK
@click.pass_obj
def init(
    folder: Folder,
    /,
    name: str,
    passphrase_file: Path | None,
    age_key: Path | None,
    card_file: Path | None,
    **options: Any,
) -> None:
    """Make the keyholder NAME, and print the card that the supervisor registers.

    NAME has no white space; it is the witness's name too, such as keyholder.example/notary. The key file is encrypted
    with a passphrase, which is asked for, or with what one of the options names.
    """
    seed = secrets.token_bytes(SEED_SIZE)
    with explained():
        identity = _made(folder, name, seed, passphrase_file, age_key, options)
    _show_card(identity, card_file)
    click.echo("Now make a backup: sunseal keyholder backup", err=True)


@click.command()
@LOCK
@click.option("--card", "card_file", type=_FILE, help="Write it there instead.")
@click.pass_obj
def card(folder: Folder, passphrase_file: Path | None, age_key: Path | None, card_file: Path | None) -> None:
    """Print the card that the supervisor registers: public keys, signed."""
    with explained():
        config = Config.read(folder.config)
        identity = daemon.open_identity(folder, config, chosen_lock(passphrase_file, age_key))
    _show_card(identity, card_file)


@click.command()
@click.argument("policy", type=_FILE)
@click.pass_obj
def trust(folder: Folder, policy: Path) -> None:
    """Take over the trust policy in POLICY: whose log, and which witnesses must have seen it.

    Read it first: who chooses the witnesses decides what this keyholder believes. The daemon is started again for it.
    """
    with explained():
        config = Config.read(folder.config).with_policy(policy.read_text("utf-8"))
        secret_file.write_over(folder.config, config.to_bytes())
        trusted = config.trust()
    quorum = trusted.quorum
    click.echo(f"the log {config.origin}, seen by {quorum.threshold} of these {len(quorum.witnesses)}:")
    for witness in quorum.witnesses:
        click.echo(f"{witness.name}{' (this keyholder)' if witness == config.witness else ''}")


@click.command()
@LOCK
@click.option("--words", is_flag=True, help="Print the 24 words (the default).")
@click.option("--chinese", is_flag=True, help="The words in Chinese.")
@click.option("--qr", is_flag=True, help="Show a QR code.")
@click.option("--sheet", "sheet_file", type=_FILE, help="Write a page to print.")
@click.pass_obj
def backup(
    folder: Folder,
    passphrase_file: Path | None,
    age_key: Path | None,
    words: bool,
    chinese: bool,
    qr: bool,
    sheet_file: Path | None,
) -> None:
    """Show the seed, from which all of this keyholder follows: for paper, and for nobody else's eyes."""
    with explained():
        secret = daemon.open_seed(folder, chosen_lock(passphrase_file, age_key))
        identity = Identity(secret.name, secret.value)
        if sheet_file:
            date = datetime.fromtimestamp(clock(), UTC).strftime("%Y-%m-%d")
            page = sheet.make(secret.name, secret.value, identity.signing_key, date)
            secret_file.write_new(sheet_file, page)
            click.echo(f"{sheet_file} holds the key itself: print it, then delete it", err=True)
        if qr:
            click.echo(backups.qr_for_terminal(secret.value))
        if words or not (qr or sheet_file):
            language = backups.CHINESE if chinese else backups.ENGLISH
            for number, word in enumerate(backups.to_words(secret.value, language), start=1):
                click.echo(f"{number:2} {word}")


@click.command()
@click.argument("name")
@_setup_options
@click.option("--backup-file", type=_FILE, help="A file with the words or digits; without it you are asked.")
@click.option(
    "--accept-checkpoint",
    type=click.IntRange(min=0),
    metavar="SIZE",
    help="The size of the last checkpoint that this keyholder cosigned: the old machine never runs again.",
)
@LOCK
@click.pass_obj
def recover(
    folder: Folder,
    /,
    name: str,
    passphrase_file: Path | None,
    age_key: Path | None,
    card_file: Path | None,
    backup_file: Path | None,
    accept_checkpoint: int | None,
    **options: Any,
) -> None:
    """Make the keyholder NAME anew on an empty machine, from its backup and the public ledger alone.

    It reads the whole ledger, and finds the newest checkpoint that shows what it cosigned. Until a person accepts that
    size it neither cosigns nor releases anything: were the old machine still running, the two could contradict each
    other, and nobody could believe either again.
    """
    with explained():
        seed = backups.parse(_asked(backup_file))
        identity = _made(folder, name, seed, passphrase_file, age_key, options)
        for sentence in recover_state(opened(folder), identity, accept_checkpoint):
            click.echo(sentence, err=True)
    _show_card(identity, card_file)


def _made(
    folder: Folder,
    name: str,
    seed: bytes,
    passphrase_file: Path | None,
    age_key: Path | None,
    options: dict[str, Any],
) -> Identity:
    identity = Identity(name, seed)
    rpc, anchor, depth = options.pop("rpc"), options.pop("anchor"), options.pop("depth")
    if bool(rpc) != bool(anchor):
        raise ConfigError("a chain is named by --rpc and --anchor together")
    mark = options.pop("mark") or folder.default_mark
    options["policy"] = options["policy"].read_text("utf-8") if options["policy"] else ""
    options["ca"] = options["ca"] and options["ca"].absolute()
    config = Config(
        witness=identity.cosigner.witness,
        mark=mark.absolute(),
        chain=Chain(tuple(rpc), anchor, depth) if rpc else None,
        **options,
    )
    lock = chosen_lock(passphrase_file, age_key, new=True)
    daemon.make(folder, config, identity, seed, lock, random=secrets.token_bytes)
    return identity


def _show_card(identity: Identity, card_file: Path | None) -> None:
    data = identity.card().to_bytes()
    if card_file:
        card_file.write_bytes(data)
    click.echo(data.decode())


def _asked(backup_file: Path | None) -> str:
    if backup_file:
        return backup_file.read_text("utf-8")
    text: str = click.prompt("The 24 words, or the 64 digits", hide_input=True, err=True)
    return text


COMMANDS: tuple[click.Command, ...] = (init, trust, card, backup, recover)
