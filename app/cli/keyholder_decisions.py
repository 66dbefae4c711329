"""`sunseal keyholder approve`, `sign-approval`, `approver-key`, `accept-checkpoint`: what a person decides."""

import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import click
import msgspec

from app.cli.keyholder_place import LOCK, clock, explained, journal_of, opened, opened_identity, when
from app.cli.lock_options import chosen_lock, lock_options
from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.secret_file import Secret
from crypto.signatures import SEED_SIZE, SigningKey
from keyholder import secret_file
from keyholder.ceremony import own_member
from keyholder.config import APPROVAL
from keyholder.daemon import Daemon
from keyholder.errors import DecisionError
from keyholder.folder import Folder
from keyholder.follow import Follower
from keyholder.identity import Identity
from keyholder.recovery import accept
from keyholder.rules import what_for
from keyholder.witness.errors import InDoubtError
from ledger.exchange import Approval
from ledger.view import Group, RefusedEntryError

APPROVER_KIND = "approver"
APPROVER_LOCK = lock_options("SUNSEAL_APPROVER")
_FILE = click.Path(dir_okay=False, path_type=Path)


def waiting(daemon: Daemon, identity: Identity, follower: Follower) -> list[str]:
    """What a person has to decide: groups, and releases where the mode asks for approval."""
    approved = daemon.memory.approvals()
    ceremony = daemon.ceremony(identity, follower)
    found = [
        f"group {group.id} ({group.proposal.name})"
        for group in ceremony.proposed()
        if not approved.get(group.id)
    ]
    if daemon.config.mode != APPROVAL:
        return found
    for lot in follower.view.lots:
        if lot.closing is None or lot.cancelled:
            continue
        number = ceremony.number_in(follower.view.groups.get(lot.entry.group))
        for part in lot.entry.parts:
            what = what_for(lot.closing.id, part.name)
            is_due = not part.after or follower.view.openings.called(lot.closing.id, part.name)
            is_open = number is not None and number not in follower.view.openings.released(
                lot.closing.id, part.name
            )
            if is_due and is_open and not approved.get(what):
                found.append(f"{what} (lot {lot.id}, {len(lot.closing.entry.bids)} bids)")
    return found


def doubts(daemon: Daemon) -> list[str]:
    """What keeps it from cosigning or releasing anything until a person decides."""
    found = [fork.sentence for fork in daemon.memory.forks() if fork.decided is None]
    found += [doubt.reason for doubt in daemon.state.doubts(daemon.origin, int(clock()))]
    if not daemon.config.mark.exists():
        found.append(f"the mark {daemon.config.mark} is missing")
    try:
        daemon.released.require_whole()
    except InDoubtError as error:
        found.append(str(error))
    return found


@click.command()
@click.argument("whats", metavar="GROUP|CLOSING/PART...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@LOCK
@click.pass_obj
def approve(
    folder: Folder, whats: Sequence[str], yes: bool, passphrase_file: Path | None, age_key: Path | None
) -> None:
    """Decide: take a place in a group, or release the shares of a part of a closing.

    Each is shown, and asked about, on its own. The daemon does it within seconds, by all other rules.
    """
    with explained():
        daemon = opened(folder, journal_of(sys.stderr, folder))
        identity = opened_identity(folder, daemon, passphrase_file, age_key)
        follower = daemon.follower()
        for what in whats:
            full, about = _about(what, identity, follower)
            click.echo(about)
            if not yes:
                click.confirm("Approve?", abort=True, err=True)
            daemon.memory.approve(full, "", int(clock()))
            daemon.journal.write("approved", f"{full}, at this machine", what=full)


@click.command("approver-key")
@click.argument("file", type=_FILE)
@click.option("--name", default="approver", show_default=True)
@APPROVER_LOCK
def approver_key(file: Path, name: str, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Make the key of a person who approves releases, in FILE; prints the public key for --approver."""
    with explained():
        seed = secrets.token_bytes(SEED_SIZE)
        lock = chosen_lock(passphrase_file, age_key, new=True)
        secret_file.make(file, Secret(APPROVER_KIND, name, seed), lock, random=secrets.token_bytes)
    click.echo(SigningKey(seed).verify_key.raw.hex())


@click.command("sign-approval")
@click.argument("what", metavar="CLOSING/PART")
@click.option("--key", type=_FILE, required=True, help="The approver's key file.")
@click.option("--origin", required=True, help="The ledger's origin line.")
@APPROVER_LOCK
def sign_approval(
    what: str, key: Path, origin: str, passphrase_file: Path | None, age_key: Path | None
) -> None:
    """Sign an approval of a release, to be put on the platform's page; needs no keyholder's folder."""
    with explained():
        closing, slash, part = what.partition("/")
        if not slash or len(closing) != 64:
            raise DecisionError("what is approved is named <closing>/<part>")
        secret = secret_file.read(key, chosen_lock(passphrase_file, age_key), kind=APPROVER_KIND)
        signing = SigningKey(secret.value)
        approval = Approval(origin, closing, part, signing.verify_key.raw.hex()).signed_by(signing)
        click.echo(canonical_json.dumps(cast("dict[str, Json]", msgspec.to_builtins(approval))).decode())


@click.command("accept-checkpoint")
@click.argument("size", type=click.IntRange(min=0))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def accept_checkpoint(folder: Folder, size: int, yes: bool) -> None:
    """Decide that the checkpoint of SIZE is the last that this keyholder cosigned, and go on from there.

    Say it only if no other machine runs with this key, and no later checkpoint with its cosignature is anywhere. If the
    log was seen to fork, this decides for the tree that was followed; the evidence is kept.
    """
    with explained():
        daemon = opened(folder, journal_of(sys.stderr, folder))
        for doubt in doubts(daemon):
            click.echo(f"in doubt: {doubt}")
        if not yes:
            click.confirm(f"Is {size} the last size that this keyholder cosigned?", abort=True, err=True)
        accept(daemon, size)


def _about(what: str, identity: Identity, follower: Follower) -> tuple[str, str]:
    """The full name of what is meant, and what a person should know of it."""
    view = follower.view
    groups = [group for group in view.groups if group.id.startswith(what)]
    if len(groups) == 1 and len(what) >= 8:
        return groups[0].id, _about_group(groups[0], identity)
    closing_id, slash, part = what.partition("/")
    if not slash:
        raise DecisionError(f"no group {what[:64]} was proposed, as far as the ledger was read")
    try:
        lot, closing = view.lots.closing(closing_id)
        lot.part(part)
    except RefusedEntryError as error:
        raise DecisionError(str(error)) from error
    return what, (
        f"lot {lot.id} of tender {lot.entry.tender}, part {part}: {len(closing.entry.bids)} bids are listed;"
        f" the deadline was {when(lot.deadline)}"
    )


def _about_group(group: Group, identity: Identity) -> str:
    number = group.number_of(identity.signing.verify_key)
    if number is None:
        raise DecisionError(f"this keyholder has no place in the group {group.proposal.name!r}")
    if not own_member(identity, number, group):
        raise DecisionError(
            f"the group {group.proposal.name!r} has other keys of this keyholder's: do not accept it"
        )
    lines = [
        f"group {group.proposal.name}: any {group.threshold} of these {len(group.proposal.members)} open bids"
    ]
    for at, member in enumerate(group.proposal.members, start=1):
        lines.append(
            f"  {at} {member.name} {member.signing_key[:16]}...{' (this keyholder)' * (at == number)}"
        )
    return "\n".join(lines)


COMMANDS: tuple[click.Command, ...] = (approve, approver_key, sign_approval, accept_checkpoint)
