"""Login by the certificate of a configured CA: a challenge, used once, signed by the certificate's key.

    1. The platform gives 32 random bytes, good for five minutes.
    2. The holder signs encode("sunseal/login-by-certificate/v1", <the platform's address>, challenge), as its kind of
       key signs (crypto.party_keys). The address is what the holder's own program knows, not what a page tells it: a
       signature that a false page obtains is of no use at the true one.
    3. The platform takes the challenge out of use, checks the chain and the revocation lists, then the signature, and
       finds the account that this key was bound to. An account binds a certificate when it is logged in, with a
       signature under "sunseal/bind-certificate/v1".

A certificate is one factor: whether its key asks for a PIN cannot be seen from here.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.models import Account, Challenge, LoginCertificate
from crypto import party_keys
from crypto.certificates import verify_signature
from crypto.encoding import encode
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from parties.authorities import Authorities
from parties.errors import KeyRefusedError, TakenError

LOGIN_DOMAIN = "sunseal/login-by-certificate/v1"
BIND_DOMAIN = "sunseal/bind-certificate/v1"
LIFE = timedelta(minutes=5)
_SIZE = 32


def new_challenge(session: Session, *, now: datetime, random: RandomBytes) -> bytes:
    """A challenge, kept as its hash; those that have expired go."""
    session.execute(delete(Challenge).where(Challenge.expires_at <= now))
    challenge = random(_SIZE)
    session.add(Challenge(challenge_hash=hashlib.sha256(challenge).digest(), expires_at=now + LIFE))
    session.flush()
    return challenge


def spend(session: Session, challenge: bytes, *, now: datetime) -> None:
    """Takes a challenge out of use, whatever comes of it: the caller commits. KeyRefusedError if it is not in use."""
    spent = session.execute(
        delete(Challenge)
        .where(Challenge.challenge_hash == hashlib.sha256(challenge).digest())
        .returning(Challenge.expires_at)
    ).scalar_one_or_none()
    if spent is None or spent <= now:
        raise KeyRefusedError("the challenge is unknown, used or too old: take a new one")


def proven_key(
    certificate: bytes,
    intermediates: Sequence[bytes],
    signature: bytes,
    message: bytes,
    authorities: Authorities,
    *,
    now: datetime,
) -> bytes:
    """The id of the key that signed, if its certificate holds now. KeyRefusedError otherwise."""
    checked = authorities.check(certificate, intermediates, now=now)
    try:
        verify_signature(checked, signature, message)
    except CryptoError as error:
        raise KeyRefusedError(str(error)) from error
    return bytes.fromhex(party_keys.key_id(party_keys.spki(checked.public_key)))


def login_message(address: str, challenge: bytes) -> bytes:
    return encode(LOGIN_DOMAIN, address, challenge)


def bind_message(address: str, challenge: bytes) -> bytes:
    return encode(BIND_DOMAIN, address, challenge)


def bind(session: Session, account: Account, key_id: bytes, *, now: datetime) -> None:
    """From now on that key logs in the account. TakenError if it does that for an account already."""
    if session.get(LoginCertificate, key_id) is not None:
        raise TakenError("the certificate's key is bound to an account already")
    session.add(LoginCertificate(key_id=key_id, account_id=account.id, added_at=now))
    session.flush()


def account_of(session: Session, key_id: bytes) -> Account:
    """The account that the key logs in. KeyRefusedError if there is none that may."""
    found = session.get(LoginCertificate, key_id)
    if found is None or not found.account.active:
        raise KeyRefusedError("the certificate is bound to no account that may log in")
    return found.account
