"""One step of logging in, taken by the function behind the API's route: what it answered, as a value.

`attempt` asks Flask-Security for its JSON under the name of the API's own endpoint, so that a refusal has the same code
and the same generic sentence for a page as for a program.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from flask import current_app, g, request, url_for
from flask import session as cookie
from flask_security.proxies import _datastore

from app.errors import ProblemError
from app.models import Account
from app.problems import CATALOGUE, Problem
from app.web.pages.language import said
from app.web.pages.problem_page import NEXT
from app.web.pages.refusal import Refused


@dataclass(frozen=True, slots=True)
class Outcome:
    """Either `problem` says why not, or `answer` is the step's own."""

    answer: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None

    @property
    def refused(self) -> Refused | None:
        """For the box above the form."""
        if self.problem is None:
            return None
        return Refused(said(self.problem.title), next=said(NEXT.get(self.problem.code, self.problem.next)))


def attempt(endpoint: str, call: Callable[[], Any]) -> Outcome:
    """Takes the step. `endpoint` is that of the API's route for it."""
    g.asks_for_step = endpoint
    try:
        response = current_app.make_response(call())
    except ProblemError as error:
        return Outcome(problem=error.problem)
    finally:
        g.asks_for_step = None
    body: dict[str, Any] = response.get_json(silent=True) or {}
    if response.status_code >= 400:
        return Outcome(problem=CATALOGUE[body.get("code", "internal")])
    return Outcome(body)


def pending() -> Account | None:
    """Whose password was right, and whose second factor is still to come."""
    named = cookie.get("tf_user_id")
    found: Any = _datastore.find_user(fs_uniquifier=named) if named else None
    return cast("Account | None", found)


def back(default: str = "pages.desk") -> str:
    """Where ?next= or the form's field says to go; only to a path of this platform."""
    asked = request.form.get("next") or request.args.get("next") or ""
    parts = urlsplit(asked)
    ours = (
        asked.startswith("/")
        and not asked.startswith(("//", "/\\"))
        and not parts.netloc
        and "\\" not in asked
    )
    return asked if ours and asked.isprintable() else url_for(default)
