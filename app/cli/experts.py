"""`sunseal experts`: the pool, its snapshots, draws, and the redoing of a draw by anybody."""

import json
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import click

from app.cli import experts_acts as acts
from app.cli.experts_redo import redo
from app.cli.experts_work import work
from app.cli.explained import explained
from app.place import Place
from oversight import drawing, importing, pool, snapshots
from oversight.drawing import Wish
from oversight.errors import OversightError
from oversight.importing import ImportReport

_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def experts() -> None:
    """Keep the pool of experts, draw from it, and redo any draw from public files."""


experts.add_command(redo)
experts.add_command(work)
for _act in (
    acts.suspend,
    acts.remove,
    acts.list_,
    acts.draws,
    acts.show,
    acts.match,
    acts.publish,
    acts.files,
):
    experts.add_command(_act)


@experts.command("import")
@click.argument("file", metavar="FILE", type=_INPUT)
@click.option("--specialties", is_flag=True, help="FILE has the tree of specialties: code, name.")
def import_(file: Path, specialties: bool) -> None:
    """Enter the experts of FILE (CSV in UTF-8 or GB18030, or XLSX), all or none.

    The first line names the columns: number, name, employer, title, contact, region, years, specialties, staff.
    """
    with explained(), Place().database().session() as session:
        try:
            data = file.read_bytes()
            if specialties:
                report = importing.import_specialties(session, data)
            else:
                report = importing.import_experts(session, data, now=_now(), random=token_bytes)
        except OversightError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
    _print(report)


@experts.command()
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option("--refuse", is_flag=True, help="They are not admitted.")
@click.option(
    "--equal-level", is_flag=True, help="Their level equals that of a senior title (法37); say why."
)
@click.option("--reason", default="", help="Why.")
def review(numbers: tuple[str, ...], refuse: bool, equal_level: bool, reason: str) -> None:
    """Admit the experts with these numbers, all or none, or refuse them."""
    with explained(), Place().database().session() as session:
        for number in numbers:
            try:
                pool.review(
                    session,
                    number,
                    admit=not refuse,
                    reason=reason,
                    equal_level=equal_level,
                    now=_now(),
                    random=token_bytes,
                )
            except OversightError as error:
                raise click.ClickException(f"{number}: {error}") from error
        session.commit()
    click.echo(f"{len(numbers)} reviewed")


@experts.command()
def snapshot() -> None:
    """Commit the pool as it is now; draws are made from the newest snapshot."""
    with explained(), Place().database().session() as session:
        try:
            row = snapshots.commit_pool(session, now=_now(), random=token_bytes)
        except OversightError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
    click.echo(f"{row.size} experts committed: {row.root.hex()}")


@experts.command()
@click.argument("wish", metavar="FILE", type=_INPUT)
@click.option("--group", required=True, metavar="HEX", help="The group of keyholders that gives the seed.")
def draw(wish: Path, group: str) -> None:
    """Ask for a draw by the JSON in FILE: lot, needs, avoided, window (seconds), others.

    needs: [{"specialty", "region", "count", "reserve"}]; avoided: [{"reason", "number" or "employer"}].
    """
    with explained(), Place().database().session() as session:
        try:
            row = drawing.request(session, group, Wish.parse(json.loads(wish.read_text("utf-8"))), now=_now())
        except (OversightError, json.JSONDecodeError) as error:
            raise click.ClickException(str(error)) from error
        session.commit()
    click.echo(f"asked for; the draw is {row.id.hex()}")
    for warning in drawing.warnings_of(row):
        click.secho(f"warning: {warning.en}", fg="yellow")


def _print(report: ImportReport) -> None:
    for fault in report.faults:
        click.echo(f"line {fault.line}, {fault.column}: {fault.sentence.en}")
    if report.faults:
        raise click.ClickException(
            f"{len(report.faults)} faults in {report.lines} lines: nothing was entered; correct them and import again"
        )
    click.echo(f"{report.entered} of {report.lines} lines entered")


def _now() -> datetime:
    return datetime.now(UTC)
