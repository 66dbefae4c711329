"""A request that is signed in the place of a login or a token: found out whose it is, once and for good.

1. The key that the signature names is one that somebody registered, and its membership still counts.
2. The signature holds over this method, this address and this content (crypto.http_signatures).
3. Its nonce has not been used with this key. From here on it is, whatever comes of the request.
"""

from flask import request

from app.context import now, parts, session
from app.errors import ProblemError
from app.login import request_keys
from app.models import RequestKey
from crypto import http_signatures, party_keys
from crypto.errors import CryptoError
from crypto.http_signatures import HttpRequest

HEADERS = {"Accept-Signature": http_signatures.ACCEPTED}


def is_signed() -> bool:
    """Whether the request claims to be."""
    return "Signature-Input" in request.headers


def address() -> str:
    """Where people reach the platform: the setting, or in development what the request was addressed to."""
    return parts().settings.url or request.host_url.rstrip("/")


def key_of_request() -> RequestKey:
    """The key whose signature the request has. ProblemError."""
    received = arrived(address())
    try:
        key_id = http_signatures.named_key(received)
        row = request_keys.find(session(), key_id, now=now())  # 1
        if row is None or not row.account.active:
            raise ProblemError("signature-refused", "the key is unknown, expired or revoked", headers=HEADERS)
        signed = http_signatures.verify(received, key_id, party_keys.parse_spki(row.spki), now=now())  # 2
    except CryptoError as error:
        raise ProblemError("signature-refused", str(error), headers=HEADERS) from error
    with parts().database.session() as own:  # 3
        is_new = request_keys.spend(own, signed, now=now())
        own.commit()
    if not is_new:
        raise ProblemError("signature-replayed", headers=HEADERS)
    return row


def arrived(at: str) -> HttpRequest:
    """The request as it arrived at the address `at`, its target before anything decoded it. ProblemError."""
    asked = str(request.environ.get("REQUEST_URI", ""))
    if not asked.startswith("/"):
        raise ProblemError(
            "signature-refused", "the request's target has to be a path of this platform", headers=HEADERS
        )
    content = request.get_data(cache=True)
    return HttpRequest(request.method, at + asked, tuple(request.headers.items()), content)
