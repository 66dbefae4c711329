"""`sunseal guarantor serve`: the desk over HTTP, for the bank's own systems."""

from pathlib import Path
from secrets import token_bytes

import click
import waitress

from app.cli.guarantor_screen import FOLDER, LOCK, desk_database, keys_of, now
from app.desk_api.application import create_desk_app
from app.desk_api.callers import FILE, read_callers
from app.desk_api.desk import Desk
from app.guarantor.issuer import issuer
from app.guarantor.letter import printer
from guarantees.errors import FormatError


@click.command()
@FOLDER
@click.option(
    "--listen", default="127.0.0.1:7400", show_default=True, metavar="HOST:PORT", help="Where to answer."
)
@click.option(
    "--url", metavar="URL", help="Where the bank's systems reach it, if it is not http://HOST:PORT."
)
@LOCK
def serve(
    folder: Path, listen: str, url: str | None, passphrase_file: Path | None, age_key: Path | None
) -> None:
    """Answer the bank's own systems: applications, quotes, payments, issue. FOLDER/callers.toml says who may call.

    docs/guarantees.md has an example. Put it behind a proxy that does TLS, in the bank's own network.
    """
    found, keys = keys_of(folder, passphrase_file, age_key)
    callers = read_callers(folder)
    if not callers:
        raise FormatError(f"{folder / FILE} names nobody, so nobody could call: docs/guarantees.md says how")
    with desk_database() as database:
        made = Desk(
            database=database,
            url=url or f"http://{listen}",
            callers=callers,
            guarantor=issuer(found, keys),
            products=found.products,
            lots=found.lots,
            letter=printer(folder, found.settings.platform),
            clock=now,
            random=token_bytes,
        )
        server = waitress.create_server(create_desk_app(made), listen=listen, threads=8, ident=None)
        click.echo(f"{len(callers)} systems may call {made.url}/desk/v1; Ctrl-C stops")
        server.run()
