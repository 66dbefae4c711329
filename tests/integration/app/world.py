"""The application as a test meets it: people with browsers, organisations, and a clock that can be moved."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import UUID

import pyotp
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import platform_api
from app.api import keyholders, oversight, samples
from app.committees import Opinions
from app.context import Parts
from app.drawn_lots import OpenedLots
from app.login import accounts
from app.models import Account
from app.settings import MailServer, Settings
from app.web import anchors, ledger
from parties import members, organisations
from parties.authorities import Authorities
from parties.models import Membership, Organisation
from parties.roles import SECOND_FACTOR_ROLES, Role
from storage.database import Database
from storage.public_files import FolderFiles

URL = "https://tenders.example"
SECRET = b"\x07" * 32
PASSWORD = "correct horse battery staple"
CODES = (
    "91110000600037341L",
    "91350100M000100Y43",
    "914403001922038216",
    "91310000132260250X",
    "91320594088140947F",
    "91370200163562681G",
    "91110000600053179P",
)


QUICK = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
"""What a password's hash costs here; tests/integration/app/test_accounts_command.py has what it costs elsewhere."""


class LateRule(Rule):
    """A route whose way from its name to an address is made when that is asked for: of hundreds, a test asks few."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        @cache
        def made() -> Callable[..., tuple[str, str]]:
            return super(LateRule, self)._compile_builder(append_unknown)

        return lambda rule, /, **values: made()(rule, **values)


class Clock:
    """Our own clock; the library's is the machine's."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def make_app(
    database: Database, folder: Path, clock: Clock, *, mail: MailServer | None = None, url: str | None = URL
) -> Flask:
    """The platform's application over a test's database, without what needs a log or keyholders to be there."""
    settings = Settings(SECRET, Authorities(folder / "authorities"), url, mail)
    app = Flask("app", static_folder=None)
    app.url_rule_class = LateRule
    app.testing = True
    app.config["PROPAGATE_BUGS"] = True
    platform_api.begin(app, Parts(database, settings, clock, token_bytes))
    app.register_blueprint(ledger.blueprint(database, FolderFiles(folder / "public")), url_prefix="/ledger")
    app.register_blueprint(anchors.blueprint(database), url_prefix="/ledger")
    app.register_blueprint(keyholders.blueprint(database, None, clock), url_prefix="/api/keyholders/v1")
    draws = oversight.blueprint(database, clock, token_bytes, OpenedLots(), Opinions())
    app.register_blueprint(draws, url_prefix="/api/oversight/v1")
    app.register_blueprint(samples.blueprint(database, clock, token_bytes), url_prefix="/api/samples/v1")
    platform_api.finish(app)
    app.extensions["security"].pwd_context.update(**QUICK)
    return app


@dataclass
class Person:
    """What a test knows of a person, beside what the database does."""

    id: UUID
    email: str
    secret: str | None = None
    used: int = 0

    def code(self) -> str:
        """The authenticator's next code that has not been used."""
        assert self.secret is not None
        step = max(int(time.time()) // 30, self.used + 1)
        self.used = step
        return pyotp.TOTP(self.secret).at(step * 30)


class Browser:
    """A client with cookies that sends the anti-forgery token, as a page of ours would."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.csrf = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, base_url=URL, **options)

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        if not self.csrf:
            self.csrf = self.get("/api/login").get_json()["csrf_token"]
        headers = {"X-CSRFToken": self.csrf, "Accept-Language": "en", **options.pop("headers", {})}
        if body is not None:
            options["json"] = body
        return self.client.open(path, method=method, base_url=URL, headers=headers, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.send("POST", path, body, **options)

    def log_in(self, person: Person, password: str = PASSWORD) -> TestResponse:
        """As far as it goes: with the authenticator's code, if the person has one and is asked for it."""
        answer = self.post("/api/login/password", {"email": person.email, "password": password})
        if answer.status_code == 200 and answer.get_json().get("tf_state") == "ready" and person.secret:
            answer = self.post("/api/login/code", {"code": person.code()})
        self.csrf = ""
        return answer

    def present(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("/api/login").get_json()
        return found


@dataclass
class World:
    """Makes people and organisations directly, as if they had come through the routes."""

    app: Flask
    database: Database
    clock: Clock
    count: int = field(default=0)

    def browser(self) -> Browser:
        return Browser(self.app)

    def person(self, *, authenticator: bool = False, password: str | None = PASSWORD) -> Person:
        self.count += 1
        email = f"person{self.count}@example.com"
        with self.app.app_context(), self.database.session() as session:
            account = accounts.open_account(
                session,
                email,
                f"Person {self.count}",
                accounts.checked_password(password) if password else None,
                confirmed=True,
                now=self.clock(),
                random=token_bytes,
            )
            made = Person(account.id, email)
            if authenticator:
                security = self.app.extensions["security"]
                stored = security.totp_factory.generate_totp_secret()
                account.tf_primary_method, account.tf_totp_secret = "authenticator", stored
                made.secret = security.totp_factory.get_totp_b32_key(stored)
            session.commit()
        return made

    def organisation(
        self, founder: Person, roles: Iterable[Role], *, verified: bool = True, code: str | None = None
    ) -> UUID:
        """An organisation whose manager `founder` is in each role."""
        with self.database.session() as session:
            account = session.get_one(Account, founder.id)
            taken = set(
                session.scalars(Organisation.__table__.select().with_only_columns(Organisation.credit_code))
            )
            free = code or next(one for one in CODES if one not in taken)
            made, *_ = [
                organisations.establish(
                    session, free, "甲公司", role, account.person, now=self.clock(), random=token_bytes
                )
                for role in roles
            ]
            if not verified:
                made.verified_roles = []
            session.commit()
            return made.id

    def acting_as(self, role: Role) -> tuple[Person, Browser]:
        """Somebody logged in who acts in this role alone, with a second factor where it is demanded."""
        person = self.person(authenticator=role in SECOND_FACTOR_ROLES)
        self.organisation(person, [role])
        browser = self.browser()
        assert browser.log_in(person).status_code == 200
        return person, browser

    def memberships(self, person: Person) -> list[Membership]:
        with self.database.session() as session:
            return members.acting(session, person.id)
