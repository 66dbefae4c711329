"""A bank's program as a test has it: its key, and requests that it signs."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, json
from werkzeug.test import TestResponse

from crypto import party_keys
from crypto.http_signatures import HttpRequest, RequestKey, sign


@dataclass
class SigningClient:
    """`url` is where the platform says that it is; requests are sent to `app` directly."""

    app: Flask
    url: str
    key: RequestKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def spki(self) -> bytes:
        return party_keys.spki(self.key.public_key())

    @property
    def key_id(self) -> str:
        return party_keys.key_id(self.spki)

    def signed(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        now: datetime | None = None,
        nonce: str | None = None,
        content_type: str = "application/json",
    ) -> HttpRequest:
        """`body` is JSON, or bytes."""
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = (("Content-Type", content_type),) if content else ()
        request = HttpRequest(method, self.url + path, fields, content)
        added = sign(
            request, self.key_id, self.key, nonce=nonce or token_urlsafe(12), now=now or datetime.now(UTC)
        )
        return HttpRequest(method, self.url + path, (*fields, *added), content)

    def send(self, request: HttpRequest, **changed: Any) -> TestResponse:
        """Over a connection of its own, without cookies; `changed` is what somebody did to it on the way."""
        return self.app.test_client(use_cookies=False).open(
            changed.get("path", request.uri.removeprefix(self.url)),
            method=changed.get("method", request.method),
            base_url=self.url,
            headers=[*request.fields, ("Accept-Language", "en"), *changed.get("fields", ())],
            data=changed.get("content", request.content),
        )

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.send(self.signed(method, path, body, **options))
