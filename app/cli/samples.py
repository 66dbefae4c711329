"""`sunseal samples`: spot checks, from the population of a quarter to what was put right."""

from contextlib import closing
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from secrets import token_bytes

import click
from sqlalchemy import select

from app import sampling
from app.cli.experts_redo import redo_sample
from app.cli.explained import explained
from app.cli.samples_findings import checklist, findings, follow_up
from app.cli.samples_show import find, print_sample
from app.place import Place
from oversight import sample_files
from oversight import samples as services
from oversight.errors import OversightError
from oversight.quarters import KINDS, Quarter
from oversight.sample_tables import SampleRow

_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def samples() -> None:
    """Draw spot checks from the platform's own records, record what was found, and redo any sample.

    \b
    sunseal samples draw draws 2026Q1 --group HEX --checklist questions.txt
    sunseal samples show SAMPLE
    sunseal samples checklist SAMPLE ITEM > item.json      (fill in the answers)
    sunseal samples findings SAMPLE ITEM item.json
    sunseal samples follow-up SAMPLE ITEM
    """


@samples.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("quarter")
@click.option("--group", required=True, metavar="HEX", help="The group of keyholders that gives the seed.")
@click.option("--checklist", "questions", type=_INPUT, required=True, help="A text file, a question a line.")
@click.option(
    "--rate", default="1/5", show_default=True, help="At least so much of the population: 1/5 or 20%."
)
@click.option(
    "--inspectors", "each", default=0, metavar="N", help="Draw N inspectors for each object too (双随机)."
)
def draw(kind: str, quarter: str, group: str, questions: Path, rate: str, each: int) -> None:
    """Commit what there was of KIND in QUARTER, such as 2026Q1, and ask the keyholders for a sample of it.

    A population is committed once, after its quarter is over, and of one population there is one sample. It is drawn
    and published by `sunseal experts work` as soon as the keyholders have answered.
    """
    with explained(), closing(Place().database()) as database, database.session() as session:
        try:
            asked = _rate(rate)
            lines = [line.strip() for line in questions.read_text("utf-8").splitlines()]
            objects, row = sampling.ask(
                *(session, group, kind, Quarter.parse(quarter), asked, [line for line in lines if line]),
                each=each,
                now=_now(),
                random=token_bytes,
            )
        except OversightError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
    click.echo(f"{objects.subject}: {objects.size} objects committed as {objects.root.hex()}")
    click.echo(f"asked for; the sample is {row.id.hex()}")


@samples.command("list")
def list_() -> None:
    """List samples, the newest first: what each is called by, its subject, how far it is."""
    query = select(SampleRow).order_by(SampleRow.requested_at.desc(), SampleRow.id)
    with explained(), closing(Place().database()) as database, database.session() as session:
        for row in session.scalars(query):
            reached = services.reached(session, row.id)
            click.echo(
                f"{row.id.hex()}  {row.subject}: {reached.checked} of {reached.drawn} drawn are checked, "
                f"{reached.population} in all"
            )


@samples.command()
@click.argument("sample")
def show(sample: str) -> None:
    """Show SAMPLE: what was drawn, what was found, and which rate is reached."""
    with explained(), closing(Place().database()) as database, database.session() as session:
        print_sample(session, find(session, sample))


@samples.command()
@click.argument("sample")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def files(sample: str, folder: Path) -> None:
    """Write what it takes to redo SAMPLE into FOLDER: population, terms, names, inspectors, and the results so far."""
    with explained(), closing(Place().database()) as database, database.session() as session:
        row = find(session, sample)
        try:
            contents = {
                name: sample_files.file_of(session, row.id, name) for name in sample_files.files_of(row)
            }
        except OversightError as error:
            raise click.ClickException(str(error)) from error
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
            click.echo(folder / name)


for _command in (checklist, findings, follow_up, redo_sample):
    samples.add_command(_command)


def _rate(text: str) -> Fraction:
    """From 1/5, 20% or 0.2, exactly."""
    try:
        return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise click.BadParameter("a rate is written like 1/5 or 20%", param_hint="--rate") from error


def _now() -> datetime:
    return datetime.now(UTC)
