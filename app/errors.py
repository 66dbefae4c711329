"""Errors as problem+json (RFC 9457): what every package raises, and what is wrong with a request, in the reader's
language.

    {"type": "urn:sunseal:problem:<code>", "code": "<code>", "status": 409, "title": <a sentence>, "next": <what to do>,
     "detail": <the reason, if it may be told>, "errors": {<field>: [...]}, "request": <the request's number>}

and, of some codes, members of their own: `violations` (refused by the law), `rule` (refused), `last` (sequence).

`title` and `next` are in Chinese or English, as Accept-Language prefers; so is `detail`, if the error carries both
languages, and else it is the error's own English sentence, given to every reader rather than left out. A bug, a
traceback, an address of a machine, a query: none of that is ever in an answer; it is in the log, under the request's
number.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from flask import Flask, Response, current_app, g, json, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app import intake_problems
from app.problems import CATALOGUE, Problem
from bidding.opening.errors import OpeningRefusedError, TroubleError
from bidding.tenders.errors import (
    DocumentError,
    DraftError,
    OcdsError,
    TooManyQuestionsError,
    UnknownTenderError,
)
from bidding.turned_away import TurnedAwayError
from crypto.errors import CryptoError
from custody.errors import CustodyError, NotAllowedError, SequenceError, UnknownKeyholderError
from guarantees.chain.errors import ChainError, NodeError
from guarantees.chain.errors import RefusedError as ContractRefusedError
from guarantees.errors import FormatError, GuaranteesError, SignatureError
from guarantees.errors import NotFoundError as NoGuaranteeError
from guarantees.errors import RefusedError as GuaranteeRefusedError
from guarantees.errors import StateError as GuaranteeStateError
from guarantees.webhooks.errors import TargetError
from ledger.errors import LedgerError, LogError
from oversight.complaints.errors import CaseError, UnknownCaseError
from oversight.errors import DrawRefusedError, NotFoundError, OversightError, ReportError, TooEarlyError
from parties.errors import PartiesError
from statutes.errors import RefusedError, RuleError, Violation
from statutes.said import Said
from storage.errors import StorageError

MEDIA_TYPE = "application/problem+json"
LANGUAGES = ("zh", "en")
PAGE_OF_PROBLEM = "sunseal.page-of-problem"
"""Under this name an application has what makes a problem a page, for callers that are people (app.web.pages)."""

log = logging.getLogger("app.errors")


class ProblemError(Exception):
    """Raised by a route to answer with a problem, of the catalogue if it is named by its code.

    `members` are the problem's own, beside those that every problem has.
    """

    def __init__(
        self,
        code: str | Problem,
        detail: str | Said | None = None,
        *,
        errors: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        violations: Sequence[Violation] = (),
        members: Mapping[str, Any] | None = None,
    ) -> None:
        self.problem = CATALOGUE[code] if isinstance(code, str) else code
        super().__init__(self.problem.code)
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.violations = violations
        self.members = members or {}

    def response(self) -> Response:
        """The answer."""
        return answer(
            self.problem,
            self.detail,
            errors=self.errors,
            headers=self.headers,
            violations=self.violations,
            members=self.members,
        )


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
    members: Mapping[str, Any] | None = None,
) -> Response:
    """The problem as a response: problem+json, or a page where a person asks."""
    as_page = current_app.extensions.get(PAGE_OF_PROBLEM)
    if as_page is not None and (made := as_page(problem, detail, errors, headers, violations)) is not None:
        return cast("Response", made)
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
    body.update(members or {})
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
    if isinstance(error, TurnedAwayError):  # before RuleError, which it is too
        return ProblemError(intake_problems.of(error.code), error.detail or None)
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
    if isinstance(error, UnknownTenderError | UnknownCaseError):
        return ProblemError("unknown", str(error))
    if isinstance(error, TooManyQuestionsError):
        return ProblemError("too-many", str(error), headers={"Retry-After": "3600"})
    if isinstance(error, DraftError | DocumentError | OcdsError | CaseError):
        return ProblemError("invalid", str(error))
    if isinstance(error, RuleError):
        return ProblemError("refused", str(error))
    if isinstance(error, LogError):
        return ProblemError("unavailable", str(error))
    if isinstance(error, LedgerError):  # before CryptoError, for some are both
        return ProblemError("ledger", str(error))
    if isinstance(error, CustodyError):
        return _of_custody(error)
    if isinstance(error, OversightError):
        return _of_oversight(error)
    if isinstance(error, GuaranteesError):
        return _of_guarantees(error)
    if isinstance(error, ContractRefusedError):
        return ProblemError("chain", str(error))
    if isinstance(error, CryptoError):
        return ProblemError("crypto", str(error))
    if isinstance(error, NodeError | ChainError | StorageError | OperationalError):
        return ProblemError("unavailable")  # its sentence names machines: it is for the log
    return None


def _of_guarantees(error: GuaranteesError) -> ProblemError:
    if isinstance(error, NoGuaranteeError):
        return ProblemError("unknown", str(error))
    if isinstance(error, TargetError):
        return ProblemError("invalid", error.said, errors={"url": [error.said.en]})
    if isinstance(error, GuaranteeRefusedError):
        code = "state" if isinstance(error, GuaranteeStateError) else "refused"
        return ProblemError(code, error.said, members={"rule": error.code})
    return ProblemError(
        "crypto" if isinstance(error, SignatureError | FormatError) else "refused", str(error)
    )


def _of_custody(error: CustodyError) -> ProblemError:
    if isinstance(error, SequenceError):
        return ProblemError("sequence", str(error), members={"last": error.last})
    if isinstance(error, UnknownKeyholderError):
        return ProblemError("unknown-keyholder", str(error))
    return ProblemError("not-allowed" if isinstance(error, NotAllowedError) else "custody", str(error))


def _of_oversight(error: OversightError) -> ProblemError:
    if isinstance(error, DrawRefusedError):
        return ProblemError("refused", error.said, members={"rule": error.rule})
    if isinstance(error, TooEarlyError):
        return ProblemError("too-early", error.said, headers={"Retry-After": "2"})
    if isinstance(error, NotFoundError):
        return ProblemError("not-found", error.said)
    return ProblemError("report" if isinstance(error, ReportError) else "invalid", error.said)


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


def register(app: Flask, note: Callable[[Exception], None] | None = None) -> None:
    """Makes every error of the application a problem. `note` writes down what went wrong on our side."""
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, partial(_of_exception, note or _note))


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


def _of_exception(note: Callable[[Exception], None], error: Exception) -> Response:
    problem = of_error(error)
    if problem is None or problem.problem.status >= 500:
        note(error)
    if problem is not None:
        return problem.response()
    if current_app.testing and current_app.config.get("PROPAGATE_BUGS"):
        raise error
    return answer(CATALOGUE["internal"])


def _note(error: Exception) -> None:
    """With the traceback of a bug, but without the values of a query's parameters, which may be secrets."""
    number = g.get("request_id", "?")
    if of_error(error) is None:
        log.error("request %s failed", number, exc_info=None if _is_database(error) else error)
        if not _is_database(error):
            return
    log.error("request %s: %s: %s", number, type(error).__name__, _told(error))


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
