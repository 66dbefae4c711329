"""`sunseal db`: the database's tables, and the private PostgreSQL where DATABASE_URL names no other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from storage import location, migrate, revisions
from storage.database import Database
from storage.errors import LocationError, StorageError


@click.group()
@click.option(
    "--var",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var"),
    envvar="SUNSEAL_VAR",
    show_default=True,
    help="The data folder; without DATABASE_URL a private PostgreSQL lives in it.",
)
@click.pass_context
def db(context: click.Context, var: Path) -> None:
    """Make, change and look at the database's tables."""
    context.obj = var


@db.command()
@click.argument("revision", default="head")
@click.pass_obj
def upgrade(var: Path, revision: str) -> None:
    """Bring the tables to REVISION, by default the newest; what has run does not run again."""
    with _explained():
        url = _url(var)
        migrate.upgrade(url, revision)
        click.echo(f"the database is at revision {revisions.current(url)}")


@db.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def downgrade(var: Path, revision: str, yes: bool) -> None:
    """Take the tables back to REVISION (such as 0003, or base): what came later is lost."""
    if not yes:
        click.confirm(f"Everything that came after revision {revision} is lost. Go on?", abort=True)
    with _explained():
        url = _url(var)
        migrate.downgrade(url, revision)
        click.echo(f"the database is at revision {revisions.current(url) or 'base'}")


@db.command()
@click.pass_obj
def status(var: Path) -> None:
    """Say which database it is and whether its tables are this program's; exit code 1 if not."""
    with _explained():
        url = _url(var)
        database = Database(url, application_name="sunseal db")
        click.echo(repr(database))
        try:
            database.check()
        finally:
            database.close()
        click.echo(f"at revision {revisions.current(url) or 'base'}, this program's is {revisions.head()}")
        revisions.check_current(url)


@db.command()
@click.pass_obj
def stop(var: Path) -> None:
    """Stop the private PostgreSQL, under whoever still uses it."""
    with _explained():
        if os.environ.get(location.VARIABLE):
            raise LocationError(f"{location.VARIABLE} names a database that is not ours to stop: unset it")
        location.private_server(var).stop()
        click.echo("the private PostgreSQL is stopped")


def _url(var: Path) -> str:
    return location.database_url(os.environ, var)


@contextmanager
def _explained() -> Iterator[None]:
    """An error of storage is a sentence for the operator, not a traceback."""
    try:
        yield
    except StorageError as error:
        raise click.ClickException(str(error)) from error
