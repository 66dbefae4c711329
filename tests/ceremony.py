"""A key generation among honest keyholders, for tests that need a key."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from crypto import dkg
from crypto.curve import Scalar, base_multiple
from crypto.dkg import KeyShare, PublicKeys, Round1Message, Session


def seeded(seed: int) -> Callable[[int], bytes]:
    """Reproducible bytes: never what production uses."""
    return Random(seed).randbytes


@dataclass(frozen=True)
class Ceremony:
    session: Session
    static_secrets: list[Scalar]
    messages: list[Round1Message]
    certificate: dkg.Certificate
    shares: list[KeyShare]

    @property
    def public(self) -> PublicKeys:
        return self.shares[0].public


def prepare(n: int, t: int, seed: int = 0) -> tuple[Session, list[Scalar], Callable[[int], bytes]]:
    random = seeded(seed)
    secrets = [Scalar.random(random) for _ in range(n)]
    keys = tuple(base_multiple(secret) for secret in secrets)
    return Session(dkg.session_context(random(32), keys), t, keys), secrets, random


def hold(n: int, t: int, seed: int = 0) -> Ceremony:
    """All three rounds among n honest keyholders."""
    session, secrets, random = prepare(n, t, seed)
    messages = [dkg.round1(session, i, secret, random) for i, secret in enumerate(secrets, start=1)]
    shares = []
    for i, secret in enumerate(secrets, start=1):
        dealt = [message.for_recipient(i) for message in messages]
        shares.append(dkg.round2(session, i, secret, dealt, dealt[i - 1])[0])
    transcript = dkg.Transcript.of(session, messages, dkg.ciphertext_commitment(messages))
    signatures = [dkg.sign_transcript(transcript, secret) for secret in secrets]
    return Ceremony(session, secrets, messages, dkg.certify(transcript, signatures), shares)
