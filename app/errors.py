"""Errors as problem+json (RFC 9457): what every package raises, and what is wrong with a request, in the reader's
language.

    {"type": "urn:sunseal:problem:<code>", "code": "<code>", "status": 409, "title": <a sentence>, "next": <what to do>,
     "detail": <the reason, if it may be told>, "errors": {<field>: [...]}, "request": <the request's number>}

`title` and `next` are in Chinese or English, as Accept-Language prefers; so is `detail`, if the error carries both
languages, and else it is the error's own English sentence, given to every reader rather than left out. A bug, a
traceback, an address of a machine, a query: none of that is ever in an answer; it is in the log, under the request's
number.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import Flask, Response, current_app, g, json, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.problems import CATALOGUE, Problem
from bidding.opening.errors import OpeningRefusedError, TroubleError
from bidding.tenders.errors import (
    DocumentError,
    DraftError,
    OcdsError,
    TooManyQuestionsError,
    UnknownTenderError,
)
from crypto.errors import CryptoError
from custody.errors import CustodyError
from guarantees.chain.errors import ChainError, NodeError
from guarantees.chain.errors import RefusedError as ContractRefusedError
from ledger.errors import LedgerError, LogError
from parties.errors import PartiesError
from statutes.errors import RefusedError, RuleError, Violation
from statutes.said import Said
from storage.errors import StorageError

MEDIA_TYPE = "application/problem+json"
LANGUAGES = ("zh", "en")

log = logging.getLogger("app.errors")


class ProblemError(Exception):
    """Raised by a route to answer with a problem of the catalogue."""

    def __init__(
        self,
        code: str,
        detail: str | Said | None = None,
        *,
        errors: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        violations: Sequence[Violation] = (),
    ) -> None:
        super().__init__(code)
        self.problem = CATALOGUE[code]
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.violations = violations


def language() -> str:
    """The reader's: English unless Chinese is preferred."""
    return request.accept_languages.best_match(LANGUAGES, default="en") or "en"


def answer(
    problem: Problem,
    detail: str | Said | None = None,
    *,
    errors: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    violations: Sequence[Violation] = (),
) -> Response:
    """The problem as a response."""
    chosen = language()
    body: dict[str, Any] = {
        "type": f"urn:sunseal:problem:{problem.code}",
        "code": problem.code,
        "status": problem.status,
        "title": getattr(problem.title, chosen),
        "next": getattr(problem.next, chosen),
    }
    if detail is not None:
        body["detail"] = getattr(detail, chosen) if isinstance(detail, Said) else detail
    if errors:
        body["errors"] = errors
    if violations:
        body["violations"] = [_violation(one) for one in violations]
    if "request_id" in g:
        body["request"] = g.request_id
    response = Response(json.dumps(body, ensure_ascii=False), problem.status, content_type=MEDIA_TYPE)
    response.headers["Content-Language"] = chosen
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept-Language")
    response.headers.update(headers or {})
    return response


def _violation(one: Violation) -> dict[str, Any]:
    """A broken rule in both languages: its article, what is, and what would be allowed."""
    return {
        "rule": one.rule,
        "articles": list(one.articles),
        "subject": one.subject,
        **{
            name: {"zh": said.zh, "en": said.en}
            for name, said in (("law", one.law), ("found", one.found), ("allowed", one.allowed))
        },
        **{
            name: at.isoformat()
            for name, at in (("earliest", one.earliest), ("too_late", one.too_late))
            if at is not None
        },
    }


