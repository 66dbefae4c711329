"""Which entries a keyholder may send, and which of them still change anything.

An entry is admitted if it is one of a keyholder's types, of this log, signed by the sender, and says the number that
the sender has in the group that it is about. Whether the ledger makes anything of it is the ledger's to say.
"""

from dataclasses import dataclass

from crypto.errors import CryptoError
from custody.errors import NotAllowedError
from ledger.entries import (
    DrawShare,
    Entry,
    GroupAccepted,
    KeyCertified,
    KeyComplained,
    KeyDealt,
    SharesReleased,
    decode,
)
from ledger.errors import LedgerError
from ledger.view import Group, LedgerView

Sent = GroupAccepted | KeyDealt | KeyCertified | KeyComplained | SharesReleased | DrawShare

MAX_VERSIONS = 3
"""How many different entries of one type and subject a member may put into the ledger: two show that it contradicts
itself, and more show nothing."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """An entry that its sender may send. `subject` is the group, run, closing and part, or draw that it is about.

    `matters`: whether it could still change what the ledger says.
    """

    entry: Sent
    leaf: bytes
    subject: str
    member: int
    matters: bool


def admit(view: LedgerView, leaf: bytes, signing_key: str) -> Admitted:
    """The entry whose bytes are `leaf`, sent by the keyholder with that signing key; NotAllowedError."""
    try:
        entry = decode(leaf)
    except LedgerError as error:
        raise NotAllowedError(f"an entry cannot be read: {error}") from error
    if not isinstance(entry, Sent):
        raise NotAllowedError(f"a keyholder does not send {type(entry).__name__} entries")
    try:
        group, subject, matters = _about(view, entry)
        if entry.origin != view.origin:
            raise NotAllowedError("an entry was signed for another log")
        if group.member(entry.member).signing_key != signing_key:
            raise NotAllowedError(f"an entry speaks for member {entry.member}, who is somebody else")
        entry.check_signature(group.signing_key(entry.member))
    except (LedgerError, CryptoError) as error:
        raise NotAllowedError(f"a {type(entry).__name__} entry is refused: {error}") from error
    return Admitted(entry, leaf, subject, entry.member, matters)


def _about(view: LedgerView, entry: Entry) -> tuple[Group, str, bool]:
    """(group, subject, whether it still matters); RefusedEntryError for a subject that is not there."""
    match entry:
        case GroupAccepted():
            group = view.groups.get(entry.group)
            return group, entry.group, entry.member not in group.accepted
        case KeyDealt() | KeyComplained():
            run = view.keys.get(entry.run)
            return run.group, entry.run, run.is_open
        case KeyCertified():
            run = view.keys.get(entry.run)
            return run.group, entry.run, run.is_open and entry.member not in run.certified
        case SharesReleased():
            lot, _ = view.lots.closing(entry.closing)
            lot.part(entry.part)
            released = view.openings.released(entry.closing, entry.part)
            group = view.groups.get(lot.entry.group)
            return group, f"{entry.closing}/{entry.part}", entry.member not in released
        case DrawShare():
            draw = view.draws.get(entry.request)
            return draw.run.group, entry.request, entry.member not in draw.shares
        case _:
            raise NotAllowedError(f"a keyholder does not send {type(entry).__name__} entries")
