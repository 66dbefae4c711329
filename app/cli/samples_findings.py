"""`sunseal samples checklist, findings, follow-up`: what an inspector takes along, and what comes back."""

import json
from contextlib import closing
from datetime import UTC, datetime, time
from pathlib import Path
from secrets import token_bytes
from typing import Any

import click

from app.cli.explained import explained
from app.cli.samples_show import find
from app.place import Place
from oversight import samples, snapshots
from oversight.errors import OversightError
from statutes.counting import CHINA

_ITEM = click.argument("item", type=click.IntRange(min=0))
_FORM = (
    "a form has answers (true, false or null to each question), findings, and may have put_right_by (a day)"
)


@click.command()
@click.argument("sample")
@_ITEM
def checklist(sample: str, item: int) -> None:
    """Print the form of ITEM, a number that `show` gives, as JSON to be filled in.

    Each answer becomes true, false, or null if the question does not apply. Where one is false, `findings` says what
    was found; `put_right_by` is a day like 2026-05-31, or null.
    """
    with explained(), closing(Place().database()) as database, database.session() as session:
        row = find(session, sample)
        if item not in {one.item for one in samples.items(session, row.id)}:
            raise click.ClickException(f"item {item} is not in the sample; `sunseal samples show` lists them")
        form = {
            "item": snapshots.identities_of(snapshots.get(session, row.snapshot_id))[item],
            "answers": dict.fromkeys(row.checklist, "?"),
            "findings": "",
            "put_right_by": None,
        }
    click.echo(json.dumps(form, ensure_ascii=False, indent=1))


@click.command()
@click.argument("sample")
@_ITEM
@click.argument("form", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def findings(sample: str, item: int, form: Path) -> None:
    """Record what was found at ITEM, from a form that was filled in. Once: what is recorded stays as it is."""
    with explained(), closing(Place().database()) as database, database.session() as session:
        row = find(session, sample)
        answers, said, until = _filled_in(form.read_text("utf-8"), row.checklist)
        try:
            samples.check(
                *(session, row.id, item, answers, said),
                follow_up_by=until,
                now=_now(),
                random=token_bytes,
            )
        except OversightError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
        reached = samples.reached(session, row.id)
    click.echo(f"recorded: {reached.checked} of {reached.drawn} are checked")


@click.command("follow-up")
@click.argument("sample")
@_ITEM
def follow_up(sample: str, item: int) -> None:
    """Say that what was found at ITEM has been put right."""
    with explained(), closing(Place().database()) as database, database.session() as session:
        try:
            samples.follow_up(session, find(session, sample).id, item, now=_now())
        except OversightError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
    click.echo(f"item {item} is put right")


def _filled_in(text: str, questions: list[Any]) -> tuple[list[bool | None], str, datetime | None]:
    """ClickException for a form that is not filled in."""
    try:
        form = json.loads(text)
        answers, said, until = form["answers"], form["findings"], form.get("put_right_by")
        day = None if until is None else datetime.combine(datetime.fromisoformat(until), time(), CHINA)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise click.ClickException(_FORM) from error
    if not isinstance(answers, dict) or list(answers) != questions or not isinstance(said, str):
        raise click.ClickException(f"{_FORM}; and its questions are those of the sample, in their order")
    for question, answer in answers.items():
        if answer is not None and not isinstance(answer, bool):
            raise click.ClickException(f"not answered by true, false or null: {question}")
    return list(answers.values()), said.strip(), day


def _now() -> datetime:
    return datetime.now(UTC)
