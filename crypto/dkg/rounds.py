"""Rounds 1 and 2: dealing shares, and checking what the others dealt (the specification's Algorithms 4, 5).

Pure: a participant's state between the rounds is its static key and its own message, nothing secret else,
because its share for itself is among the ciphertexts too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nacl import bindings, exceptions

from crypto.curve import Point, Scalar, base_multiple
from crypto.curve.point import PointError
from crypto.curve.polynomial import commit, evaluate, evaluate_commitment
from crypto.curve.scalar import SCALAR_SIZE, scalar_sum
from crypto.dkg import suite
from crypto.dkg.errors import COORDINATOR, Abort, Reason
from crypto.dkg.messages import MAX_CIPHERTEXT_SIZE, MIN_CIPHERTEXT_SIZE, Delivery, Round1Message
from crypto.dkg.session import Session
from crypto.dkg.transcript import PublicKeys
from crypto.errors import CryptoError, EncodingError, VerificationError
from crypto.randomness import RandomBytes


@dataclass(frozen=True, slots=True)
class KeyShare:
    """What participant `index` has in the end: its secret share x_i, and everybody's public keys."""

    index: int
    secret: Scalar = field(repr=False)
    public: PublicKeys


def round1(
    session: Session,
    index: int,
    static_secret: Scalar,
    random: RandomBytes,
    payloads: Mapping[int, bytes] | None = None,
) -> Round1Message:
    """Deals shares of a fresh polynomial to everyone. Abort(SETUP) if the static key is not that of `index`.

    `payloads` are optional bytes for single recipients, encrypted with their shares. The same session must
    never be dealt twice with different randomness: keep the message and send it again instead.
    """
    _check_own_key(session, index, static_secret)
    for j, payload in (payloads or {}).items():
        session.static_key(j)
        if len(payload) > MAX_CIPHERTEXT_SIZE - MIN_CIPHERTEXT_SIZE:
            raise Abort(Reason.SETUP, detail=f"the payload for participant {j} is too long")
    coefficients = [Scalar.random(random) for _ in range(session.threshold)]  # 1
    commitment = commit(coefficients)
    ephemeral_secret = Scalar.random(random)  # 2
    ephemeral = base_multiple(ephemeral_secret)
    proof = suite.sign(coefficients[0], _proof_message(session, commitment, ephemeral))  # 3
    sender = session.static_key(index)
    ciphertexts = []
    for j, recipient in enumerate(session.static_keys, start=1):  # 4
        secrets = (ephemeral_secret * recipient, static_secret * recipient)
        key, nonce = suite.encryption_key(secrets, ephemeral, sender, recipient, session.context)
        plaintext = evaluate(coefficients, j).raw + (payloads or {}).get(j, b"")
        encrypt = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt
        ciphertexts.append(encrypt(plaintext, None, nonce, key))
    return Round1Message(commitment, proof, ephemeral, tuple(ciphertexts))  # 5


def check_round1(session: Session, index: int, data: bytes) -> Round1Message:
    """What anyone can check of participant `index`'s message: its form and its proof of possession.

    Raises Abort(MALFORMED) or Abort(PROOF_OF_POSSESSION), blaming `index`.
    """
    try:
        message = Round1Message.parse(data, session.threshold, session.participants)
    except EncodingError as error:
        raise Abort(Reason.MALFORMED, index, detail=str(error)) from error
    _check_proof(session, index, message)
    return message


def collect_round1(session: Session, messages: Sequence[bytes | None]) -> tuple[Round1Message, ...]:
    """All n messages in order, each checked; Abort(MISSING) blames the first that never came."""
    if len(messages) != session.participants:
        raise Abort(Reason.SETUP, detail=f"{session.participants} messages, not {len(messages)}")
    checked = []
    for index, data in enumerate(messages, start=1):
        if data is None:
            raise Abort(Reason.MISSING, index)
        checked.append(check_round1(session, index, data))
    return tuple(checked)


def check_round2(session: Session, data: bytes) -> tuple[Delivery, ...]:
    """The deliveries in msg2, which the coordinator puts together: Abort(MALFORMED) blames it."""
    try:
        return Delivery.parse_all(data, session.threshold, session.participants)
    except EncodingError as error:
        raise Abort(Reason.MALFORMED, COORDINATOR, detail=str(error)) from error


