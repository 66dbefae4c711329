"""Somebody with a browser before the running platform: an account, an organisation, and what it asks for over REST."""

import base64
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyotp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from stdnum.cn import uscc

PASSWORD = "correct horse battery staple"  # noqa: S105 # nosec B105 - everybody's, printed at the end
TIMEOUT = 60.0


class AnswerError(Exception):
    """The platform answered otherwise than was expected; the request and the answer."""


def credit_code(number: int) -> str:
    """A unified social credit code that nobody has, with its check digit."""
    stem = f"91110000MA{number:07d}"
    return stem + str(uscc.calc_check_digit(stem))


@dataclass
class Person:
    """Somebody who is logged in. A Secure cookie would not go over http, so it is carried by hand."""

    url: str
    email: str
    name: str
    organisation_name: str
    code: str
    organisation: str = ""
    secret: str = ""
    cookies: dict[str, str] = field(default_factory=dict, repr=False)
    csrf: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, method: str, path: str, body: Any = None, *, status: int | None = None, **more: Any) -> Any:
        """The answer's JSON; the status is a success unless another is expected; one at a time. AnswerError."""
        with self._lock:
            return self._ask(method, path, body, status, more)

    def _ask(self, method: str, path: str, body: Any, status: int | None, more: dict[str, Any]) -> Any:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": self.csrf,
            "Accept-Language": "en",
            **more.pop("headers", {}),
        }
        if body is not None:
            more["json"] = body
        answer = httpx.request(
            method, f"{self.url}{path}", headers=headers, trust_env=False, timeout=TIMEOUT, **more
        )
        self.cookies.update(answer.cookies)
        wanted = answer.status_code < 400 if status is None else answer.status_code == status
        if not wanted:
            raise AnswerError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def present(self) -> Any:
        """How the login stands."""
        found = self.ask("GET", "/api/login")
        self.csrf = found["csrf_token"]
        return found

    def open_account(self) -> None:
        self.present()
        self.ask("POST", "/api/accounts", {"email": self.email, "name": self.name, "password": PASSWORD})

    def log_in(self) -> None:
        """By password; whoever needs a second factor sets it up."""
        self.present()
        step = self.ask("POST", "/api/login/password", {"email": self.email, "password": PASSWORD})
        if step.get("tf_state") == "setup_from_login":
            shown = self.ask("POST", "/api/login/authenticator", {})
            self.secret = shown["tf_authr_b32key"]
            self.ask("POST", "/api/login/authenticator/confirm", {"code": self.code_now()})
        self.present()

    def code_now(self) -> str:
        """What the authenticator shows."""
        return pyotp.TOTP(self.secret).at(int(time.time()))

    def register(self, role: str) -> None:
        """An organisation that wants to act in a role."""
        body = {"credit_code": self.code, "name": self.organisation_name, "roles": [role]}
        self.organisation = self.ask("POST", "/api/organisations", body)["id"]

    def verify(self, other: "Person", role: str) -> None:
        """What staff and supervisors do."""
        self.ask("POST", f"/api/organisations/{other.organisation}/verification", {"role": role})

    def api_token(self, *scopes: str) -> str:
        """For this person's programs."""
        made = self.ask("POST", "/api/tokens", {"name": "programs", "scopes": list(scopes)})
        return str(made["token"])

    def register_key(self, path: Path) -> None:
        """A signing key of the organisation, made at its own desk and kept in `path`."""
        key = Ed25519PrivateKey.generate()
        path.touch(mode=0o600)
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        material = {"key": base64.b64encode(spki).decode()}
        keys = f"/api/organisations/{self.organisation}/keys"
        message = base64.b64decode(self.ask("POST", f"{keys}/preparation", material)["message"])
        signature = base64.b64encode(key.sign(message)).decode()
        self.ask("POST", keys, {**material, "signature": signature})


def member_of(
    url: str, role: str, number: int, name: str, verifier: Person | None, code: str | None = None
) -> Person:
    """Somebody who is logged in and acts for an organisation, which `verifier`, if any, has verified in that role."""
    code = code or credit_code(number)
    made = Person(url, f"{role}{number}@example.com", f"{role} {number}", name, code)
    made.open_account()
    made.log_in()
    made.register(role)
    if verifier is not None:
        verifier.verify(made, role)
    made.present()
    return made
