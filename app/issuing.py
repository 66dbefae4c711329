"""Who issues blind tokens, and to whom: what `app.api.blind_tokens` is set up with.

SUNSEAL_TOKEN_PASSPHRASE_FILE  opens the issuer's key files in SUNSEAL_TOKEN_KEYS; a file with one line
SUNSEAL_TOKEN_AGE_KEY          the same by an age identity file

With neither, this process issues no token: each request is refused with `token-key`. A web server that only serves
pages need not have the keys.
"""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from app.caller import caller
from app.errors import ProblemError
from app.place import Place
from app.token_keys import KeysAtHand
from bidding.tokens.issuing import Issuer
from bidding.turned_away import Code, TurnedAwayError
from keyholder.secret_file import Lock, SecretFileError
from parties.models import Organisation
from parties.roles import Role


class VerifiedBidders:
    """Organisations that somebody has vouched for as bidders, and that are not suspended (bidding.ports)."""

    def require_verified(self, session: Session, organisation: str, *, now: datetime) -> None:  # noqa: ARG002
        """TurnedAwayError(NOT_VERIFIED). The row stays as it is until the token is counted."""
        found = session.get(Organisation, UUID(organisation), populate_existing=True, with_for_update=True)
        if found is None or found.suspended_at is not None or Role.BIDDER not in found.verified_roles:
            raise TurnedAwayError(Code.NOT_VERIFIED)


def issuer_of(place: Place) -> Issuer:
    """With the keys that are there already; those to come are found when they are asked for. SecretFileError."""
    keys = KeysAtHand(place.token_keys, _lock(place))
    keys.look()
    return Issuer(keys, VerifiedBidders())


def requester() -> str:
    """The organisation that the caller acts for; ProblemError for one who acts for none."""
    membership = caller().membership
    if membership is None:
        raise ProblemError("membership-needed")
    return str(membership.organisation_id)


def _lock(place: Place) -> Lock | None:
    passphrase, age_key = (
        place.environment.get(f"SUNSEAL_TOKEN_{name}") for name in ("PASSPHRASE_FILE", "AGE_KEY")
    )
    if passphrase and age_key:
        raise SecretFileError("the issuer's keys are locked by a passphrase or by an age key, not by both")
    if age_key:
        return Lock.of_age_file(Path(age_key))
    return Lock.of_passphrase_file(Path(passphrase)) if passphrase else None
