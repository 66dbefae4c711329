"""`sunseal keyholder`: the daemon of one keyholder, and what the person who keeps the key does (keyholder/)."""

import json
import os
import signal
import sys
from pathlib import Path
from threading import Thread

import click

from app.cli import keyholder_decisions as decisions
from app.cli import keyholder_setup as setup
from app.cli.keyholder_place import LOCK, clock, explained, journal_of, opened, opened_identity, when
from app.cli.lock_options import chosen_lock
from keyholder.daemon import Outside, Pace, open_identity
from keyholder.folder import Folder
from keyholder.memory import Memory

_STOPPING = (signal.SIGINT, signal.SIGTERM)


@click.group()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/keyholder"),
    envvar="SUNSEAL_KEYHOLDER",
    show_default=True,
    help="The keyholder's folder.",
)
@click.pass_context
def keyholder(context: click.Context, folder: Path) -> None:
    """Hold one key of several: take part in making keys, cosign the ledger, release shares by the rules."""
    context.obj = Folder(folder)


for command in (*setup.COMMANDS, *decisions.COMMANDS):
    keyholder.add_command(command)


@keyholder.command()
@LOCK
@click.option("--poll", type=click.FloatRange(min=0.01), envvar="SUNSEAL_KEYHOLDER_POLL", hidden=True)
@click.option("--wait", type=click.IntRange(0, 20), envvar="SUNSEAL_KEYHOLDER_WAIT", hidden=True)
@click.option("--resend", type=click.FloatRange(min=0.1), envvar="SUNSEAL_KEYHOLDER_RESEND", hidden=True)
@click.option("--clock-offset", type=float, envvar="SUNSEAL_KEYHOLDER_CLOCK_OFFSET", hidden=True)
@click.pass_obj
def run(
    folder: Folder,
    passphrase_file: Path | None,
    age_key: Path | None,
    poll: float | None,
    wait: int | None,
    resend: float | None,
    clock_offset: float | None,
) -> None:
    """Work until told to end (Ctrl-C, or SIGTERM). It opens no port.

    What it does is said on stderr, a sentence each, and kept in journal.jsonl.
    """
    standard = Pace()
    pace = Pace(
        poll or standard.poll,
        min(standard.retry, 5 * poll) if poll else standard.retry,
        standard.wait if wait is None else wait,
        resend or standard.resend,
    )
    offset = clock_offset or 0.0
    # Blocked, and then waited for: before any thread starts, which would else be interrupted in our place.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    with explained():
        daemon = opened(
            folder, journal_of(sys.stderr, folder), Outside(clock=lambda: clock() + offset, pace=pace)
        )
        identity = open_identity(folder, daemon.config, chosen_lock(passphrase_file, age_key))

        def end() -> None:
            signal.sigwait(_STOPPING)
            daemon.end()

        def ready() -> None:
            daemon.journal.write("running", f"{identity.name}, at {daemon.config.platform}")
            click.echo("ready")
            sys.stdout.flush()

        Thread(target=end, name="end", daemon=True).start()
        is_well = daemon.run(identity, ready)
        daemon.journal.write("ended", identity.name)
    sys.stdout.flush()
    sys.stderr.flush()
    # Not by the interpreter's own end, which waits for whatever hangs in a socket: all that matters is on the disk.
    os._exit(0 if is_well else 70)


@keyholder.command()
@LOCK
@click.pass_obj
def status(folder: Folder, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Say how things stand: groups, keys, ledger, clock, what awaits a person; exit code 1 if something is in doubt."""
    with explained():
        daemon = opened(folder)
        identity = opened_identity(folder, daemon, passphrase_file, age_key)
        follower = daemon.follower()
        ceremony = daemon.ceremony(identity, follower)
        click.echo(f"{identity.name}: {identity.signing_key}")
        head = follower.head
        seen = follower.heads.newest
        click.echo(
            f"ledger {daemon.origin}: read up to size {follower.size}"
            + (f", root {head.checkpoint.root.hex()}" if head else "")
            + (f", seen {when(seen.last)}" if seen else "")
        )
        click.echo(f"cosigned up to size {daemon.state.memory(daemon.origin).head.size}")
        for group in follower.view.groups:
            number = group.number_of(identity.signing.verify_key)
            if number is not None:
                state = "complete" if group.is_complete else f"{len(group.accepted)} have accepted"
                accepted = "accepted" if number in group.accepted else "not accepted"
                click.echo(
                    f"group {group.proposal.name}: member {number} of {len(group.proposal.members)},"
                    f" {group.threshold} open; {accepted}, {state}; {group.id}"
                )
        free, running = ceremony.pool()
        click.echo(f"pool: {free} free keys, {running} runs")
        facts = daemon.memory.facts()
        if "difference" in facts:
            value, at = facts["difference"]
            click.echo(f"clock: the platform's is {value:+d} s from this one (told {when(at)})")
        for what in decisions.waiting(daemon, identity, follower):
            click.echo(f"awaits approval: {what}")
        doubts = decisions.doubts(daemon)
        for doubt in doubts:
            click.echo(f"in doubt: {doubt}")
    if doubts:
        raise SystemExit(1)


@keyholder.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def refusals(folder: Folder, as_json: bool) -> None:
    """List what was refused: when first and last, how often, by which rule, why."""
    with explained():
        for refusal in Memory(folder.state).refusals():
            if as_json:
                value = {
                    "first": refusal.first,
                    "last": refusal.last,
                    "rule": refusal.rule,
                    "sentence": refusal.sentence,
                    "subject": refusal.subject,
                    "times": refusal.times,
                }
                click.echo(json.dumps(value, ensure_ascii=False, sort_keys=True))
            else:
                click.echo(
                    f"{when(refusal.first)} {refusal.rule}: {refusal.sentence} ({refusal.subject},"
                    f" {refusal.times} times, last {when(refusal.last)})"
                )
