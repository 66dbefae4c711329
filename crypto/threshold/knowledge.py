"""Proof that whoever made a stanza knows its ephemeral secret (docs/spec/lot-key.md).

Shares follow their point: x * (P + B) = x * P + Y. Who has seen a stranger's stanza with the point P, say of a
bid that
was withdrawn, can put P + B into a stanza of its own; the shares of that one, once public, open the stranger's
bid. It
cannot make this proof, because it knows no discrete logarithm of P + B. Any age program seals a bid; only one that
remembers the ephemeral secret until the file is sealed can prove, so where proofs are demanded, ours does the
sealing.

    proof = c || z, 64 bytes:  A = k B,  c = H(P, context, A),  z = k + c e

A Schnorr proof under a domain of its own; the context binds it to one sealed file of one lot.
"""

from nacl import bindings

from crypto.age.header import Stanza
from crypto.age.x25519 import KEY_SIZE, X25519Recipient
from crypto.curve import Point, Scalar, base_multiple, montgomery
from crypto.curve.scalar import SCALAR_SIZE, WIDE_SIZE, ZERO
from crypto.encoding import hash512
from crypto.errors import CryptoError, VerificationError
from crypto.randomness import RandomBytes

PROOF_SIZE = 2 * SCALAR_SIZE


class KnownStanza:
    """Wraps one file key to a recipient, and remembers enough to prove it: `wrap` goes wherever an age
    recipient's does."""

    def __init__(self, recipient: X25519Recipient) -> None:
        self._recipient = recipient
        self._ephemeral: bytes | None = None

    def wrap(self, file_key: bytes, random: RandomBytes) -> Stanza:
        """The stanza. ValueError the second time: one object remembers one stanza."""
        if self._ephemeral is not None:
            raise ValueError("this stanza is made already")
        self._ephemeral = ephemeral = random(KEY_SIZE)
        return self._recipient.wrap(file_key, lambda count: ephemeral)  # noqa: ARG005 - it asks for that one

    def prove(self, context: bytes, random: RandomBytes) -> bytes:
        """The proof for the stanza that was wrapped; ValueError if none was. 64 bytes."""
        if self._ephemeral is None:
            raise ValueError("wrap a file key first: there is no stanza yet")
        secret = _clamped(self._ephemeral)
        point = montgomery.from_u(bindings.crypto_scalarmult_base(self._ephemeral))
        if base_multiple(secret) != point:  # the point has sign 0, the secret's own may have sign 1
            secret = ZERO - secret
        nonce = Scalar.reduce(hash512("sunseal/knowledge-nonce/v1", secret.raw, context, random(32)))
        challenge = _challenge(point, context, base_multiple(nonce))
        return challenge.raw + (nonce + challenge * secret).raw

    def __repr__(self) -> str:
        return f"KnownStanza(recipient={self._recipient})"


def verify_knowledge(point: Point, context: bytes, proof: bytes) -> None:
    """VerificationError unless `proof` shows knowledge of the discrete logarithm of a stanza's point."""
    if len(proof) != PROOF_SIZE:
        raise VerificationError(f"a proof of knowledge has {PROOF_SIZE} bytes, not {len(proof)}")
    try:
        challenge, response = Scalar(proof[:SCALAR_SIZE]), Scalar(proof[SCALAR_SIZE:])
        commitment = base_multiple(response) - challenge * point
        holds = _challenge(point, context, commitment) == challenge
    except CryptoError as error:
        raise VerificationError("the proof of knowledge is malformed") from error
    if not holds:
        raise VerificationError("the proof of knowledge does not hold for this stanza")


def _challenge(point: Point, context: bytes, commitment: Point) -> Scalar:
    return Scalar.reduce(hash512("sunseal/knowledge-challenge/v1", point.raw, context, commitment.raw))


def _clamped(ephemeral: bytes) -> Scalar:
    """The scalar that X25519 makes of 32 bytes (RFC 7748 section 5), modulo the order of the group."""
    raw = bytearray(ephemeral)
    raw[0] &= 248
    raw[31] = raw[31] & 127 | 64
    return Scalar.reduce(bytes(raw) + bytes(WIDE_SIZE - SCALAR_SIZE))
