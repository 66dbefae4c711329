"""A threshold in an age identity's place (docs/spec/lot-key.md).

The age recipient of a key is the u-coordinate of the group's point Y. An X25519 stanza holds the
u-coordinate of E = e * B; lifted to the curve with sign 0 that is E or -E, and with x * (+-E) known from t
shares, its u-coordinate is the X25519 shared secret of the stanza, whichever the sign was.
"""

from collections.abc import Mapping, Sequence

from crypto.age.errors import HeaderError
from crypto.age.file_key import open_body
from crypto.age.header import Header, Stanza
from crypto.age.x25519 import STANZA_TYPE, X25519Recipient, ephemeral_share, wrap_key
from crypto.curve import Point, montgomery
from crypto.curve.point import PointError
from crypto.dkg.transcript import PublicKeys


def recipient_of(public: PublicKeys) -> X25519Recipient:
    """The `age1...` that any age program seals to."""
    return X25519Recipient(montgomery.to_u(public.group))


def lot_stanza(header: Header) -> Stanza:
    """The stanza that keyholders answer for: the first X25519 one. HeaderError if the header has none."""
    for stanza in header.stanzas:
        if stanza.type == STANZA_TYPE:
            return stanza
    raise HeaderError("the file has no X25519 stanza, so it is sealed to no key of a lot")


def ephemeral_point(stanza: Stanza) -> Point:
    """The point P of an X25519 stanza, which keyholders multiply with their shares.

    HeaderError for a malformed stanza, and for a share of small order, on the twist, or not canonical:
    no age program makes those, and no secret ever touches them.
    """
    try:
        return montgomery.from_u(ephemeral_share(stanza))
    except PointError as error:
        raise HeaderError(f"the ephemeral share of the X25519 stanza is refused: {error}") from error


class ThresholdIdentity:
    """Opens stanzas whose shared points x * P are known: `unwrap` goes wherever an identity's does."""

    def __init__(self, public: PublicKeys, shared: Mapping[Point, Point]) -> None:
        """`shared` maps each stanza's `ephemeral_point` to the combined point."""
        self._recipient = recipient_of(public)
        self._shared = dict(shared)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, from the first stanza whose shared point is known and fits; None if there is none."""
        for stanza in stanzas:
            if stanza.type != STANZA_TYPE:
                continue
            point = ephemeral_point(stanza)
            if point not in self._shared:
                continue
            secret = montgomery.to_u(self._shared[point])  # never zero: a point of prime order
            key = wrap_key(secret, ephemeral_share(stanza), self._recipient.public)
            file_key = open_body(stanza, key)
            if file_key is not None:
                return file_key
        return None

    def __repr__(self) -> str:
        return f"ThresholdIdentity(recipient={self._recipient}, stanzas={len(self._shared)})"
