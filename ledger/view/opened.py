"""Whether a header opens: from the combined point of a bid to its file key, checked against what the bid said."""

import hashlib
import io

from crypto import age
from crypto.age.x25519 import ephemeral_share
from crypto.curve import Point
from crypto.dkg import PublicKeys
from crypto.errors import VerificationError
from crypto.threshold import ThresholdIdentity, lot_stanza
from ledger.entries import SealedPart
from ledger.view.lots import point_of


def open_header(public: PublicKeys, file: SealedPart, header: bytes, shared: Point) -> bytes:
    """The file key (16 bytes) of a bid's file, from its header and x * P.

    1. The header is the one that the bid named: its SHA-256, and the share of its first X25519 stanza.
    2. The lot's stanza opens with x * P: no other stanza will do, or a stanza made of another bid's point would pass.
    3. The header's MAC holds under that key.

    VerificationError for 1, an AgeError (HeaderError, NoMatchError, HeaderMacError) for the others.
    """
    if hashlib.sha256(header).hexdigest() != file.header:  # 1
        raise VerificationError("the header is not the one that the bid named")
    parsed = age.read_header(io.BytesIO(header))
    stanza = lot_stanza(parsed)
    if parsed.encode() != header or ephemeral_share(stanza).hex() != file.share:
        raise VerificationError("the header does not begin with the share that the bid named")
    identity = ThresholdIdentity(public, {point_of(file.share): shared})

    def unwrap_lots_stanza(_: object) -> bytes | None:  # 2
        return identity.unwrap([stanza])

    return age.unlock(parsed, [unwrap_lots_stanza])  # 3
