"""`sunseal witness`: a witness of transparency logs, as a program of its own (keyholder/witness)."""

import secrets
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from app.cli.lock_options import chosen_lock, lock_options
from keyholder.folder import Folder
from keyholder.secret_file import SecretFileError
from keyholder.witness import run, tables
from keyholder.witness.config import Config
from keyholder.witness.errors import ConfigError, WitnessError
from keyholder.witness.journal import Journal
from keyholder.witness.mark import Mark
from ledger.checkpoint import LogIdentity
from ledger.errors import LedgerError
from ledger.note import NoteKey

LOCK = lock_options("SUNSEAL_WITNESS")
_STOPPING = (signal.SIGINT, signal.SIGTERM)


@click.group()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/witness"),
    envvar="SUNSEAL_WITNESS",
    show_default=True,
    help="The witness's folder.",
)
@click.pass_context
def witness(context: click.Context, folder: Path) -> None:
    """Cosign the checkpoints of a log, each only if it extends the one before."""
    context.obj = Folder(folder)


@witness.command()
@click.argument("name")
@click.option(
    "--log", "logs", metavar="VKEY", multiple=True, required=True, help="The key of a log; repeatable."
)
@click.option(
    "--published",
    nargs=2,
    metavar="ORIGIN URL",
    multiple=True,
    help="Where a checkpoint of that log can be read, such as https://.../checkpoint; repeatable.",
)
@click.option(
    "--unpublished",
    is_flag=True,
    help="Do not read what the logs publish: then a whole machine put back from a copy is not noticed.",
)
@click.option(
    "--mark",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the mark is kept, outside the folder and its backups (default: beside the folder).",
)
@LOCK
@click.pass_obj
def init(
    folder: Folder,
    name: str,
    logs: Sequence[str],
    published: Sequence[tuple[str, str]],
    unpublished: bool,
    mark: Path | None,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Make the witness NAME, and print the verifier key by which logs know it.

    NAME is a URL without its scheme, such as witness.example/notary. The key file is encrypted with a passphrase,
    which is asked for, or with what one of the options names.
    """
    with _explained():
        known = _logs(logs)
        places = {
            log.origin: tuple(url for origin, url in published if origin == log.origin) for log in known
        }
        if strangers := {origin for origin, _ in published} - set(places):
            raise ConfigError(f"--published names {sorted(strangers)}, which is the origin of no --log")
        if not unpublished and (silent := [origin for origin, urls in places.items() if not urls]):
            raise ConfigError(
                f"say with --published where {silent[0]!r} publishes its checkpoint, or --unpublished"
            )
        lock = chosen_lock(passphrase_file, age_key, new=True)
        key = run.make(
            folder, name, known, places, mark or folder.default_mark, lock, random=secrets.token_bytes
        )
    click.echo(key.vkey)


@witness.command()
@click.option(
    "--listen", default="127.0.0.1:7380", show_default=True, metavar="HOST:PORT", help="Where to answer."
)
@LOCK
@click.pass_obj
def serve(folder: Folder, listen: str, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Answer requests for cosignatures, behind a reverse proxy that does TLS."""
    journal = Journal(sys.stdout, folder.journal, _clock)
    with _explained():
        config = Config.read(folder.config)
        address = _address(listen)
        cosigner = run.open_key(folder, config, chosen_lock(passphrase_file, age_key))

        # Blocked, and then waited for: before any thread starts, which would else be interrupted in our place.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)

        def ready(port: int) -> None:
            journal.write("serving", f"{config.witness.name} at {address[0]} port {port}", port=port)

        try:
            run.serve(
                folder,
                config,
                cosigner,
                address,
                clock=_clock,
                journal=journal,
                ready=ready,
                until=lambda: signal.sigwait(_STOPPING),
            )
        except OSError as error:
            raise click.ClickException(f"cannot answer at {listen}: {error.strerror}") from error


@witness.command()
@click.pass_obj
def status(folder: Folder) -> None:
    """Say what was cosigned last, and whether a person must decide; exit code 1 if so."""
    with _explained():
        config = Config.read(folder.config)
        mark = Mark(config.mark, config.witness)
        state = run.open_state(folder, config)
        click.echo(config.witness.vkey)
        must_decide = not mark.exists()
        if must_decide:
            click.echo(f"needs decision: the mark {mark} is missing; put it back, or see accept-state --help")
        for log in config.logs:
            head = state.memory(log.origin).head
            click.echo(f"{log.origin}: cosigned up to size {head.size}, root {head.root.hex()}")
            for doubt in state.doubts(log.origin, _clock()):
                must_decide = True
                click.echo(f"  needs decision: {doubt.reason} (noticed {_date(doubt.noticed)})")
            forks = [refused for refused in state.refused(log.origin) if refused.is_fork]
            if forks:
                click.echo(
                    f"  the log forked: {len(forks)} checkpoints beside others that it signed are kept"
                )
    if must_decide:
        raise SystemExit(1)


@witness.command("accept-state")
@click.option(
    "--size", type=click.IntRange(min=0), required=True, help="The size of the last head it cosigned."
)
@click.option("--log", "origin", metavar="ORIGIN", help="Of which log, if it knows several.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def accept_state(folder: Folder, size: int, origin: str | None, yes: bool) -> None:
    """Decide that the newest head it is known to have cosigned is the last one, and go on from there.

    Say it only if no later checkpoint with its cosignature is anywhere: with the log, in receipts, with other
    witnesses. Otherwise it could cosign two logs that differ, and nobody could believe it again. Where the state
    file is lost, it is made anew from the mark.
    """
    with _explained():
        config = Config.read(folder.config)
        origins = [log.origin for log in config.logs]
        if origin is None and len(origins) > 1:
            raise ConfigError(f"say with --log which log: {', '.join(origins)}")
        chosen = origin or origins[0]
        if chosen not in origins:
            raise ConfigError(f"no log with origin {chosen!r} is known here")
        if not yes:
            click.confirm(
                f"Was size {size} of {chosen} the last that this witness cosigned, and will it go on from there?",
                abort=True,
            )
        if not folder.state.exists():
            tables.create(folder.state, config.witness.vkey)
        head = run.open_state(folder, config).accept(chosen, size, _clock())
        Journal(sys.stdout, folder.journal, _clock).write(
            "decided",
            f"size {head.size} of {chosen!r} is the last that was cosigned",
            origin=chosen,
            size=head.size,
        )


def _logs(vkeys: Sequence[str]) -> tuple[LogIdentity, ...]:
    """The logs of these keys; keys of one name are one log's, of which one is being replaced."""
    keys: dict[str, list[NoteKey]] = {}
    for vkey in vkeys:
        key = NoteKey.parse(vkey)
        keys.setdefault(key.name, []).append(key)
    return tuple(LogIdentity(origin, tuple(of_log)) for origin, of_log in keys.items())


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"{listen!r} is no HOST:PORT such as 127.0.0.1:7380")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _clock() -> int:
    return int(time.time())


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@contextmanager
def _explained() -> Iterator[None]:
    """An error of the witness is a sentence for the operator, not a traceback."""
    try:
        yield
    except (WitnessError, SecretFileError, LedgerError) as error:
        raise click.ClickException(str(error)) from error
