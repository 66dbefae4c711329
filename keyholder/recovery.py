"""A keyholder on an empty machine: what the public ledger gives back, and what a person must decide.

The ledger gives back its groups, its shares of all keys, and for which closings it gave shares. What it cannot know is
which checkpoint it cosigned last: so it is in doubt from the start, and a person says.
"""

from contextlib import suppress

from crypto.errors import CryptoError
from keyholder.daemon import Daemon
from keyholder.errors import UnavailableError
from keyholder.follow import Follower
from keyholder.identity import Identity
from keyholder.rules import what_for
from keyholder.witness import rows
from keyholder.witness.doubt import own_heads
from keyholder.witness.errors import DecisionError, InDoubtError
from keyholder.witness.mark import Mark
from keyholder.witness.rows import Doubt
from keyholder.witness.tables import transaction
from ledger.errors import LedgerError
from ledger.view import RefusedEntryError
from ledger.view.lots import point_of
from ledger.witness_messages import TreeHead


def recover_state(daemon: Daemon, identity: Identity, accepted: int | None) -> list[str]:
    """Follow the ledger, take back what it shows, and put the witness in doubt; sentences for the person.

    With `accepted` the doubt is decided at once: DecisionError if that is not the size. The ledger may be out of reach:
    then the mark stays missing, which is a doubt too.
    """
    mark = Mark(daemon.config.mark, daemon.config.witness)
    daemon.config.mark.unlink(missing_ok=True)  # without it there is doubt, whatever happens from here on
    follower = daemon.follower()
    try:
        follower.follow()
    except UnavailableError as error:
        return [
            f"the ledger cannot be read: {error}. What was cosigned is unknown: see accept-checkpoint --help"
        ]
    sentences = [f"the ledger was read up to size {follower.size}"]
    taken = _take_given_points(daemon, identity, follower)
    if taken:
        sentences.append(f"{taken} points of earlier releases are known again")
    head = follower.head
    if head is None:
        return sentences
    found = ""
    with suppress(LedgerError):
        if own_heads(head.note, daemon.config.witness):
            found = " with this keyholder's own cosignature"
    newest = TreeHead(head.checkpoint.size, head.checkpoint.root)
    reason = f"this keyholder was made anew; the newest checkpoint found{found} has size {newest.size}"
    now = int(daemon.outside.clock())
    with transaction(daemon.state_path) as connection:
        rows.add_doubt(connection, daemon.origin, Doubt(newest, reason, now, head.note.to_bytes()))
    mark.create()
    if accepted is not None:
        accept(daemon, accepted)
        return [*sentences, f"size {accepted} is accepted as the last that was cosigned"]
    return [
        *sentences,
        f"{reason}: decide with accept-checkpoint {newest.size}, if the old machine never runs again",
    ]


def accept(daemon: Daemon, size: int) -> None:
    """A person's decision: `size` is the last that was cosigned, and the tree that was followed is the right one.

    DecisionError if there is nothing to decide, or it is another size.
    """
    now = int(daemon.outside.clock())
    forks = [fork for fork in daemon.memory.forks() if fork.decided is None]
    is_older = False
    try:
        daemon.released.require_whole()
    except InDoubtError:
        is_older = True
    try:
        head = daemon.state.accept(daemon.origin, size, now)
    except DecisionError:
        last = daemon.state.memory(daemon.origin).head
        if (not forks and not is_older) or daemon.state.doubts(daemon.origin, now) or last.size != size:
            raise
        head = last
    if is_older:
        daemon.released.accept_older()
    daemon.memory.decide_forks(now)
    daemon.journal.write("decided", f"size {head.size} is the last that was cosigned", size=head.size)


def _take_given_points(daemon: Daemon, identity: Identity, follower: Follower) -> int:
    """The points of every listed bid in parts that this keyholder released, by its own entries. How many."""
    view, own = follower.view, identity.signing.verify_key
    given = []
    for lot in view.lots:
        number = view.groups.get(lot.entry.group).number_of(own)
        if lot.closing is None or number is None:
            continue
        for part in lot.entry.parts:
            if number not in view.openings.released(lot.closing.id, part.name):
                continue
            for bid in lot.closing.entry.bids:
                with suppress(CryptoError, RefusedEntryError, KeyError):
                    file = lot.submissions[bid].part(part.name)
                    if file is not None:
                        given.append((point_of(file.share).raw, what_for(lot.closing.id, part.name)))
    daemon.released.adopt(given)
    return len(given)
