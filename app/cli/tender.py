"""`sunseal tender`: tenders from the machine's own command line, by the same service as the API.

Whoever may run this acts for any tenderee: it is for the machine's operator, and for trials.
"""

import json
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.explained import explained
from app.place import Place
from app.tendering import keeping_of
from bidding.tenders import changing, documents, drafting, jobs, ocds, publication, reading
from bidding.tenders.draft import Draft, parse_draft
from bidding.tenders.law import draft_of
from bidding.tenders.models import TenderRow
from parties import credit_code
from parties.errors import PartiesError
from parties.models import Organisation
from statutes.errors import RefusedError, RuleError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_INSTANT = click.DateTime(formats=["%Y-%m-%dT%H:%M:%S%z"])
_CODE = click.option("--tenderee", required=True, metavar="CODE", help="The tenderee's credit code.")
_LOTS = click.option(
    "--lot", "lots", multiple=True, help="A lot's number; by default all that it can concern."
)


@click.group()
def tender() -> None:
    """Draft, publish, change and show tenders; import one from OCDS."""


@tender.command("draft")
@click.argument("file", type=_FILE)
@_CODE
def draft_(file: Path, tenderee: str) -> None:
    """Begin a draft from FILE, JSON or TOML; prints the tender's id."""
    with _session() as session:
        made = drafting.begin(
            session, _organisation(session, tenderee), _draft(file), now=_now(), random=token_bytes
        )
        session.commit()
        click.echo(made.id)


@tender.command("import")
@click.argument("file", type=_FILE)
@_CODE
@click.option("--ocid", help="Which one, where the file holds several.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report as JSON too."
)
def import_(file: Path, tenderee: str, ocid: str | None, report: Path | None) -> None:
    """Begin a draft from an OCDS release or record, and say of every field what became of it."""
    with _session() as session:
        draft, findings = ocds.draft_from(ocds.parse(file.read_bytes()), ocid)
        made = drafting.begin(
            session, _organisation(session, tenderee), draft, now=_now(), random=token_bytes
        )
        session.commit()
    for one in findings:
        times = f" ({one.count} times)" if one.count > 1 else ""
        click.echo(f"{one.outcome:<8} {one.field}{times}{': ' if one.note else ''}{one.note}")
    if report is not None:
        report.write_text(
            json.dumps([one.to_json() for one in findings], ensure_ascii=False, indent=1), "utf-8"
        )
    click.echo(made.id)


@tender.command()
@click.argument("tender_id")
@click.argument("file", type=_FILE)
@click.option("--name", help="What it is called; by default the file's name.")
@click.option("--title", required=True, help="What persons read.")
@click.option("--type", "media_type", default="application/pdf", show_default=True)
def document(tender_id: str, file: Path, name: str | None, title: str, media_type: str) -> None:
    """Store FILE as the next version of a document; it waits for the publication or the next amendment."""
    with _session() as session, file.open("rb") as source:
        row = documents.store(
            *(session, Place().blobs(), tender_id, name or file.name.lower(), source),
            title=title,
            media_type=media_type,
            now=_now(),
        )
        session.commit()
        click.echo(f"{row.name} version {row.version}: {row.sha256.hex()}")


@tender.command()
@click.argument("tender_id")
def publish(tender_id: str) -> None:
    """Publish: the notice becomes public, and bids may come."""
    with _session() as session:
        published = publication.publish(session, tender_id, keeping_of(Place()), now=_now())
        session.commit()
        for lot in reading.lots(session, published):
            for part, recipient in reading.recipients(session, lot.id).items():
                click.echo(f"{lot.id} {part}: {recipient}")


