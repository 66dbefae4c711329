"""Putting a group's proposal into the ledger: the supervisor signed it elsewhere, and here it is looked at."""

from datetime import datetime

from sqlalchemy.orm import Session

from crypto.signatures import VerifyKey
from custody import registry
from custody.errors import RegistrationError
from custody.taken import PLATFORM, append_once
from ledger.entries import GroupProposed, encode
from ledger.errors import LedgerError
from ledger.merkle import leaf_hash
from ledger.view import LedgerView


def propose(
    session: Session, view: LedgerView, supervisor: VerifyKey, proposal: GroupProposed, *, now: datetime
) -> str:
    """Appends the proposal; what the group is called by. One that stands there already is not appended again.

    RegistrationError unless the supervisor of this platform signed it for this log, every member is registered with
    just these keys, and no member holds keys alone: a threshold of 1 is no threshold.
    """
    name = leaf_hash(encode(proposal)).hex()
    if proposal.supervisor != supervisor.raw.hex():
        raise RegistrationError("the proposal is signed by somebody who is not this platform's supervisor")
    if proposal.origin != view.origin:
        raise RegistrationError(
            f"the proposal is for the log {proposal.origin!r}, and this is {view.origin!r}"
        )
    try:
        proposal.check()
    except LedgerError as error:
        raise RegistrationError(f"the proposal does not hold: {error}") from error
    if proposal.threshold < 2 <= len(proposal.members):
        raise RegistrationError(
            "with a threshold of 1 each keyholder could open every bid alone: take 2 or more"
        )
    for member in proposal.members:
        known = registry.by_key(session, member.signing_key)
        if known is None or registry.member_of(known) != member:
            raise RegistrationError(
                f"{member.name!r} is not registered with these keys: `sunseal custody register` its card first"
            )
    append_once(session, proposal, subject=name, member=PLATFORM, now=now)
    return name