def of_error(error: Exception) -> ProblemError | None:
    """The problem that an error of our packages is to the caller; None for a bug."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, PartiesError):
        return ProblemError(error.code if error.code in CATALOGUE else "parties", str(error))
    if isinstance(error, RefusedError):
        return ProblemError(
            "refused",
            error.said,
            errors={found.subject: [found.rule] for found in error.violations},
            violations=error.violations,
        )
    if isinstance(error, TroubleError):
        return ProblemError("unavailable")
    if isinstance(error, OpeningRefusedError):
        return ProblemError("unknown" if error.code == "unknown" else "refused", error.said)
    if isinstance(error, UnknownTenderError):
        return ProblemError("unknown", str(error))
    if isinstance(error, TooManyQuestionsError):
        return ProblemError("too-many", str(error), headers={"Retry-After": "3600"})
    if isinstance(error, DraftError | DocumentError | OcdsError):
        return ProblemError("invalid", str(error))
    if isinstance(error, RuleError):
        return ProblemError("refused", str(error))
    if isinstance(error, LogError):
        return ProblemError("unavailable", str(error))
    if isinstance(error, LedgerError):  # before CryptoError, for some are both
        return ProblemError("ledger", str(error))
    if isinstance(error, CustodyError):
        return ProblemError("custody", str(error))
    if isinstance(error, ContractRefusedError):
        return ProblemError("chain", str(error))
    if isinstance(error, CryptoError):
        return ProblemError("crypto", str(error))
    if isinstance(error, NodeError | ChainError | StorageError | OperationalError):
        return ProblemError("unavailable")  # its sentence names machines: it is for the log
    return None


_OF_STATUS = {
    problem.status: problem
    for code in (
        "malformed",
        "login-needed",
        "role-not-allowed",
        "not-found",
        "method-not-allowed",
        "not-acceptable",
        "refused",
        "too-large",
        "unsupported-media-type",
        "invalid",
        "unavailable",
    )
    for problem in (CATALOGUE[code],)
}


def register(app: Flask) -> None:
    """Makes every error of the application a problem."""
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_exception)


def _of_http(error: HTTPException) -> Response:
    if isinstance(error, CSRFError):
        return answer(CATALOGUE["csrf"])
    if error.code is not None and error.code < 400:
        return cast("Response", error.get_response())  # a redirect, such as to the address with its slash
    data = getattr(error, "data", None) or {}
    headers = dict(data.get("headers") or {})
    if (allowed := getattr(error, "valid_methods", None)) is not None:
        headers["Allow"] = ", ".join(sorted(allowed))
    problem = _OF_STATUS.get(error.code or 500)
    if problem is None:
        problem = CATALOGUE["malformed" if 400 <= (error.code or 500) < 500 else "internal"]
    return answer(problem, errors=_flat(data.get("messages")), headers=headers)


def _of_exception(error: Exception) -> Response:
    problem = of_error(error)
    if problem is not None:
        if problem.problem.status >= 500:
            log.error("request %s: %s: %s", g.get("request_id", "?"), type(error).__name__, _told(error))
        return answer(
            problem.problem,
            problem.detail,
            errors=problem.errors,
            headers=problem.headers,
            violations=problem.violations,
        )
    # With the traceback, but without the values of a query's parameters, which may be secrets
    log.error("request %s failed", g.get("request_id", "?"), exc_info=None if _is_database(error) else error)
    if _is_database(error):
        log.error("request %s: %s", g.get("request_id", "?"), _told(error))
    if current_app.testing and current_app.config.get("PROPAGATE_BUGS"):
        raise error
    return answer(CATALOGUE["internal"])


def _is_database(error: Exception) -> bool:
    return isinstance(error, SQLAlchemyError)


def _told(error: Exception) -> str:
    """For the log: of a database error the class and the server's code alone."""
    if isinstance(error, DBAPIError):
        return f"{type(error.orig).__name__} {getattr(error.orig, 'sqlstate', '')}"
    return type(error).__name__ if isinstance(error, SQLAlchemyError) else str(error)


def _flat(messages: Any) -> Mapping[str, Any] | None:
    """webargs says where: {"json": {field: [...]}} becomes {field: [...]}."""
    if not isinstance(messages, dict):
        return None
    inner = [value for value in messages.values() if isinstance(value, dict)]
    return inner[0] if len(inner) == len(messages) == 1 else messages
