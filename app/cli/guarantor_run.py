"""`sunseal guarantor run`: letters between the desk's database and the platform, round by round."""

import logging
import threading
from pathlib import Path
from secrets import token_bytes

import click

from app.cli.guarantor_screen import FOLDER, LOCK, desk_database, keys_of, now, office_of
from app.cli.working import stopped_by_signals
from app.guarantor.folder import GuarantorFolder, Keys
from app.guarantor.ledger import KeyLedger
from app.guarantor.letter_keys import unsigned
from app.guarantor.rounds import Rounds
from app.place import Place
from guarantees.errors import GuaranteesError
from storage.database import Database


@click.command()
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
            rounds = rounds or _rounds_of(database, folder, keys)
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


def _rounds_of(database: Database, folder: GuarantorFolder, keys: Keys) -> Rounds:
    """Rounds between the desk's database and the platform."""
    depth = Place().chain_depth
    ledger = KeyLedger.of(folder.settings.platform, folder.policy, folder.path / "ledger")
    return Rounds(
        *(database, folder, keys, office_of(folder)),
        clock=now,
        random=token_bytes,
        depth=depth,
        ledger=ledger,
    )
