"""How a sample reads in a terminal."""

import click
from sqlalchemy.orm import Session

from oversight import samples, snapshots
from oversight.errors import OversightError
from oversight.sample_tables import DRAWN, ItemRow, SampleRow
from oversight.sample_terms import SampleTerms
from statutes.counting import CHINA

ANSWERS = {True: "yes", False: "NO", None: "does not apply"}


def find(session: Session, sample: str) -> SampleRow:
    """The sample that is called so. ClickException if there is none."""
    try:
        return samples.get(session, bytes.fromhex(sample))
    except (ValueError, OversightError) as error:
        raise click.ClickException("there is no such sample; `sunseal samples list` lists them") from error


def print_sample(session: Session, row: SampleRow) -> None:
    """All that is known of it. Inspectors by name, for they are told whom they inspect."""
    reached, terms = samples.reached(session, row.id), SampleTerms.parse(row.terms)
    click.echo(f"sample   {row.id.hex()}\nsubject  {row.subject}")
    if row.state != DRAWN:
        click.echo("state    waits for the keyholders' seed")
    click.echo(f"drawn    {reached.drawn} of {reached.population}, asked for at least {terms.rate}")
    click.echo(f"checked  {reached.checked} of {reached.drawn}: {float(reached.rate):.1%} of all are reached")
    if reached.open_follow_ups:
        click.echo(f"open     {reached.open_follow_ups} to be put right")
    identities = snapshots.identities_of(snapshots.get(session, row.snapshot_id))
    people = (
        []
        if row.inspectors_id is None
        else snapshots.identities_of(snapshots.get(session, row.inspectors_id))
    )
    for item in samples.items(session, row.id):
        named = ", ".join(f"{name} {value}" for name, value in sorted(identities[item.item].items()))
        click.echo(f"\nitem {item.item}: {named}")
        if item.inspectors:
            click.echo(f"  inspected by {', '.join(str(people[one]['name']) for one in item.inspectors)}")
        _print_findings(row, item)


def _print_findings(row: SampleRow, item: ItemRow) -> None:
    if item.answers is None:
        click.echo("  not checked yet")
        return
    for question, answer in zip(row.checklist, item.answers, strict=True):
        click.echo(f"  {ANSWERS[answer]:<15} {question}")
    if item.findings:
        click.echo(f"  found: {item.findings}")
    if item.followed_up_at is not None:
        click.echo(f"  put right on {item.followed_up_at.astimezone(CHINA):%Y-%m-%d}")
    elif item.follow_up_by is not None:
        click.echo(f"  to be put right by {item.follow_up_by.astimezone(CHINA):%Y-%m-%d}")
