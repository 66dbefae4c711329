"""`sunseal intake`: the keys of blind tokens, and the jobs that close lots and sweep uploads."""

import logging
from contextlib import closing as closing_at_end
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli.explained import explained
from app.cli.lock_options import chosen_lock, lock_options
from app.cli.working import keep_working, stopped_by_signals
from app.place import Place
from app.token_keys import publish_next
from bidding import closing
from bidding.tenders import jobs as tender_jobs
from bidding.tokens import keys
from bidding.uploads import sweeping
from guarantees.chain.anchoring import request_anchor
from ledger.errors import LedgerError
from storage.blobs import BlobStore
from storage.database import Database
from storage.errors import StorageError

TICK = 0.5
"""Seconds between two looks at what is due."""
SWEEP_TICKS = 120

_log = logging.getLogger("sunseal.intake")


@click.group()
def intake() -> None:
    """Take bids: keys for tokens, closings at the deadline, sweeping of uploads."""


@intake.command("token-key")
@lock_options("SUNSEAL_TOKEN")
def token_key(passphrase_file: Path | None, age_key: Path | None) -> None:
    """Make the key for this month's tokens, or for the next month's, and publish it on the ledger."""
    place = Place()
    with explained():
        lock = chosen_lock(passphrase_file, age_key)
        with closing_at_end(place.database()) as database, database.session() as session:
            period = publish_next(session, place.token_keys, place.token_terms.issuer, lock, now=_now())
            session.commit()
    if period is None:
        click.echo("this month and the next have their keys")
    else:
        click.echo(f"the key of {period.name} is published; keep a copy of {place.token_keys}")


@intake.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
def run(once: bool) -> None:
    """Close lots at their deadlines and sweep uploads, until stopped. Any number may run at once."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    with explained():
        place = Place()
        with closing_at_end(place.database()) as database:
            if once:
                tick(database, place.blobs(), sweeps=True)
                return
            stopped = stopped_by_signals()
            click.echo("closing and sweeping; Ctrl-C stops")
            turns, blobs = count(), place.blobs()

            def turn() -> bool:
                tick(database, blobs, sweeps=next(turns) % SWEEP_TICKS == 0)
                return False  # by the clock, whatever was found

            keep_working(
                turn,
                stopped,
                (LedgerError, StorageError, SQLAlchemyError),
                what="the jobs of the intake",
                log=_log,
                idle=TICK,
            )


def tick(database: Database, blobs: BlobStore, *, sweeps: bool) -> None:
    """One run of the jobs."""
    for closed in closing.run(database, request_anchor, _now):
        click.echo(f"closed {closed.lot}: {len(closed.bids)} bids stand")
    tender_jobs.run(database, _now)
    if sweeps:
        sweeping.sweep(database, blobs, now=_now())
        sweeping.sweep_pieces(database, blobs)
        with database.session() as session:
            keys.forget_spent(session, now=_now())
            session.commit()


def _now() -> datetime:
    return datetime.now(UTC)
