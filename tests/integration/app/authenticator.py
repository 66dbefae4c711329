"""A passkey in software: what a browser with an authenticator gives for the options that the platform sends (WebAuthn 3)."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """Holds one credential. `verifies`: whether it asks for a PIN or a finger, and says so."""

    def __init__(self, origin: str, *, verifies: bool = True) -> None:
        self.origin = origin
        self.verifies = verifies
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = token_bytes(32)
        self.user_handle = b""
        self.count = 0

    def create(self, options: dict[str, Any]) -> str:
        """The answer to navigator.credentials.create."""
        self.user_handle = _decoded(options["user"]["id"])
        client = self._client_data("webauthn.create", options["challenge"])
        point = self.key.public_key().public_numbers()
        cose = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        )
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cose
        data = self._data(options["rp"]["id"], ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {
                "clientDataJSON": _encoded(client),
                "attestationObject": _encoded(attestation),
                "transports": ["usb"],
            }
        )

    def get(self, options: dict[str, Any], *, challenge: str | None = None) -> str:
        """The answer to navigator.credentials.get; `challenge` to sign another one than asked for."""
        client = self._client_data("webauthn.get", challenge or options["challenge"])
        self.count += 1
        data = self._data(options["rpId"], 0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            {
                "clientDataJSON": _encoded(client),
                "authenticatorData": _encoded(data),
                "signature": _encoded(signature),
                "userHandle": _encoded(self.user_handle),
            }
        )

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, rp_id: str, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _credential(self, response: dict[str, Any]) -> str:
        known = _encoded(self.credential_id)
        return json.dumps(
            {
                "id": known,
                "rawId": known,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": response,
            }
        )


def _encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
