"""A recipient's complaint about what was dealt to it, which anyone can check.

Whether a ciphertext decrypts to a right share only its recipient sees. To show it to others, recipient i
publishes the two
Diffie-Hellman secrets S_e = d_i * E_j and S_d = d_i * P_j with a proof that both have the secret of P_i
(crypto.curve.dleq):
the specification's Option 3. With the sender's signed message at hand, anyone decrypts for himself.

    complaint = S_e || S_d || proof, 128 bytes

The run is over, and so is what S_e protected. S_d stays the same in every run of this pair: once published,
senders are told
apart by the signatures on their messages alone, which is why Sunseal's are signed.
"""

from crypto.byte_reader import ByteReader
from crypto.curve import Point, Scalar, base_multiple, dleq
from crypto.curve.point import POINT_SIZE
from crypto.dkg.errors import Abort, Reason
from crypto.dkg.messages import Delivery
from crypto.dkg.rounds import open_with
from crypto.dkg.session import Session
from crypto.encoding import encode
from crypto.errors import VerificationError
from crypto.randomness import RandomBytes


def complain(
    session: Session, index: int, static_secret: Scalar, sender: int, delivery: Delivery, random: RandomBytes
) -> bytes:
    """Participant `index`'s complaint about what `sender` dealt to it. To be made only after an Abort said so."""
    if static_secret.is_zero() or base_multiple(static_secret) != session.static_key(index):
        raise Abort(Reason.SETUP, detail=f"the static key is not that of participant {index}")
    bases = (delivery.ephemeral, session.static_key(sender))
    secrets = tuple(static_secret * base for base in bases)
    proof = dleq.prove(
        static_secret, list(zip(bases, secrets, strict=True)), _context(session, sender), random
    )
    return b"".join((*(secret.raw for secret in secrets), proof))


def check_complaint(session: Session, index: int, sender: int, delivery: Delivery, complaint: bytes) -> Abort:
    """The Abort that blames `sender`, if the complaint of participant `index` is founded.

    `delivery` must be what `sender` signed. Raises EncodingError for a malformed complaint, VerificationError
    for one whose
    proof does not hold, or that shows that the share was right: then the blame is on who complained.
    """
    reader = ByteReader(complaint, "the complaint")
    secrets = (Point(reader.take(POINT_SIZE)), Point(reader.take(POINT_SIZE)))
    proof = reader.take(dleq.PROOF_SIZE)
    reader.end()
    bases = (delivery.ephemeral, session.static_key(sender))
    pairs = list(zip(bases, secrets, strict=True))
    dleq.verify(session.static_key(index), pairs, _context(session, sender), proof)
    try:
        open_with(session, index, secrets, sender, delivery)
    except Abort as founded:
        return founded
    raise VerificationError(f"the complaint is unfounded: participant {sender} dealt a right share")


def _context(session: Session, sender: int) -> bytes:
    return encode("sunseal/dkg-complaint/v1", session.context, sender)
