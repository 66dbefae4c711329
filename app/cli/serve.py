"""`sunseal serve`: the web application, behind a reverse proxy that does TLS."""

import click
import waitress

from app.cli.explained import explained
from app.factory import create_app
from app.place import Place


@click.command()
@click.option(
    "--listen", default="127.0.0.1:7300", show_default=True, metavar="HOST:PORT", help="Where to answer."
)
@click.option(
    "--threads", default=8, show_default=True, type=click.IntRange(1, 256), help="Requests at once."
)
def serve(listen: str, threads: int) -> None:
    """Serve the ledger over HTTP, under /ledger."""
    with explained():
        app = create_app(Place())
        server = waitress.create_server(app, listen=listen, threads=threads, ident=None)
    click.echo(
        f"serving http://{server.effective_host}:{server.effective_port}/ledger/checkpoint; Ctrl-C stops"
    )
    server.run()