@tender.command()
@click.argument("tender_id")
@click.option("--text", required=True, help="What changes.")
@click.option(
    "--may-affect-bids/--cannot-affect-bids", required=True, help="What the tenderee judges, on record."
)
@click.option("--deadline", type=_INSTANT, help="The new deadline, such as 2026-04-10T09:30:00+08:00.")
@_LOTS
def amend(
    tender_id: str, text: str, may_affect_bids: bool, deadline: datetime | None, lots: tuple[str, ...]
) -> None:
    """Amend the documents: those that wait become public."""
    with _session() as session:
        row = changing.amend(
            *(session, tender_id, text),
            may_affect_bids=may_affect_bids,
            new_deadline=deadline,
            numbers=lots or None,
            now=_now(),
        )
        session.commit()
        click.echo(f"amendment {row.number}; the deadline is {row.new_deadline.isoformat()}")


@tender.command()
@click.argument("tender_id")
@click.argument("deadline", type=_INSTANT)
@click.option("--reason", required=True)
@_LOTS
def postpone(tender_id: str, deadline: datetime, reason: str, lots: tuple[str, ...]) -> None:
    """Move the deadline to a later time."""
    with _session() as session:
        moved = changing.postpone(session, tender_id, deadline, reason, numbers=lots or None, now=_now())
        session.commit()
        click.echo("postponed: " + ", ".join(lot.id for lot in moved))


@tender.command()
@click.argument("tender_id")
@click.option("--reason", required=True)
@_LOTS
def cancel(tender_id: str, reason: str, lots: tuple[str, ...]) -> None:
    """End the tender, or some of its lots; what was sealed stays sealed."""
    with _session() as session:
        ended = changing.cancel(session, tender_id, reason, numbers=lots or None, now=_now())
        session.commit()
        click.echo("cancelled: " + ", ".join(lot.id for lot in ended))


@tender.command()
@click.argument("tender_id", required=False)
def show(tender_id: str | None) -> None:
    """Show a tender with its lots and their timetables; without an id, list the published ones."""
    with _session() as session:
        if tender_id is None:
            for one in reading.listed(session, limit=200):
                click.echo(f"{one.id}  {one.state:<20}  {one.draft['title']}")
            return
        _show(session, reading.get(session, tender_id))


@tender.command()
def run() -> None:
    """Deal with what is due now: lots whose closing is written, duties that are late. Run it as often as you like."""
    with explained(), closing(Place().database()) as database:
        for one in jobs.run(database, _now):
            click.echo(f"{one.lot}: {one.kind}")


def _show(session: Session, row: TenderRow) -> None:
    draft = draft_of(row)
    click.echo(f"{row.id}  {row.state}  {draft.title}  ({draft.profile}, {draft.currency})")
    for lot in reading.lots(session, row):
        click.echo(f"  {lot.id}  {lot.state}")
        for one in reading.dated(row, lot, now=_now()):
            cited = f"  ({'、'.join(one.articles)})" if one.articles else ""
            click.echo(f"    {one.at.isoformat()}  {one.said.en}{cited}")
    for found in documents.of_tender(session, row.id):
        state = "public" if found.published_at else "waits"
        click.echo(f"  {found.name} version {found.version}  {state}  {found.sha256.hex()}")


def _draft(file: Path) -> Draft:
    text = file.read_text("utf-8")
    try:
        value: Any = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        raise click.ClickException(f"{file} is neither JSON nor TOML: {error}") from error
    return parse_draft(value)


def _organisation(session: Session, code: str) -> Any:
    parsed = credit_code.parse(code)
    found = session.execute(
        select(Organisation.id).where(Organisation.credit_code == parsed)
    ).scalar_one_or_none()
    if found is None:
        raise click.ClickException(f"no organisation with the credit code {parsed} is registered")
    return found


@contextmanager
def _session() -> Iterator[Session]:
    """A database session, with refusals as sentences in both languages."""
    with explained(), closing(Place().database()) as database, database.session() as session:
        try:
            yield session
        except RefusedError as error:
            raise click.ClickException(f"{error.said.en}\n{error.said.zh}") from error
        except (RuleError, PartiesError) as error:
            raise click.ClickException(str(error)) from error


def _now() -> datetime:
    return datetime.now(UTC)
