"""`sunseal serve`: the web application, behind a reverse proxy that does TLS."""

import click
import waitress

from app.api.arrival import note_arrivals
from app.api.submission_app import PREFIX, alone, create_submission_app
from app.cli.explained import explained
from app.factory import create_app
from app.place import Place
from bidding.uploads.limits import UploadLimits

LARGEST_BODY = 64 << 20
"""Bytes that waitress takes before anybody of ours sees them; each route has a limit of its own below."""


@click.command()
@click.option(
    "--listen", default="127.0.0.1:7300", show_default=True, metavar="HOST:PORT", help="Where to answer."
)
@click.option(
    "--threads",
    default=48,
    show_default=True,
    type=click.IntRange(1, 256),
    help="Requests at once; of each keyholder two may wait for an answer.",
)
@click.option(
    "--only",
    type=click.Choice(["submissions"]),
    help="Serve one side alone, for a host name of its own: /api/submission, without logins and cookies.",
)
def serve(listen: str, threads: int, only: str | None) -> None:
    """Serve the pages, the interfaces under /api and the ledger under /ledger."""
    with explained():
        place = Place()
        largest = UploadLimits().request + (1 << 16) if only else LARGEST_BODY
        app = alone(create_submission_app(place).wsgi) if only else create_app(place)
        server = waitress.create_server(
            app, listen=listen, threads=threads, ident=None, max_request_body_size=largest
        )
        note_arrivals(server)
    path = PREFIX if only else "/ledger/checkpoint"
    click.echo(f"serving http://{server.effective_host}:{server.effective_port}{path}; Ctrl-C stops")
    server.run()
