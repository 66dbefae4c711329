"""An amended guarantee handed to the platform: REST requests signed by the guarantor's request key (RFC 9421).

The key is one that a member of the guarantor registered on the platform with the scopes guarantees:read and
guarantees:write (docs/spec/bank-api.md), no key of the folder's.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto import party_keys
from crypto.http_signatures import HttpRequest, sign
from crypto.randomness import RandomBytes
from guarantees.errors import GuaranteesError
from guarantees.signed import SignedGuarantee

TIMEOUT = 60.0


class HandOverError(GuaranteesError):
    """The platform did not take it, or cannot be reached."""


@dataclass(frozen=True, slots=True)
class Platform:
    """`url` is the platform's address as it signs and serves it, without a path."""

    client: httpx.Client
    url: str
    key: Ed25519PrivateKey = field(repr=False)
    clock: Callable[[], datetime]
    random: RandomBytes

    def hand_over(self, predecessor: bytes, made: SignedGuarantee) -> None:
        """Presents `made` in the predecessor's place. Again changes nothing: what is there is left. HandOverError."""
        there = self._ask("GET", f"/api/guarantees/{made.id.hex()}")
        if there.status_code == httpx.codes.OK:
            return
        body = json.dumps({"content": b64encode(made.to_bytes()).decode("ascii")}).encode()
        answer = self._ask("POST", f"/api/guarantees/{predecessor.hex()}/successor", body)
        if answer.status_code != httpx.codes.CREATED:
            raise HandOverError(f"the platform refused ({answer.status_code}): {_reason(answer)}")

    def _ask(self, method: str, path: str, content: bytes = b"") -> httpx.Response:
        fields = (("Content-Type", "application/json"),) if content else ()
        request = HttpRequest(method, self.url.rstrip("/") + path, fields, content)
        key_id = party_keys.key_id(party_keys.spki(self.key.public_key()))
        nonce = urlsafe_b64encode(self.random(18)).decode("ascii")
        added = sign(request, key_id, self.key, nonce=nonce, now=self.clock())
        try:
            return self.client.request(method, request.uri, content=content, headers=[*fields, *added])
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise HandOverError(f"the platform cannot be reached: {type(error).__name__}") from error


def _reason(answer: httpx.Response) -> str:
    try:
        said = answer.json()
        return str(said.get("detail") or said["title"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return "without a reason"
