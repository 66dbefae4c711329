"""`sunseal guarantor underwriter`: who may work on the desk's pages."""

from pathlib import Path

import click

from app.cli.guarantor_screen import FOLDER, Explained, now
from app.guarantor.folder import GuarantorFolder
from app.guarantor.underwriters import Underwriters

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=Explained)
def underwriter() -> None:
    """Who may work on the desk's pages."""


@underwriter.command()
@FOLDER
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--password-file", type=_FILE, help="Its first line is the password; else it is asked for.")
def add(folder: Path, login: str, name: str, password_file: Path | None) -> None:
    """Let LOGIN in, or give somebody who is there a new password."""
    if password_file is not None:
        password = (password_file.read_text("utf-8").splitlines() or [""])[0]
    else:
        password = click.prompt("password", hide_input=True, confirmation_prompt=True)
    Underwriters(GuarantorFolder(folder).path).add(login, name, password, now=now())
    click.echo(f"{login} may log in")


@underwriter.command()
@FOLDER
@click.argument("login")
def remove(folder: Path, login: str) -> None:
    """Let LOGIN in no more, at once. What it did stands in the audit trail."""
    Underwriters(GuarantorFolder(folder).path).remove(login)
    click.echo(f"{login} may not log in any more")


@underwriter.command("list")
@FOLDER
def list_command(folder: Path) -> None:
    """Show who may log in."""
    for one in Underwriters(GuarantorFolder(folder).path).all():
        click.echo(f"{one.login:32} {one.name}, since {one.added[:10]}")
