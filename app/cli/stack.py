"""`sunseal stack`: a whole deployment on this machine, for a trial. Ctrl-C ends all of it."""

import signal
from pathlib import Path

import click

from app.stack.guarantors import UNDERWRITER
from app.stack.place import GUARANTORS
from app.stack.running import Stack, StackError

FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/stack"),
    show_default=True,
    help="Where it lies; a later start goes on with what is there.",
)


@click.group()
def stack() -> None:
    """Run everything on this machine: PostgreSQL, a chain, three keyholders, the web application and its jobs."""


@stack.command()
@FOLDER
@click.option(
    "--hall-minutes", default="30", show_default=True, help="How long an opening's hall hears objections."
)
@click.option("--keys", default=6, show_default=True, help="Keys to keep ready for parts of lots.")
def run(folder: Path, hall_minutes: str, keys: int) -> None:
    """Start it, and keep it running until Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    running = Stack(folder, hall_minutes=hall_minutes, keys=keys)
    try:
        with running:
            for said in running.begin():
                click.echo(f"  {said}")
            click.echo(f"Sunseal runs at {running.place.url}; Ctrl-C stops it. Logs: {running.place.logs}")
            for house, (name, _) in enumerate(GUARANTORS, 1):
                if running.place.has_desk_pages(house):
                    said = f"{running.place.desk_url(house)}; log in as {UNDERWRITER}, the password is in"
                    click.echo(f"The desk of {name}: {said} {running.place.underwriter_password(house)}")
                if running.place.has_desk_api(house):
                    said = f"{running.place.desk_api_url(house)}, signed with {running.place.core_system_key(house)}"
                    click.echo(f"  for its own systems: {said}")
            for name in running.watch():
                click.echo(f"  {name} had ended and was started again; its log says why")
    except StackError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("\nstopped")
