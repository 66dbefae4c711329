"""`sunseal gateway`: what is between the platform's database and the chain. docs/chain-gateway.md is its page."""

import json
import logging
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

import click

from app.cli.address import ADDRESS
from app.cli.explained import explained
from app.cli.gateway_anchoring import AnchoringOnceAllowed
from app.cli.working import stopped_by_signals
from app.place import ConfigurationError, Place
from guarantees.chain import anchoring, calls, index, keystore, outbox, pkcs11
from guarantees.chain.anchoring import Anchoring
from guarantees.chain.calls import Call
from guarantees.chain.deployment import Deployment
from guarantees.chain.errors import KeystoreError, NodeError
from guarantees.chain.gateway import Gateway
from guarantees.chain.indexer import Indexer
from guarantees.chain.loop import RETRY_SECONDS, Job, run_until
from guarantees.chain.node import Node
from guarantees.chain.rebuild import rebuild
from guarantees.chain.sender import Sender
from guarantees.chain.sender_setting import Setting
from guarantees.chain.signer import Signer
from guarantees.register import accounts
from parties.credit_code import parse as parse_credit_code

PKCS11 = "pkcs11:"
_FILE = click.Path(dir_okay=False, path_type=Path)
PASSPHRASE = click.option(
    "--passphrase-file",
    type=_FILE,
    envvar="SUNSEAL_CHAIN_PASSPHRASE_FILE",
    help="A file whose one line is the passphrase of the keystores, or the PIN of the token.",
)


REGULATOR = click.option(
    "--key", type=ADDRESS, required=True, help="The regulator's address, whose key sends it."
)


@click.group()
def gateway() -> None:
    """Send to the chain, follow it, anchor the ledger on it."""


@gateway.command()
@PASSPHRASE
@click.option(
    "--anchor-every",
    type=click.IntRange(min=1),
    default=60,
    show_default=True,
    metavar="MINUTES",
    help="How often the ledger is anchored even if nobody asks.",
)
def run(passphrase_file: Path | None, anchor_every: int) -> None:
    """Send what is in the outbox, follow the contracts' events and anchor the ledger, until stopped.

    It waits for a node that is not there yet, and anchors as soon as the chain lets one of its keys do so.
    """
    place = Place()
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("guarantees").setLevel(logging.INFO)
    stopped = stopped_by_signals()
    with explained():
        signers = _signers(place, passphrase_file)
        database, chain = place.database(), _gateway(place)
        depth = place.chain_depth
        if not _has_come(chain, stopped):
            return
        jobs: dict[str, Job] = {"following the chain": Indexer(database, chain, depth=depth)}
        for signer in signers:
            setting = Setting(database, chain, signer, _now, depth=depth)
            jobs[f"sending for {_hex(signer.address)}"] = Sender(setting)
        every = timedelta(minutes=anchor_every)
        jobs["anchoring the ledger"] = AnchoringOnceAllowed(
            *(database, chain, {signer.address for signer in signers}),
            lambda poster: Anchoring(database, poster=poster, clock=_now, interval=every),
        )
        click.echo(f"{'; '.join(jobs)}; Ctrl-C stops")
        run_until(stopped, jobs)


@gateway.command()
def status() -> None:
    """Say how far sending, following and anchoring are, and what is in the way."""
    place = Place()
    with explained():
        with place.database().session() as session:
            counts, troubles = outbox.counts(session), outbox.troubles(session)
            followed, done = index.followed(session), anchoring.anchored(session)
        shown = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
        click.echo(f"outbox     {shown or 'empty'}")
        for trouble in troubles:
            click.echo(f"trouble    {trouble}")
        click.echo(f"followed   {'nothing yet' if followed is None else f'to block {followed}'}")
        click.echo(f"anchored   {'not yet' if done is None else f'{done[0]} entries, in block {done[2]}'}")
        chain = _gateway(place)
        chain.check()
        click.echo(
            f"node       {chain.node.name}, block {chain.node.head().number}, depth {place.chain_depth}"
        )


@gateway.command()
def rebuild_index() -> None:
    """Make the index anew from the chain, compare it with the one that was followed, and keep the new one."""
    place = Place()
    with explained():
        indexer = Indexer(place.database(), _gateway(place), depth=place.chain_depth)
        try:
            found = rebuild(indexer)
        finally:
            indexer.close()
    click.echo(f"rebuilt to block {found.block}: {found.events} events")
    if not found.is_equal:
        told = ", ".join(f"{number} rows of {table}" for table, number in found.differing.items() if number)
        raise click.ClickException(f"the index was not what the chain says, and now is: {told} differed")
    click.echo("the index that was followed is equal to it")


