"""`sunseal experts work`: the jobs of draws and samples as a process, which tells experts that they were called."""

import logging
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli.explained import explained
from app.cli.working import keep_working, stopped_by_signals
from app.committees import Opinions
from app.drawn_lots import OpenedLots
from app.expert_mail import ExpertMail, Reach, Spool
from app.mail import Post
from app.place import ConfigurationError, Place
from app.settings import mail_of
from custody.errors import CustodyError
from custody.reader import Reader
from ledger.errors import LedgerError
from oversight import jobs
from oversight.errors import OversightError
from storage.errors import StorageError

IDLE_SECONDS = 1.0
_EXPECTED = (CustodyError, LedgerError, OversightError, StorageError, SQLAlchemyError, OSError)

_log = logging.getLogger(__name__)


@click.command()
@click.option(
    "--spool",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for notices to experts whom no mail reaches, a file each, to be told and then deleted.",
)
@click.option("--once", is_flag=True, help="Do what is due, and stop.")
def work(spool: Path | None, once: bool) -> None:
    """Call experts, mark silence, match opened bidders, publish after the award, draw samples. Any number may run.

    Experts whose contact is an address are told by mail, once SUNSEAL_MAIL names the server (SUNSEAL_MAIL_FROM the
    sender, SUNSEAL_URL what links begin with): at least once, also if this is killed. The mail names neither the lot
    nor another expert. All others are told by whoever empties the folder.
    """
    place = Place()
    with explained():
        setting = setting_of(place, spool)
    if once:
        with explained(), closing(setting.database):
            jobs.tick(setting)
        return
    stopped = stopped_by_signals()
    click.echo("calling experts and drawing samples; Ctrl-C stops")
    keep_working(
        lambda: jobs.tick(setting),
        stopped,
        _EXPECTED,
        what="the jobs of oversight",
        log=_log,
        idle=IDLE_SECONDS,
    )


def setting_of(place: Place, spool: Path | None) -> jobs.Setting:
    """What the jobs work with here. ConfigurationError."""
    supervisor = place.supervisor()
    if supervisor is None:
        raise ConfigurationError("SUNSEAL_SUPERVISOR is not set: it is the supervisor's public key")
    server = mail_of(place.environment)
    if server is None and spool is None:
        raise ConfigurationError(
            "experts cannot be told: name a mail server in SUNSEAL_MAIL, or a folder with --spool, or both"
        )
    url = place.environment.get("SUNSEAL_URL") or "http://127.0.0.1:7300"
    mail = None if server is None else ExpertMail(Post(server), server.sender, url, _now)
    reach = Reach(mail, None if spool is None else Spool(spool))
    return jobs.Setting(
        place.database(), Reader(supervisor), reach, OpenedLots(), Opinions(), _now, token_bytes
    )


def _now() -> datetime:
    return datetime.now(UTC)
