"""`sunseal guarantor pages`: the desk as pages."""

from pathlib import Path
from secrets import token_bytes

import click
import waitress

from app.cli.guarantor_screen import FOLDER, LOCK, desk_database, keys_of, now
from app.desk_api.desk import Desk
from app.desk_pages.application import create_desk_pages
from app.desk_pages.gate import House
from app.guarantor.issuer import issuer
from app.guarantor.letter import printer
from app.guarantor.underwriters import Underwriters
from app.place import Place
from guarantees.errors import FormatError


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
