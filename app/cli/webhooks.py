"""`sunseal webhooks`: tell guarantors' machines what happened. docs/spec/bank-api.md says what they get."""

import logging
from datetime import UTC, datetime
from secrets import token_bytes

import click

from app.cli.explained import explained
from app.cli.working import stopped_by_signals
from app.place import Place
from app.settings import Settings
from guarantees.chain.loop import run_until
from guarantees.webhooks import job, sending


@click.group()
def webhooks() -> None:
    """Tell guarantors' machines what happened."""


@webhooks.command()
@click.option("--once", is_flag=True, help="End when nothing is due.")
def run(*, once: bool) -> None:
    """Send what is due, again and again, until stopped. As many of them may run as wanted."""
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("guarantees").setLevel(logging.INFO)
    stopped = stopped_by_signals()
    with explained():
        place = Place()
        settings = Settings.of(place)
        poster = sending.Poster(settings.webhook_key(), token_bytes, loopback=settings.webhooks_loopback)
        sender = job.Sender(job.Setting(place.database(), poster, lambda: datetime.now(UTC)))
        if once:
            while sender.run():
                pass
            return
        click.echo(f"webhooks are signed by {poster.key_id}; Ctrl-C stops")
        run_until(stopped, {"sending webhooks": sender})


@webhooks.command()
def status() -> None:
    """Say how many deliveries wait, were made, and were given up."""
    with explained(), Place().database().session() as session:
        found = job.counts(session)
    click.echo(", ".join(f"{number} {state}" for state, number in found.items()) or "none yet")
