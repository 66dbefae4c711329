"""A keyholder's share from its static key and public data alone (c2sp.org/cocktail-dkg, "Share Recovery")."""

from crypto.curve import Scalar, base_multiple
from crypto.curve.point import PointError
from crypto.curve.scalar import scalar_sum
from crypto.dkg.certificate import Certificate
from crypto.dkg.errors import Abort, Reason
from crypto.dkg.messages import Delivery, parse_bundle
from crypto.dkg.rounds import KeyShare, open_delivery
from crypto.errors import VerificationError


def recover(static_secret: Scalar, certificate: Certificate, bundle: bytes) -> KeyShare:
    """The key share of whichever participant owns `static_secret`.

    `bundle` is the n framed ciphertexts addressed to that participant, in the order of senders. Raises
    EncodingError for a malformed bundle, Abort for a bad certificate or a ciphertext that was altered,
    VerificationError if the key belongs to no participant. The caller compares the group's key with the one it
    is after: any certificate that this key took part in is taken.
    """
    transcript = certificate.transcript  # 1, parsed by Certificate.parse
    session = transcript.session
    certificate.verify()  # 2
    own_key = None if static_secret.is_zero() else base_multiple(static_secret)  # 3
    if own_key not in session.static_keys:
        raise VerificationError("the static key belongs to no participant of this key generation")
    index = session.static_keys.index(own_key) + 1
    ciphertexts = parse_bundle(bundle, session.participants)  # 5
    public = zip(transcript.commitments, transcript.proofs, transcript.ephemerals, ciphertexts, strict=True)
    shares = [
        open_delivery(session, index, static_secret, sender, Delivery(*parts))[0]  # 4, 6
        for sender, parts in enumerate(public, start=1)
    ]
    try:
        return KeyShare(index, scalar_sum(shares), transcript.public_keys())  # 7, 8
    except PointError as error:
        raise Abort(Reason.CANCELLED) from error
