"""`sunseal guarantor pages|underwriter`: the desk as pages, and who may work on them. `attach(group)` adds both."""

from pathlib import Path
from secrets import token_bytes

import click
import waitress

from app.cli.guarantor_screen import FOLDER, LOCK, Explained, desk_database, keys_of, now
from app.desk_api.desk import Desk
from app.desk_pages.application import create_desk_pages
from app.desk_pages.gate import House
from app.guarantor.folder import GuarantorFolder
from app.guarantor.issuer import issuer
from app.guarantor.letter import printer
from app.guarantor.underwriters import Underwriters
from app.place import Place
from guarantees.errors import FormatError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@FOLDER
@click.option(
    "--listen", default="127.0.0.1:7401", show_default=True, metavar="HOST:PORT", help="Where to answer."
)
@click.option("--url", metavar="URL", help="Where browsers reach it, if it is not http://HOST:PORT.")
@LOCK
def pages(
    folder: Path, listen: str, url: str | None, passphrase_file: Path | None, age_key: Path | None
) -> None:
    """Serve the desk to the guarantor's underwriters: queue, quotes, payments, issue, demands.

    In the guarantor's own network alone. With an address that begins with https a proxy in front does TLS.
    """
    found, keys = keys_of(folder, passphrase_file, age_key)
    underwriters = Underwriters(folder)
    if not underwriters.all():
        raise FormatError("nobody could log in: `sunseal guarantor underwriter add` says who may")
    with desk_database() as database:
        made = Desk(
            database=database,
            url=(url or f"http://{listen}").rstrip("/"),
            callers={},
            guarantor=issuer(found, keys),
            products=found.products,
            lots=found.lots,
            letter=printer(folder, found.settings.platform),
            clock=now,
            random=token_bytes,
        )
        house = House(folder, found.settings.name, underwriters, Place().chain_depth)
        server = waitress.create_server(create_desk_pages(made, house), listen=listen, threads=8, ident=None)
        click.echo(f"the desk of {found.settings.name}: {made.url}; Ctrl-C stops")
        server.run()


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


def attach(group: click.Group) -> None:
    """Adds the commands."""
    group.add_command(pages)
    group.add_command(underwriter)
