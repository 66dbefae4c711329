"""`sunseal guarantees`: the worker of guarantees after the opening, what is late, what differs, scans on paper."""

import logging
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli.explained import explained
from app.cli.working import keep_working, stopped_by_signals
from app.guarantee_lots import TenderedLots
from app.place import Place
from guarantees.after import demands, reconciling, releasing
from guarantees.after.job import GuaranteesJob, Setting
from guarantees.chain.deployment import Deployment
from guarantees.chain.errors import ChainError
from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from guarantees.checking import by_hand
from guarantees.errors import GuaranteesError
from ledger.errors import LedgerError
from statutes.instants import said_end
from storage.errors import StorageError

TICK = 0.5
"""Seconds between two looks at what is due."""

_log = logging.getLogger("sunseal.guarantees")


@click.group()
def guarantees() -> None:
    """Check, release and follow guarantees from the opening on."""


@guarantees.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option(
    "--reconcile-minutes", default=10, show_default=True, type=click.IntRange(1, 1440), metavar="MINUTES"
)
def run(once: bool, reconcile_minutes: int) -> None:
    """Check what waits for the chain, release on the clock, take over what the chain did, until stopped.

    Any number may run at once. `sunseal gateway run` sends and follows; this asks the node only how far the chain is.
    """
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    with explained():
        place = Place()
        setting = Setting(
            database=place.database(),
            lots=TenderedLots(),
            gateway=Gateway(Node(place.chain_url), Deployment.read(place.chain_contracts)),
            clock=_now,
            reconcile_every=timedelta(minutes=reconcile_minutes),
        )
        job = GuaranteesJob(setting)
        if once:
            click.echo(f"{job.run()} steps of guarantees were done")
            return
        stopped = stopped_by_signals()
        click.echo("looking after guarantees; Ctrl-C stops")
        keep_working(
            lambda: bool(job.run()),
            stopped,
            (ChainError, GuaranteesError, LedgerError, StorageError, SQLAlchemyError),
            what="the jobs of guarantees",
            log=_log,
            idle=TICK,
        )


@guarantees.command()
def late() -> None:
    """List releases past their day, and why; and demands whose days of examination are over without an answer."""
    with explained(), Place().database().session() as session:
        now = _now()
        found = releasing.late(session, now=now)
        for one in found:
            click.echo(
                f"{one.lot} {one.number}: {one.because.en}; was to be released by {said_end(one.due_at).en}; "
                f"{one.why.en}（{one.why.zh}）"
            )
        overdue = demands.overdue(session, now=now)
        for demand in overdue:
            click.echo(
                f"{demand.guarantee.hex()}: demand {demand.number} was to be answered by "
                f"{said_end(demand.examine_by).en}: what remains is to pay"
            )
        session.commit()
    if not found and not overdue:
        click.echo("nothing is late")


@guarantees.command()
def reconcile() -> None:
    """Compare database, ledger and chain now; any difference is listed, and makes the exit code 1."""
    with explained(), Place().database().session() as session:
        found = reconciling.reconcile(session, now=_now())
        session.commit()
    for one in found:
        click.echo(f"{one.guarantee.hex()} {one.kind}: {one.sentence}")
    if found:
        raise click.ClickException(f"{len(found)} differences between database, ledger and chain")
    click.echo("database, ledger and chain agree")


@guarantees.command()
def scans() -> None:
    """List the scanned paper guarantees that nobody has examined yet."""
    with explained(), Place().database().session() as session:
        for row in by_hand.waiting(session):
            stated = row.stated
            click.echo(
                f"{row.lot} {row.bid}: {stated['guarantor']['name']} {stated['number']}, scan {row.sha256.hex()}"
            )


@guarantees.command()
@click.argument("lot")
@click.argument("bid", type=int)
@click.argument("outcome", type=click.Choice(["accepted", "refused"]))
@click.option("--examiner", required=True, help="Who examined it.")
@click.option("--remarks", default="", help="What was found; a refusal says why.")
def examined(lot: str, bid: int, outcome: str, examiner: str, remarks: str) -> None:
    """Record what staff found of the scanned guarantee in BID (its index) of LOT."""
    with explained(), Place().database().session() as session:
        by_hand.settle(
            session,
            lot,
            bid,
            accepted=outcome == "accepted",
            remarks=remarks,
            examiner=examiner,
            now=_now(),
        )
        session.commit()
    click.echo(f"the scan in bid {bid} of {lot} is {outcome}")


def _now() -> datetime:
    return datetime.now(UTC)
