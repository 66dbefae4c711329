"""The whole platform as `sunseal serve` has it, over a test's own database: with a log, a group of keyholders, a pool of
experts, a key for blind tokens, and the submission application before it.

    with whole_platform(database_url, folder) as world: ...
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from typing import Any, cast

from flask import Flask
from werkzeug.routing import Rule as UrlRule

from app.api.blind_tokens import MOUNTED as PUBLIC
from app.api.submission_app import MOUNTED, PREFIX, SubmissionApp
from app.factory import create_app
from app.permissions import Rule, rule_for
from app.place import Place
from bidding.tokens import keys
from bidding.tokens.challenge import TokenTerms
from bidding.tokens.periods import period_of
from crypto.signatures import SigningKey
from crypto.tokens.privacy_pass import finalize_token, issue, request_token
from ledger import log
from ledger.cosignature import Cosigner
from storage.database import Database
from tests.intake import token_key
from tests.integration.app.world import URL, Clock, World
from tests.integration.oversight.office import Office
from tests.keyholders import World as Keyholders
from tests.log import make_log
from tests.story import SUPERVISOR

TERMS = TokenTerms("tokens.example", "tokens.example")
NOBODY = "00000000-0000-4000-8000-000000000000"
VALUES = {"key_id": "ab" * 32, "place": "0/000"}


@contextmanager
def whole_platform(database_url: str, folder: Path, *, experts: int = 0) -> Iterator[World]:
    """The application, begun on a database with a ledger that has published something; with `experts`, also a group of
    keyholders and a pool of so many."""
    prepared = Database(database_url)
    if experts:
        keyholders = Keyholders(prepared, folder / "public")
        keyholders.found()
        Office(keyholders, experts)
        keyholders.sync()
        keyholders.close_world()
    else:
        make_log(prepared, folder / "public").run()
    with prepared.session() as session:
        now = Clock()()
        keys.publish(session, TERMS.issuer, token_key().public_key(), period_of(now), now=now)
        session.commit()
        (key,) = log.head(session).keys.split("\n")
    (folder / "web.secret").write_bytes(bytes(range(32)))
    cosigner = Cosigner("w", SigningKey(bytes(32)))
    (folder / "policy").write_text(f"log {key}\nwitness w {cosigner.witness.vkey}\nquorum w\n")
    app = create_app(
        Place(
            {
                "SUNSEAL_VAR": str(folder),
                "DATABASE_URL": database_url,
                "SUNSEAL_SUPERVISOR": SUPERVISOR.verify_key.raw.hex(),
                "SUNSEAL_POLICY": str(folder / "policy"),
                "SUNSEAL_TOKEN_ISSUER": TERMS.issuer,
                "SUNSEAL_URL": URL,
            }
        )
    )
    try:
        yield World(app, prepared, Clock())
    finally:
        submission_of(app).close()
        app.extensions["sunseal"].database.close()
        prepared.close()


def submission_of(app: Flask) -> SubmissionApp:
    return cast("SubmissionApp", app.extensions[MOUNTED])


@dataclass(frozen=True)
class Road:
    """A method of a route, of the main application or of one that stands before it."""

    method: str
    path: str
    endpoint: str
    rule: Rule


def applications(app: Flask) -> list[tuple[Flask, str]]:
    """The application, and those that stand before it, if there are any; each with its prefix."""
    before = [(submission_of(app).flask, PREFIX)] if MOUNTED in app.extensions else []
    public = [(app.extensions[PUBLIC], "")] if PUBLIC in app.extensions else []
    return [(app, ""), *before, *public]


def roads(app: Flask) -> Iterator[Road]:
    """Every method of every route, with something in each place of its path that its converter takes."""
    for one, prefix in applications(app):
        for found in one.url_map.iter_rules():
            for method in sorted(found.methods or ()):
                rule = rule_for(found.endpoint, method)
                assert rule is not None, f"{method} {found.rule}"
                yield Road(method, prefix + path_of(found), found.endpoint, rule)


def path_of(found: UrlRule) -> str:
    """The route's path with something in each of its places that its converter takes."""
    values: dict[str, Any] = {}
    for name in found.arguments:
        converter = found._converters[name]
        kind = type(converter).__name__
        values[name] = {"UUIDConverter": NOBODY, "IntegerConverter": 1}.get(kind, VALUES.get(name, "x"))
        if (length := re.fullmatch(r"\[\^/\]\{(\d+)\}", converter.regex)) is not None:
            values[name] = "x" * int(length[1])
        if kind == "AnyConverter":
            values[name] = min(converter.items)  # type: ignore[attr-defined]
    built = found.build(values, append_unknown=False)
    assert built is not None
    return built[1]


def blind_token() -> bytes:
    """A token that the platform redeems, issued without asking anybody's allowance."""
    key = token_key()
    pending = request_token(key.public_key(), TERMS.challenge, token_bytes)
    return finalize_token(key.public_key(), pending, issue(key, pending.request(), token_bytes)).encode()
