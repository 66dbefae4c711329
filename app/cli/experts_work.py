"""`sunseal experts work`: the jobs of draws and samples as a process, and notices to experts as files."""

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes, token_hex

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli.explained import explained
from app.cli.working import keep_working, stopped_by_signals
from app.place import ConfigurationError, Place
from custody.errors import CustodyError
from custody.reader import Reader
from ledger.errors import LedgerError
from oversight import jobs
from oversight.errors import OversightError
from oversight.ports import Notice
from storage.errors import StorageError

IDLE_SECONDS = 1.0
_EXPECTED = (CustodyError, LedgerError, OversightError, StorageError, SQLAlchemyError, OSError)

_log = logging.getLogger(__name__)


class Spool:
    """A folder where each notice is a file that its owner alone can read; whoever telephones takes it from there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def tell(self, notice: Notice) -> None:
        """Whole or not at all: the file has its name only once it is written."""
        said = {
            "code": notice.code,
            "contact": notice.contact,
            "name": notice.name,
            "subject": notice.subject,
            "until": notice.due_at.isoformat(),
        }
        name = token_hex(8)
        part = self._folder / f".{name}"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(said, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._folder / f"{name}.json")


@click.command()
@click.option(
    "--spool",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="A folder for notices to experts, a file each, to be told and then deleted.",
)
@click.option("--once", is_flag=True, help="Do what is due, and stop.")
def work(spool: Path, once: bool) -> None:
    """Call experts, mark silence, draw samples: whatever is due. Any number of these may run."""
    place = Place()
    with explained():
        supervisor = place.supervisor()
        if supervisor is None:
            raise ConfigurationError("SUNSEAL_SUPERVISOR is not set: it is the supervisor's public key")
        setting = jobs.Setting(
            place.database(), Reader(supervisor), Spool(spool), lambda: datetime.now(UTC), token_bytes
        )
        if once:
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
