"""`sunseal opening`: the job that opens bids, how openings stand, their records; calls for second envelopes."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

import click
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.cli.custody import read_opening_key
from app.cli.explained import explained
from app.cli.lock_options import chosen_lock, lock_options
from app.cli.opening_call import attach
from app.cli.opening_scan import scan
from app.cli.working import keep_working, stopped_by_signals
from app.guarantee_lots import TenderedLots
from app.hall import record_signer, storage_key_file
from app.opening_parties import RegisteredParties
from app.place import ConfigurationError, Place
from app.settings import Settings
from bidding.opening.errors import OpeningRefusedError, TroubleError
from bidding.opening.job import OpeningJob
from bidding.opening.models import OpenedBidRow, OpeningRow
from bidding.opening.record_pdf import record_pdf
from bidding.opening.setting import Setting, Windows
from bidding.opening.storage_key import KIND
from crypto.age import X25519Identity
from crypto.secret_file import Secret
from custody.errors import CustodyError
from custody.reader import Reader
from guarantees.checking.taking import CheckAtOpening
from guarantees.errors import GuaranteesError
from keyholder import secret_file
from ledger import log
from ledger.errors import LedgerError
from storage.errors import StorageError

TICK = 0.5
"""Seconds between two looks at what is due."""
LOCK = lock_options("SUNSEAL_OPENING")
_MINUTES = click.FloatRange(0.05, 1440)

_log = logging.getLogger("sunseal.opening")


@click.group()
def opening() -> None:
    """Open bids when their keyholders release them, and keep the record."""


@opening.command("storage-key")
@LOCK
def storage_key(passphrase_file: Path | None, age_key: Path | None) -> None:
    """Make the key that opened bids rest under, locked as the opening key is; its file is SUNSEAL_STORAGE_KEY."""
    place = Place()
    with explained():
        lock = chosen_lock(passphrase_file, age_key, new=True)
        with place.database().session() as session:
            origin = log.head(session).origin
        path = storage_key_file(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        secret_file.make(path, Secret(KIND, origin, token_bytes(32)), lock, random=token_bytes)
    click.echo(f"the storage key is in {path}: keep a copy where nobody else is")


@opening.command()
@LOCK
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option("--shares-minutes", default=30, show_default=True, type=_MINUTES)
@click.option("--fallback-minutes", default=60, show_default=True, type=_MINUTES)
@click.option("--hall-minutes", default=30, show_default=True, type=_MINUTES)
def run(
    passphrase_file: Path | None,
    age_key: Path | None,
    once: bool,
    shares_minutes: float,
    fallback_minutes: float,
    hall_minutes: float,
) -> None:
    """Open bids until stopped. Any number may run at once."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    with explained():
        place = Place()
        lock = chosen_lock(passphrase_file, age_key)
        supervisor = place.supervisor()
        if supervisor is None:
            raise ConfigurationError("SUNSEAL_SUPERVISOR is not set: it is the supervisor's public key")
        shares, fallback, hall = (
            timedelta(minutes=minutes) for minutes in (shares_minutes, fallback_minutes, hall_minutes)
        )
        stored = secret_file.read(storage_key_file(place), lock, kind=KIND)
        setting = Setting(
            database=place.database(),
            blobs=place.blobs(),
            reader=Reader(supervisor),
            opening_key=read_opening_key(place, lock),
            storage_key=X25519Identity(stored.value),
            parties=RegisteredParties(Settings.of(place).authorities),
            clock=lambda: datetime.now(UTC),
            guarantees=CheckAtOpening(TenderedLots()),
            windows=Windows(shares=shares, fallback=fallback, hall=hall),
        )
        job = OpeningJob(setting)
        if once:
            click.echo(f"{job.run()} openings and bids went on")
            return
        stopped = stopped_by_signals()
        click.echo("opening bids; Ctrl-C stops")
        keep_working(
            lambda: bool(job.run()),
            stopped,
            (LedgerError, StorageError, CustodyError, TroubleError, GuaranteesError, SQLAlchemyError),
            what="the jobs of openings",
            log=_log,
            idle=TICK,
        )


@opening.command()
@click.argument("lot", required=False)
def status(lot: str | None) -> None:
    """Say how the openings of LOT stand, or those of all lots that are not recorded yet."""
    with explained(), Place().database().session() as session:
        query = select(OpeningRow).order_by(OpeningRow.lot, OpeningRow.position)
        chosen = OpeningRow.lot == lot if lot else OpeningRow.record.is_(None)
        for row in session.execute(query.where(chosen)).scalars():
            bids = session.execute(
                select(OpenedBidRow.state).where(
                    OpenedBidRow.closing == row.closing, OpenedBidRow.part == row.part
                )
            )
            states = list(bids.scalars())
            counts = ", ".join(f"{states.count(one)} {one}" for one in sorted(set(states)))
            stopped = f", stopped by the rule {row.stopped}" if row.stopped else ""
            click.echo(f"{row.lot} {row.part} {row.closing}: {row.state}{stopped}; {counts or 'no bids yet'}")


@opening.command()
@click.argument("closing")
@click.argument("part")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def record(closing: str, part: str, target: Path, language: str) -> None:
    """Write the opening record of PART of CLOSING to TARGET: JSON, or PDF if its name ends in .pdf."""
    place = Place()
    with explained():
        with place.database().session() as session:
            row = session.get(OpeningRow, (closing, part))
            content = None if row is None else row.record
        if content is None:
            raise click.ClickException(str(OpeningRefusedError("not-recorded")))
        if target.suffix == ".pdf":
            content = record_pdf(content, "zh" if language == "zh" else "en")
            signer = record_signer(place)
            if signer is not None:
                content = signer.sign(content, reason="opening record")
        target.write_bytes(content)
    click.echo(f"the record is in {target}")


attach(opening)
opening.add_command(scan)
