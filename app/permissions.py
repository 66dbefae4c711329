"""Who may call what: one line for every route and method. The application starts with no route that is not there.

The lines are in `permissions.table` beside this file, all of them:

    METHOD  blueprint.endpoint  who [| scope] [| longest body] [| undescribed]

A line says who, which scope an API token needs (without one, no token is taken), and how large a body may be (64 KiB
where it does not). HEAD goes with GET. `app.gate` enforces the table before any route runs; tests walk every route as
every role.

| who          | means |
|--------------|-------|
| no-cookie    | anyone, and only without a cookie or a login's token: the submission side. Addresses are not logged |
| anyone       | anyone; cookies are neither read nor set, but for a page's language. Addresses are not logged |
| visitor      | anyone, in a session: the steps of logging in |
| person       | whoever is logged in, acting for an organisation or not |
| closed       | nobody: the route does not exist |
| roles        | whoever acts for an organisation in one of these roles |

Which organisation's things a role may touch is not said there, but where those things are (parties.members,
oversight.complaints.reading, app/api/guarantees/standing.py). Pages, and what is `undescribed`, are not in the API's
description.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING

from app.rule import ANYONE, CLOSED, KIB, MIB, NO_COOKIE, PERSON, VISITOR, Door, Rule, only
from parties.roles import Role

if TYPE_CHECKING:
    from flask import Flask

__all__ = [
    "ANYONE",
    "CLOSED",
    "NO_COOKIE",
    "PERSON",
    "SCOPES",
    "TABLE",
    "VISITOR",
    "Door",
    "Rule",
    "UnlistedRouteError",
    "only",
    "require_all_listed",
    "rule_for",
]

_LINE = re.compile(r"([A-Z]+) +([a-z_-]+\.[a-z0-9_]+) +([a-z, -]+?)(?: \| (.*))?")
_BODY = re.compile(r"([0-9]+) (KiB|MiB)")
_SCOPE = re.compile(r"[a-z-]+:[a-z]+")
_UNITS = {"KiB": KIB, "MiB": MIB}
_UNDESCRIBED = "undescribed"


class TableError(Exception):
    """A line of the table that says nothing, or the same route twice."""


class UnlistedRouteError(Exception):
    """A route that the table does not list: nobody has said who may call it."""


def parse(text: str) -> dict[str, dict[str, Rule]]:
    """Rules by endpoint and method. TableError names the line."""
    found: dict[str, dict[str, Rule]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        parts = _LINE.fullmatch(line)
        if parts is None:
            raise TableError(f"line {number} is not METHOD route who: {line}")
        method, endpoint, who, more = parts.groups()
        methods = found.setdefault(endpoint, {})
        if method in methods:
            raise TableError(f"line {number}: {method} {endpoint} was listed before")
        methods[method] = _rule(number, who, more)
    return found


def _rule(number: int, who: str, more: str | None) -> Rule:
    scope, body, described = None, 64 * KIB, True
    for word in more.split(" | ") if more else ():
        if size := _BODY.fullmatch(word):
            body = int(size[1]) * _UNITS[size[2]]
        elif _SCOPE.fullmatch(word):
            scope = word
        elif word == _UNDESCRIBED:
            described = False
        else:
            raise TableError(f"line {number}: {word!r} is no scope, size or mark")
    try:
        doors = {door.name.lower().replace("_", "-"): door for door in Door}
        whom = doors[who] if who in doors else frozenset(map(Role, who.split(", ")))
    except ValueError as error:
        raise TableError(f"line {number}: {error}") from error
    return Rule(whom, scope, body, described)


TABLE: Mapping[str, Mapping[str, Rule]] = parse(files("app").joinpath("permissions.table").read_text("utf-8"))

SCOPES = tuple(
    sorted({rule.scope for methods in TABLE.values() for rule in methods.values() if rule.scope is not None})
)


def rule_for(endpoint: str | None, method: str) -> Rule | None:
    """The line for a request; None for a route that is not there."""
    return TABLE.get(endpoint or "", {}).get("GET" if method == "HEAD" else method)


def is_page(endpoint: str) -> bool:
    """Whether people read it in a browser: the API's description has no pages."""
    return endpoint.startswith("pages.")


def require_all_listed(app: "Flask") -> None:
    """UnlistedRouteError unless each route and method of the application has a line."""
    missing = [
        f"{method} {found.rule} ({found.endpoint})"
        for found in app.url_map.iter_rules()
        for method in sorted(found.methods or ())
        if rule_for(found.endpoint, method) is None
    ]
    if missing:
        raise UnlistedRouteError(f"app/permissions.table does not say who may call: {'; '.join(missing)}")