def round2(
    session: Session,
    index: int,
    static_secret: Scalar,
    dealt: Sequence[Delivery],
    own: Delivery | None = None,
) -> tuple[KeyShare, dict[int, bytes]]:
    """Checks what everyone dealt to participant `index`, and adds it up: (key share, payload by sender).

    `own` is the delivery this participant made to itself; if what came back differs, the coordinator is
    to blame. Without it, an altered message of our own is found as somebody's bad proof or ciphertext.
    The share is secret and final only once the transcript is certified (`certify`).
    """
    _check_own_key(session, index, static_secret)
    if len(dealt) != session.participants:
        raise Abort(Reason.MISSING, COORDINATOR, detail="round 2 needs a message of every participant")
    if own is not None and dealt[index - 1] != own:
        raise Abort(Reason.OWN_MESSAGE_ALTERED, COORDINATOR)
    for j, delivery in enumerate(dealt, start=1):  # 1, 2
        if len(delivery.commitment) != session.threshold:
            raise Abort(Reason.MALFORMED, j, detail="the commitment has not t points", public=True)
        _check_proof(session, j, delivery)
    shares, payloads = [], {}
    for j, delivery in enumerate(dealt, start=1):  # 3
        share, payloads[j] = open_delivery(session, index, static_secret, j, delivery)
        shares.append(share)
    secret = scalar_sum(shares)  # 4.1
    try:
        public = PublicKeys.of([delivery.commitment for delivery in dealt])  # 4.2, 4.3
        matches = base_multiple(secret) == public.share(index)  # 4.4
    except PointError as error:
        raise Abort(Reason.CANCELLED) from error
    if not matches:
        raise Abort(Reason.FINAL_CHECK)
    return KeyShare(index, secret, public), payloads


def open_delivery(
    session: Session, index: int, static_secret: Scalar, sender: int, delivery: Delivery
) -> tuple[Scalar, bytes]:
    """Decrypts and verifies what `sender` dealt to participant `index`: (share, payload)."""
    secrets = (static_secret * delivery.ephemeral, static_secret * session.static_key(sender))  # 3.1
    return open_with(session, index, secrets, sender, delivery)


def open_with(
    session: Session, index: int, secrets: tuple[Point, Point], sender: int, delivery: Delivery
) -> tuple[Scalar, bytes]:
    """`open_delivery` with the two Diffie-Hellman secrets known; Abort blames `sender`."""
    sender_key, recipient = session.static_key(sender), session.static_key(index)
    key, nonce = suite.encryption_key(secrets, delivery.ephemeral, sender_key, recipient, session.context)
    try:
        decrypt = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt
        plaintext = decrypt(delivery.ciphertext, None, nonce, key)  # 3.2
    except (exceptions.CryptoError, ValueError):  # the latter for fewer bytes than a tag has
        raise Abort(Reason.DECRYPTION, sender) from None
    try:
        share = Scalar(plaintext[:SCALAR_SIZE])  # 3.3
    except EncodingError:
        raise Abort(Reason.PLAINTEXT, sender) from None
    try:
        check_dealt_share(delivery.commitment, index, share)  # 3.4
    except VerificationError:
        raise Abort(Reason.WRONG_SHARE, sender) from None
    return share, plaintext[SCALAR_SIZE:]


def check_dealt_share(commitment: Sequence[Point], index: int, share: Scalar) -> None:
    """VerificationError unless `share` is the committed polynomial at `index` (Algorithm 3)."""
    try:
        fits = base_multiple(share) == evaluate_commitment(commitment, index)
    except CryptoError:
        fits = False
    if not fits:
        raise VerificationError("the share does not lie on the committed polynomial")


def _check_own_key(session: Session, index: int, static_secret: Scalar) -> None:
    if static_secret.is_zero() or base_multiple(static_secret) != session.static_key(index):
        raise Abort(Reason.SETUP, detail=f"the static key is not that of participant {index}")


def _check_proof(session: Session, index: int, message: Round1Message | Delivery) -> None:
    signed = _proof_message(session, message.commitment, message.ephemeral)
    try:
        suite.verify(message.commitment[0], message.proof, signed)
    except VerificationError as error:
        raise Abort(Reason.PROOF_OF_POSSESSION, index, public=True) from error


def _proof_message(session: Session, commitment: Sequence[Point], ephemeral: Point) -> bytes:
    return b"".join((session.context, *(point.raw for point in commitment), ephemeral.raw))
