"""`sunseal complaints`: the clocks of objections and complaints as a process, and how they stand."""

import logging
from contextlib import closing
from datetime import UTC, datetime
from secrets import token_bytes

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli.explained import explained
from app.cli.working import keep_working, stopped_by_signals
from app.complaint_flows import Addresses, desk_of
from app.mail import Post
from app.place import Place
from app.settings import mail_of
from ledger.errors import LedgerError
from oversight.complaints import jobs, reading
from oversight.complaints.errors import UnknownCaseError
from statutes.errors import RuleError
from statutes.instants import said_end
from storage.errors import StorageError

IDLE_SECONDS = 5.0
_EXPECTED = (LedgerError, RuleError, StorageError, SQLAlchemyError, OSError)

_log = logging.getLogger(__name__)


@click.group()
def complaints() -> None:
    """Keep the clocks of objections and complaints, and show how they stand."""


@complaints.command()
@click.option("--once", is_flag=True, help="Do what is due, and stop.")
def run(once: bool) -> None:
    """Remind, escalate, note what was missed, end orders that lapse, send mails. Any number of these may run.

    SUNSEAL_MAIL is the server; SUNSEAL_ESCALATION are addresses, with commas between them, that are told of what nobody
    does; SUNSEAL_URL is what links begin with. Mails go out at least once.
    """
    place = Place()
    with explained():
        setting = setting_of(place)
    if setting.mail is None:
        click.echo("no mail is configured (SUNSEAL_MAIL): reminders wait until it is")
    if once:
        with explained(), closing(setting.database):
            jobs.tick(setting)
        return
    stopped = stopped_by_signals()
    click.echo("keeping the clocks of objections and complaints; Ctrl-C stops")
    keep_working(
        lambda: jobs.tick(setting),
        stopped,
        _EXPECTED,
        what="the jobs of complaints",
        log=_log,
        idle=IDLE_SECONDS,
    )


@complaints.command("list")
@click.option(
    "--clock",
    type=click.Choice(["running", "near", "overdue", "missed"]),
    help="Only those with a clock that stands so.",
)
def list_(clock: str | None) -> None:
    """List cases with their clocks, as everybody sees them."""
    with explained(), closing(Place().database()) as database, database.session() as session:
        for case in reading.board(session, clock=clock, limit=200, now=_now()):
            click.echo(f"{case.id}  {case.kind:<9}  {case.state:<12}  {case.tender}  {case.matter}")
            for one in reading.clocks_of(session, case, now=_now()):
                click.echo(f"    {one.status:<8}  {one.rule.id:<22}  {said_end(one.due_at).en}")


@complaints.command()
@click.argument("case_id", metavar="CASE")
def show(case_id: str) -> None:
    """Show the steps of one case, as everybody sees them."""
    with explained(), closing(Place().database()) as database, database.session() as session:
        try:
            case = reading.get(session, case_id)
        except UnknownCaseError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{case.id}  {case.kind}  {case.state}  {case.tender}  {case.matter}  {case.outcome}")
        for step in reading.public_steps(session, case):
            click.echo(f"    {step.at.isoformat()}  {step.kind}")
        for one in reading.clocks_of(session, case, now=_now()):
            click.echo(f"    {one.status:<8}  {one.rule.id:<22}  {said_end(one.due_at).en}")


def setting_of(place: Place) -> jobs.Setting:
    """What the jobs work with here. ConfigurationError."""
    environment = place.environment
    server = mail_of(environment)
    named = (environment.get("SUNSEAL_ESCALATION") or "").split(",")
    return jobs.Setting(
        place.database(),
        desk_of(token_bytes),
        Addresses(tuple(one.strip() for one in named if one.strip())),
        None if server is None else Post(server),
        "" if server is None else server.sender,
        environment.get("SUNSEAL_URL") or "http://127.0.0.1:7300",
        _now,
    )


def _now() -> datetime:
    return datetime.now(UTC)
