"""`sunseal ledger`: the log and its key. What is secret is read from files or asked for, never taken as an argument."""

import logging
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import click

from app.cli.explained import explained
from app.cli.lock_options import chosen_lock, lock_options
from app.cli.working import stopped_by_signals
from app.place import ConfigurationError, Place
from app.witness_client import HttpWitness
from crypto.secret_file import Secret
from crypto.signatures import SEED_SIZE, SigningKey
from custody import registry
from custody.mailbox import MailboxWitness
from keyholder import secret_file
from keyholder.secret_file import Lock
from ledger import bundle, log, receipts
from ledger.loop import run_until
from ledger.opening import identity, open_log, require_no_log, require_present_key, rotate_key
from ledger.policy_file import PolicyFile
from ledger.ports import Witness
from ledger.proof import Policy, verify_receipt
from ledger.rebuild import rebuild_tiles
from ledger.sequencer import Sequencer, Setting
from storage.bell import Bell
from storage.database import Database

KIND = "ledger-key"
LOCK = lock_options("SUNSEAL_LEDGER")
_OUTPUT = click.Path(dir_okay=False, writable=True, path_type=Path)
_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def ledger() -> None:
    """Open the log, publish it, prove and verify what is in it."""


@ledger.command()
@click.argument("origin")
@LOCK
def init(origin: str, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Open a new log. ORIGIN names it for ever, such as ledger.example.org; its key goes into an encrypted file."""
    place = Place()
    with explained():
        lock = chosen_lock(passphrase_file, age_key, new=True)
        with place.database().session() as session:
            require_no_log(session)
            key = _new_key(place.ledger_key, origin, lock)
            open_log(session, origin, key, now=_now(), random=token_bytes)
            session.commit()
            vkey = identity(log.head(session)).keys[-1].vkey
    click.echo(
        f"the log {origin} is open; its key is in {place.ledger_key}: keep a copy where nobody else is"
    )
    click.echo("who verifies receipts needs this line in a policy file:")
    click.echo(f"log {vkey}")


@ledger.command()
def status() -> None:
    """Say how far the log is, and what waits."""
    with explained(), Place().database().session() as session:
        row = log.head(session)
        at = f"at {row.published_at:%Y-%m-%d %H:%M:%S} UTC" if row.published_at else "never yet"
        click.echo(f"log        {row.origin}")
        click.echo(f"entries    {row.size} with an index, {row.published_size} published, last {at}")
        click.echo(
            f"waiting    {log.pending(session)} for an index, {row.size - row.published_size} for publication"
        )
        for key in identity(row).keys:
            click.echo(f"key        log {key.vkey}")


@ledger.command()
@LOCK
def run(passphrase_file: Path | None, age_key: Path | None) -> None:
    """Be the sequencer: give entries their indices and publish cosigned checkpoints, until stopped."""
    place = Place()
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("ledger").setLevel(logging.INFO)
    stopped = stopped_by_signals()
    with explained():
        policy = place.policy()
        key = _read_key(place.ledger_key, chosen_lock(passphrase_file, age_key))
        database = place.database()
        with ExitStack() as stack:
            witnesses = _witnesses(stack, policy, database)
            setting = Setting(database, place.public_files(), key, witnesses, policy.quorum.threshold, _now)
            click.echo("sequencing; Ctrl-C stops")
            run_until(stopped, Sequencer(setting), database, clock=_now, random=token_bytes)


@ledger.command()
@click.argument("index", type=click.IntRange(min=0))
@click.option("--output", "-o", type=_OUTPUT, help="Where to write it; by default INDEX.tlog-proof.")
def prove(index: int, output: Path | None) -> None:
    """Write the receipt of the entry at INDEX, a .tlog-proof file."""
    place = Place()
    target = output or Path(f"{index}.tlog-proof")
    with explained(), place.database().session() as session:
        policy = Policy(identity(log.head(session)), place.policy().quorum)
        target.write_bytes(receipts.receipt_at(session, place.public_files(), policy, index))
    click.echo(f"written to {target}")


@ledger.command()
@click.argument("proof", type=_INPUT)
@click.option("--policy", type=_INPUT, required=True, help="Whom you believe: a c2sp.org/tlog-policy file.")
def verify(proof: Path, policy: Path) -> None:
    """Check the receipt PROOF against a policy; needs no network and none of us."""
    with explained():
        trusted = PolicyFile.parse(policy.read_text("utf-8")).policy()
        receipt = verify_receipt(proof.read_bytes(), trusted)
    checkpoint = receipt.checkpoint
    click.echo(f"verified: entry {receipt.index} of the log {checkpoint.origin}, size {checkpoint.size}")
    for cosignature in receipt.cosignatures:
        at = datetime.fromtimestamp(cosignature.timestamp, UTC)
        click.echo(f"seen by {cosignature.witness.name} at {at:%Y-%m-%d %H:%M:%S} UTC")
    click.echo(receipt.entry.decode("utf-8"))


@ledger.command()
@click.argument("target", type=_OUTPUT)
def export(target: Path) -> None:
    """Write everything public as one zip to TARGET."""
    place = Place()
    part = target.with_name(f".{target.name}.part")
    with explained():
        try:
            with place.database().session() as session, part.open("wb") as file:
                size = bundle.write(file, session, place.public_files())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    click.echo(f"{size} entries written to {target}")


@ledger.command()
def rebuild() -> None:
    """Write all tiles anew from the database, after the public files were lost."""
    place = Place()
    with explained():
        size = rebuild_tiles(place.database(), place.public_files())
    click.echo(f"the tiles of {size} entries are written")


@ledger.command()
@click.argument("new_file", type=_OUTPUT)
@LOCK
def rotate(new_file: Path, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Hand the log over to a new key, made in NEW_FILE; both keys sign the entry that says so.

    Both files are opened with the same passphrase or age key. Afterwards SUNSEAL_LEDGER_KEY must name
    NEW_FILE, and the sequencer be started anew.
    """
    place = Place()
    with explained():
        lock = chosen_lock(passphrase_file, age_key)
        old = _read_key(place.ledger_key, lock)
        with place.database().session() as session:
            row = log.head(session)
            require_present_key(row, old)
            origin = row.origin
            rotate_key(session, old, _new_key(new_file, origin, lock), now=_now())
            session.commit()
            vkey = identity(log.head(session)).keys[-1].vkey
    click.echo(f"the log is handed over; start the sequencer with SUNSEAL_LEDGER_KEY={new_file}")
    click.echo("witnesses and policy files need this line beside the old one:")
    click.echo(f"log {vkey}")


def _witnesses(stack: ExitStack, policy: PolicyFile, database: Database) -> list[Witness]:
    """Those with an address are asked over HTTP, the others by the messages of their keyholder, which is registered."""
    with database.session() as session:
        registered = {row.witness for row in registry.keyholders(session)}
    bell = Bell(database)
    stack.callback(bell.close)
    witnesses: list[Witness] = []
    for known in policy.quorum.witnesses:
        if known in policy.urls:
            witnesses.append(stack.enter_context(HttpWitness(known, policy.urls[known])))
        elif known.vkey in registered:
            witnesses.append(MailboxWitness(known, database, bell, _now))
        else:
            raise ConfigurationError(
                f"the policy gives no address for the witness {known.name}, and no keyholder with it is registered"
            )
    return witnesses


def _new_key(path: Path, origin: str, lock: Lock) -> SigningKey:
    """Made and on the disk before anything is signed with it."""
    seed = token_bytes(SEED_SIZE)
    path.parent.mkdir(parents=True, exist_ok=True)
    secret_file.make(path, Secret(KIND, origin, seed), lock, random=token_bytes)
    return SigningKey(seed)


def _read_key(path: Path, lock: Lock) -> SigningKey:
    return SigningKey(secret_file.read(path, lock, kind=KIND).value)


def _now() -> datetime:
    return datetime.now(UTC)
