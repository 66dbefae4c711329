"""What the web application needs to know beside app.place, from the same environment.

SUNSEAL_WEB_SECRET       a file with 32 random bytes or more (default: <var>/web.secret; where the database is private
                         one is made)
SUNSEAL_URL              where people reach the platform, such as https://tenders.example.org; without it, the host of
                         each request, which is for development
SUNSEAL_AUTHORITIES      the folder of CAs whose certificates are believed (parties.authorities)
SUNSEAL_MAIL             smtp://[user@]host[:port] or smtps://...; file:///folder, for development, keeps each mail as
                         a file; without it nothing is ever mailed
SUNSEAL_MAIL_PASSWORD    a file with the mail account's password
SUNSEAL_MAIL_FROM        the sender's address
SUNSEAL_ESCALATION       addresses, with commas between them, that are told of what nobody does (sunseal complaints run)
SUNSEAL_WEBHOOKS_LOOPBACK  1 lets webhooks go to this machine itself, for development alone (guarantees.webhooks.target)

Everything that hides or signs something of a login is derived from the secret. Who loses it loses all second factors
and passwords (people recover by an administrator); who leaks it lets sessions be forged: replace it, and all log in
anew.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from urllib.request import url2pathname

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.place import ConfigurationError, Place
from parties.authorities import Authorities

SECRET_SIZE = 32


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and from whom it comes."""

    host: str
    port: int
    over_tls: bool
    user: str | None
    password: str | None = field(repr=False)
    sender: str


@dataclass(frozen=True, slots=True)
class MailFolder:
    """Where mails are kept as files, for whoever looks, and from whom they come."""

    folder: Path
    sender: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The application's settings."""

    secret: bytes = field(repr=False)
    authorities: Authorities
    url: str | None = None
    mail: MailServer | MailFolder | None = None
    webhooks_loopback: bool = False

    @classmethod
    def of(cls, place: Place) -> "Settings":
        """ConfigurationError for what is set wrongly or, in production, not at all."""
        environment = place.environment
        named = environment.get("SUNSEAL_WEB_SECRET")
        path = Path(named) if named else place.var / "web.secret"
        folder = environment.get("SUNSEAL_AUTHORITIES")
        if folder and not (Path(folder) / "roots").is_dir():
            raise ConfigurationError(f"SUNSEAL_AUTHORITIES names {folder}, which has no folder `roots`")
        url = environment.get("SUNSEAL_URL")
        if url and (urlsplit(url).scheme not in {"http", "https"} or url.endswith("/")):
            raise ConfigurationError("SUNSEAL_URL is a scheme and a host, without a slash at its end")
        return cls(
            secret=_secret(path, may_make=place.is_development),
            authorities=Authorities(Path(folder) if folder else None),
            url=url or None,
            mail=mail_of(environment),
            webhooks_loopback=environment.get("SUNSEAL_WEBHOOKS_LOOPBACK") == "1",
        )

    def webhook_key(self) -> Ed25519PrivateKey:
        """What webhooks are signed with. A new secret is a new key: receivers read it anew from the API."""
        return Ed25519PrivateKey.from_private_bytes(self.derived("webhooks"))

    def derived(self, purpose: str, size: int = 32) -> bytes:
        """A key for one purpose (HKDF-SHA256, RFC 5869)."""
        info = f"sunseal/web/{purpose}/v1".encode("ascii")
        return HKDF(SHA256(), size, salt=None, info=info).derive(self.secret)


def _secret(path: Path, *, may_make: bool) -> bytes:
    if may_make and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was faster
            pass
        else:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(SECRET_SIZE))
    try:
        secret = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the secret of the web application cannot be read from {path}: make it once, for all web servers alike, "
            "with `head -c 32 /dev/urandom`, readable by them alone"
        ) from error
    if len(secret) < SECRET_SIZE:
        raise ConfigurationError(f"the secret in {path} has fewer than {SECRET_SIZE} bytes")
    return secret


def mail_of(environment: Mapping[str, str]) -> MailServer | MailFolder | None:
    """Where mail goes; None if it goes nowhere. ConfigurationError for what is set wrongly."""
    url, sender = environment.get("SUNSEAL_MAIL"), environment.get("SUNSEAL_MAIL_FROM")
    if not url:
        return None
    parts: SplitResult = urlsplit(url)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc and sender:
        return MailFolder(Path(url2pathname(parts.path)), sender)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not sender:
        raise ConfigurationError(
            "SUNSEAL_MAIL is smtp://host, smtps://host or file:///folder, and needs SUNSEAL_MAIL_FROM"
        )
    over_tls = parts.scheme == "smtps"
    file = environment.get("SUNSEAL_MAIL_PASSWORD")
    password = Path(file).read_text("utf-8").strip() if file else None
    port = parts.port or (465 if over_tls else 25)
    return MailServer(parts.hostname, port, over_tls, parts.username, password, sender)
