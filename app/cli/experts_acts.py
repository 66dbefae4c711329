"""`sunseal experts suspend, remove, list, draws, show, match, publish, files`: the pool and its draws by hand."""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.explained import explained
from app.committees import Opinions
from app.drawn_lots import OpenedLots
from app.place import Place
from oversight import drawing, following, pool, publishing
from oversight.draw_tables import CALLING, EXHAUSTED, FORMED, PUBLISHED, REQUESTED, DrawRow
from oversight.errors import OversightError
from oversight.expert_draw import Answer
from oversight.pool_tables import ExpertRow

STATES = {
    REQUESTED: "waits for the keyholders' seed",
    CALLING: "is calling experts",
    FORMED: "the committee is complete; the names are sealed until the award",
    EXHAUSTED: "nobody is left to call: ask for a draw with wider terms",
    PUBLISHED: "published: anyone can redo it",
}
_NUMBERS = click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
_REASON = click.option("--reason", required=True, help="Why; kept, and committed to in the ledger.")


@click.command()
@_NUMBERS
@_REASON
def suspend(numbers: tuple[str, ...], reason: str) -> None:
    """Suspend experts, all or none: no draw from a later snapshot calls them, until `review` admits them again."""
    _each(
        numbers,
        lambda session, number: pool.suspend(session, number, reason=reason, now=_now(), random=token_bytes),
    )
    click.echo(f"{len(numbers)} suspended; commit a new snapshot for it to count in the next draw")


@click.command()
@_NUMBERS
@_REASON
@click.confirmation_option(prompt="A removal is for good. Remove them?")
def remove(numbers: tuple[str, ...], reason: str) -> None:
    """Remove experts from the pool for good, all or none. What they did before stays in the records."""
    _each(
        numbers,
        lambda session, number: pool.remove(session, number, reason=reason, now=_now(), random=token_bytes),
    )
    click.echo(f"{len(numbers)} removed; commit a new snapshot for it to count in the next draw")


@click.command("list")
@click.option("--state", type=click.Choice(["entered", "admitted", "refused", "suspended", "removed"]))
def list_(state: str | None) -> None:
    """List the pool: number, state, region, specialties, name, employer."""
    query = select(ExpertRow).order_by(ExpertRow.number)
    if state is not None:
        query = query.where(ExpertRow.state == state)
    with explained(), closing(Place().database()) as database, database.session() as session:
        for row in session.scalars(query):
            codes = ",".join(row.specialties)
            click.echo(f"{row.number}  {row.state:<9}  {row.region}  {codes}  {row.name}, {row.employer}")


@click.command()
def draws() -> None:
    """List draws, the newest first: what each is called by, its lot, how far it is."""
    query = select(DrawRow).order_by(DrawRow.requested_at.desc(), DrawRow.id)
    with explained(), closing(Place().database()) as database, database.session() as session:
        for row in session.scalars(query):
            click.echo(f"{row.id.hex()}  {row.lot}  {STATES[row.state]}")


@click.command()
@click.argument("draw")
def show(draw: str) -> None:
    """Show DRAW: how far it is and what came of its calls. Nobody is named before the award, to nobody."""
    with explained(), closing(Place().database()) as database, database.session() as session:
        row = _draw(session, draw)
        calls = drawing.calls_of(session, row)
        click.echo(f"draw {draw}\nlot  {row.lot}\n{STATES[row.state]}")
        for answer, count in sorted(Counter(call.answer for call in calls).items()):
            click.echo(f"{count} {answer}")
        waiting = [call for call in calls if call.answer == Answer.PENDING.value]
        if waiting:
            click.echo(
                f"the next window ends at {min(call.due_at for call in waiting):%Y-%m-%d %H:%M:%S} UTC"
            )
        for warning in drawing.warnings_of(row):
            click.secho(f"warning: {warning.en}", fg="yellow")


@click.command()
@click.argument("draw")
def match(draw: str) -> None:
    """Match the bidders that the opening has named with the employers of those called; theirs are replaced.

    `sunseal experts work` does so by itself as bids are opened.
    """
    with explained(), closing(Place().database()) as database, database.session() as session:
        row = _draw(session, draw)
        try:
            names, found = following.match(
                *(session, row.id, OpenedLots()), now=_now(), random=token_bytes, committee=Opinions()
            )
        except OversightError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
    click.echo(f"{names} names of bidders; {found} of those called work for one, and are replaced")


@click.command()
@click.argument("draw")
def publish(draw: str) -> None:
    """Publish DRAW after the award: who was called, with the salts that show it, and how they answered.

    `sunseal experts work` does so by itself once the award stands.
    """
    with explained(), closing(Place().database()) as database, database.session() as session:
        try:
            publishing.publish(session, _draw(session, draw).id, OpenedLots(), now=_now())
        except OversightError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
    click.echo("published; `sunseal experts files` writes what it takes to redo it")


@click.command()
@click.argument("draw")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def files(draw: str, folder: Path) -> None:
    """Write the published files of DRAW into FOLDER: population, terms, names."""
    with explained(), closing(Place().database()) as database, database.session() as session:
        try:
            row = _draw(session, draw)
            contents = {name: publishing.file_of(session, row, name) for name in publishing.FILES}
        except OversightError as error:
            raise click.ClickException(str(error)) from error
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
            click.echo(folder / name)


def _draw(session: Session, draw: str) -> DrawRow:
    try:
        return drawing.get(session, draw)
    except OversightError as error:
        raise click.ClickException(f"{error}; `sunseal experts draws` lists them") from error


def _each(numbers: tuple[str, ...], act: Callable[[Session, str], None]) -> None:
    with explained(), closing(Place().database()) as database, database.session() as session:
        for number in numbers:
            try:
                act(session, number)
            except OversightError as error:
                raise click.ClickException(f"{number}: {error}; nothing was changed") from error
        session.commit()


def _now() -> datetime:
    return datetime.now(UTC)
