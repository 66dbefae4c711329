"""`sunseal custody`: keyholders, groups and the pool of keys, and what the supervisor signs offline."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

import click

from app.cli.custody_offline import propose, read_card, supervisor_key
from app.cli.explained import explained
from app.cli.lock_options import chosen_lock, lock_options
from app.cli.working import stopped_by_signals
from app.place import ConfigurationError, Place
from crypto.age import X25519Identity
from crypto.secret_file import Secret
from crypto.signatures import VerifyKey
from custody import groups, loop, pool, registry, status
from custody.reader import Reader
from keyholder import secret_file
from keyholder.secret_file import Lock
from ledger import log
from ledger.entries import GroupMember, GroupProposed, decode
from ledger.errors import EntryError

OPENING_KIND = "opening-key"
LOCK = lock_options("SUNSEAL_OPENING")
_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def custody() -> None:
    """Register keyholders, propose groups, keep keys ready."""


custody.add_command(supervisor_key)
custody.add_command(propose)


@custody.command()
@click.argument("cards", metavar="CARD...", type=_INPUT, nargs=-1, required=True)
def register(cards: tuple[Path, ...]) -> None:
    """Register the keyholders of these cards. Ask each of them, in person, whether the card is theirs."""
    with explained():
        read = [(path, read_card(path)) for path in cards]
        with Place().database().session() as session:
            for _, card in read:
                member = GroupMember(card.name, card.static_key, card.signing_key, card.witness)
                registry.register(session, member, now=_now())
            session.commit()
    for path, card in read:
        click.echo(f"{card.name} is registered, with the key {card.signing_key} ({path})")
    click.echo("witnesses that have no address of their own need this line in the policy:")
    for _, card in read:
        click.echo(f"witness {card.name} {card.witness}")


@custody.command()
def keyholders() -> None:
    """List the registered keyholders, when each was heard last, and how its clock differs."""
    with explained(), Place().database().session() as session:
        for row in registry.keyholders(session):
            seen = f"{row.seen_at:%Y-%m-%d %H:%M:%S} UTC" if row.seen_at else "never"
            clock = f", clock {row.clock_difference:+d} s" if row.clock_difference is not None else ""
            click.echo(f"{row.signing_key} {row.name}: heard {seen}{clock}")


@custody.command()
@click.argument("proposal", metavar="FILE", type=_INPUT)
def append(proposal: Path) -> None:
    """Put the supervisor's proposal of a group into the ledger, where its members accept it."""
    place = Place()
    with explained():
        entry = decode(proposal.read_bytes())
        if not isinstance(entry, GroupProposed):
            raise EntryError(f"{proposal} is not the proposal of a group")
        supervisor = _supervisor(place)
        with place.database().session() as session:
            with Reader(supervisor).reading(session) as view:
                group = groups.propose(session, view, supervisor, entry, now=_now())
            session.commit()
    click.echo(
        f"the group {entry.name} is proposed; it is called {group}, and exists when all have accepted:"
    )
    for number, member in enumerate(entry.members, start=1):
        click.echo(f"{number} {member.name}")


@custody.command("pool")
def pool_status() -> None:
    """Say which groups there are, how many keys are ready, and who is to blame for runs that failed."""
    place = Place()
    with explained():
        reader = Reader(_supervisor(place))
        with place.database().session() as session, reader.reading(session) as view:
            found = status.status(session, view)
    for group in found["groups"]:
        waits = [member["name"] for member in group["members"] if not member["accepted"]]
        state = f"waits for {', '.join(waits)}" if waits else "complete"
        click.echo(
            f"group {group['id']} {group['name']}: {group['threshold']} of {len(group['members'])}, {state}"
        )
        click.echo("  keys: " + ", ".join(f"{number} {what}" for what, number in group["keys"].items()))
    for run in found["failed_runs"]:
        blamed = f" (members {', '.join(map(str, run['culprits']))})" if run["culprits"] else ""
        click.echo(f"failed {run['run'][:16]}: {run['reason']}{blamed}")


@custody.command()
@click.option(
    "--target",
    default=pool.TARGET,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="Keys to keep ready.",
)
@click.option(
    "--timeout",
    default=round(pool.TIMEOUT.total_seconds()),
    show_default=True,
    type=click.IntRange(1, 86400),
    help="Seconds after which a run is given up.",
)
def run(target: int, timeout: int) -> None:
    """Keep the pool of keys full, until stopped."""
    place = Place()
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("custody").setLevel(logging.INFO)
    stopped = stopped_by_signals()
    with explained():
        reader = Reader(_supervisor(place))
        setting = loop.Setting(
            place.database(), reader, _now, token_bytes, target, timedelta(seconds=timeout)
        )
        click.echo("keeping keys ready; Ctrl-C stops")
        loop.run_until(stopped, setting)


@custody.command("opening-key")
@LOCK
def opening_key(passphrase_file: Path | None, age_key: Path | None) -> None:
    """Make the identity that keyholders seal shares to, beside the supervisor's; its file is SUNSEAL_OPENING_KEY."""
    place = Place()
    with explained():
        lock = chosen_lock(passphrase_file, age_key, new=True)
        with place.database().session() as session:
            origin = log.head(session).origin
        value = token_bytes(32)
        place.opening_key.parent.mkdir(parents=True, exist_ok=True)
        secret_file.make(place.opening_key, Secret(OPENING_KIND, origin, value), lock, random=token_bytes)
    click.echo(f"the opening key is in {place.opening_key}: keep a copy where nobody else is")
    click.echo("lots are published with this recipient:")
    click.echo(str(X25519Identity(value).recipient))


@custody.command("release-status")
@click.argument("closing", metavar="CLOSING")
def release_status(closing: str) -> None:
    """Say who has released shares for the closing CLOSING, and whether they are right."""
    with explained(), Place().database().session() as session:
        found = status.releases(session, closing)
    if not found:
        click.echo("nobody has released anything of this closing yet")
    for part, members in found.items():
        for member, state in members.items():
            click.echo(f"{part}: member {member} {state}")


def read_opening_key(place: Place, lock: Lock) -> X25519Identity:
    """The platform's opening identity. SecretFileError if there is none, or the lock does not open it."""
    return X25519Identity(secret_file.read(place.opening_key, lock, kind=OPENING_KIND).value)


def _supervisor(place: Place) -> VerifyKey:
    supervisor = place.supervisor()
    if supervisor is None:
        raise ConfigurationError("SUNSEAL_SUPERVISOR is not set: it is the supervisor's public key")
    return supervisor


def _now() -> datetime:
    return datetime.now(UTC)