@gateway.command()
@click.argument("file", type=_FILE)
@PASSPHRASE
@click.option(
    "--from", "source", type=_FILE, help="A JSON file of private keys by name, as `sunseal chain run` makes."
)
@click.option("--name", help="Which of them.")
def new_key(file: Path, passphrase_file: Path | None, source: Path | None, name: str | None) -> None:
    """Make a key, or take one from a development chain, into the new keystore FILE."""
    with explained():
        key = keystore.new_key(token_bytes) if source is None else _key_from(source, name)
        signer = keystore.write_key(file, key, _passphrase(passphrase_file, is_new=True))
    click.echo(f"the key of {_hex(signer.address)} is in {file}: keep a copy where nobody else is")


@gateway.command("license")
@click.argument("guarantor", type=ADDRESS)
@REGULATOR
def license_command(guarantor: bytes, key: bytes) -> None:
    """Let GUARANTOR, an address, issue: put into the outbox, to be sent by the regulator's key."""
    _want(key, f"license {_hex(guarantor)}", calls.license_guarantor(guarantor))


@gateway.command()
@click.argument("guarantor", type=ADDRESS)
@REGULATOR
def suspend(guarantor: bytes, key: bytes) -> None:
    """Stop GUARANTOR, an address, from issuing: put into the outbox, to be sent by the regulator's key."""
    _want(key, f"suspend {_hex(guarantor)}", calls.suspend_guarantor(guarantor))


@gateway.command()
@click.argument("account", type=ADDRESS)
@click.option(
    "--credit-code", help="Of the tenderee that it acts for; without it, for all that have none of their own."
)
def beneficiary(account: bytes, credit_code: str | None) -> None:
    """Let ACCOUNT, an address whose key is here, act for tenderees: it presents, demands and releases guarantees."""
    with explained():
        code = accounts.ANY if credit_code is None else parse_credit_code(credit_code)
        with Place().database().session() as session:
            accounts.register(session, code, account, now=_now())
            session.commit()
    click.echo(f"{_hex(account)} acts for {code or 'every tenderee without an account of its own'}")


@gateway.command()
@click.argument("poster", type=ADDRESS)
@REGULATOR
def register_log(poster: bytes, key: bytes) -> None:
    """Make this database's log known on chain, with POSTER, an address, as who anchors it; by way of the outbox."""
    with explained():
        with Place().database().session() as session:
            origin = anchoring.origin(session)
        if origin is None:
            raise ConfigurationError("there is no log in this database: open one with `sunseal ledger init`")
        _want(key, f"register {origin}", calls.register_log(origin, poster))


def _want(key: bytes, what: str, call: Call) -> None:
    """Each time anew: a guarantor can be licensed, suspended, and licensed again."""
    now = _now()
    with explained(), Place().database().session() as session:
        purpose = f"{what} ({now.isoformat()})"
        outbox.want(session, call, key=key, purpose=purpose, now=now)
        session.commit()
    click.echo(f"wanted: {purpose}; `sunseal gateway run` with the key {_hex(key)} sends it")


def _gateway(place: Place) -> Gateway:
    return Gateway(Node(place.chain_url), Deployment.read(place.chain_contracts))


def _signers(place: Place, passphrase_file: Path | None) -> Sequence[Signer]:
    named = place.chain_key
    if named.startswith(PKCS11):
        if passphrase_file is None:
            raise ConfigurationError(
                "a key in an HSM takes its PIN from a file: SUNSEAL_CHAIN_PASSPHRASE_FILE"
            )
        return [pkcs11.from_uri(named, passphrase_file)]
    return keystore.read_keys(Path(named), _passphrase(passphrase_file))


def _passphrase(file: Path | None, *, is_new: bool = False) -> str:
    if file is not None:
        return keystore.read_passphrase(file)
    asked: str = click.prompt(
        "Passphrase of the keystore", hide_input=True, confirmation_prompt=is_new, err=True
    )
    return asked


def _has_come(chain: Gateway, stopped: threading.Event) -> bool:
    """Waits for the node, and tells each reason once; False if it was stopped before. ConfigurationError."""
    told = ""
    while not stopped.is_set():
        try:
            chain.check()
        except NodeError as error:
            if str(error) != told:
                told = str(error)
                click.echo(f"waiting for the node: {told}", err=True)
            stopped.wait(RETRY_SECONDS)
        else:
            return True
    return False


def _key_from(source: Path, name: str | None) -> bytes:
    try:
        return bytes.fromhex(json.loads(source.read_text("utf-8"))[name].removeprefix("0x"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeystoreError(f"{source} has no private key {name!r}: name one with --name") from None


def _hex(address: bytes) -> str:
    return "0x" + address.hex()


def _now() -> datetime:
    return datetime.now(UTC)
