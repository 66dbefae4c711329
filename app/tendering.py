"""What the routes and the command of tenders work with, from the environment.

SUNSEAL_OPENING_RECIPIENT  the recipient that shares are sealed to: `sunseal custody opening-key` prints it
SUNSEAL_OPENING_CALLER     the Ed25519 key in hexadecimal that may call for the second envelope; unset: no lot has one.
                           `sunseal opening caller-key` makes it
SUNSEAL_GROUP              the group of keyholders for new tenders; unset: the one whose key has waited longest
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.place import ConfigurationError, Place
from bidding.tenders.publication import Keeping
from crypto.age import X25519Recipient
from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from storage.blobs import BlobStore


@dataclass(frozen=True, slots=True)
class Tendering:
    """`keeping` is asked for when a tender is published: nothing else needs it to be set."""

    blobs: BlobStore
    keeping: Callable[[], Keeping]

    @classmethod
    def of(cls, place: Place) -> "Tendering":
        return cls(place.blobs(), lambda: keeping_of(place))


def keeping_of(place: Place) -> Keeping:
    """ConfigurationError for what is not set, or is no key."""
    environment = place.environment
    platform = environment.get("SUNSEAL_OPENING_RECIPIENT")
    if not platform:
        raise ConfigurationError(
            "SUNSEAL_OPENING_RECIPIENT is not set, so nobody could be sent the shares of an opening: "
            "`sunseal custody opening-key` prints it"
        )
    caller = environment.get("SUNSEAL_OPENING_CALLER") or ""
    try:
        X25519Recipient.parse(platform)
        if caller:
            VerifyKey(bytes.fromhex(caller))
    except (CryptoError, ValueError) as error:
        raise ConfigurationError(
            "SUNSEAL_OPENING_RECIPIENT is an age recipient, SUNSEAL_OPENING_CALLER a key in hexadecimal"
        ) from error
    return Keeping(platform, caller, environment.get("SUNSEAL_GROUP") or None)
