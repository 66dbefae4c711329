"""A problem as a page: what happened, why, what to do now. For whoever asks for HTML; programs get problem+json.

A reader who has to log in first is sent there, and back afterwards. A form whose session ended on the way is not lost:
the page of the problem carries what was entered, to be sent again; only if the form was one of our own pages', for
otherwise a stranger's page could have its values sent by a button of ours.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, request, url_for
from werkzeug.datastructures import MultiDict

from app.context import session
from app.problems import Problem
from app.web.pages.refused_sentences import in_chinese
from app.web.pages.render import page, see
from statutes.errors import Violation
from statutes.said import Said

NEXT = {
    "malformed": Said("请返回后重试。", "Go back and try again."),
    "invalid": Said("请返回并改正。", "Go back and correct it."),
    "method-not-allowed": Said("请从起始页重新进入。", "Start again from the start page."),
    "not-acceptable": Said("请从起始页重新进入。", "Start again from the start page."),
    "csrf": Said(
        "页面打开的时间太久，或浏览器未保存 Cookie。请重新发送；若仍出错，请允许本站的 Cookie。",
        "The page was open for too long, or the browser kept no cookie. Send it again; if that fails, allow this "
        "site's cookies.",
    ),
    "fresh-login-needed": Said("请再次输入密码。", "Give your password again."),
    "membership-needed": Said("请先选择。", "Choose one."),
    "second-factor-needed": Said(
        "请在“我的账户”中设置第二重验证，然后退出并重新登录。",
        "Set up a second factor under “My account”, then log out and in again.",
    ),
    "not-found": Said(
        "请检查地址，或从起始页查找。", "Check the address, or look for it from the start page."
    ),
}
"""What a person at a page does, where the catalogue speaks to whoever writes a program."""

_RESENT = frozenset(
    {"csrf", "login-needed", "fresh-login-needed", "membership-needed", "second-factor-needed"}
)
_NEVER_RESENT = frozenset({"csrf_token", "password", "new_password", "code"})
_PROGRAMS = ("/api/", "/ledger/checkpoint", "/ledger/tile/", "/ledger/anchor")


def answer(
    problem: Problem,
    detail: str | Said | None,
    errors: Mapping[str, Any] | None,
    headers: Mapping[str, str] | None,
    violations: Sequence[Violation],
) -> Response | None:
    """The page, or None for a caller that is to get problem+json."""
    if not _is_reader():
        return None
    opens = request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers
    if opens and (place := _way_out(problem.code)) is not None:
        return see(place)
    _leave_the_session(problem.status)
    response = page(
        "problem.html",
        problem.status,
        problem=problem,
        page_next=NEXT.get(problem.code, problem.next),
        detail=_detail(problem, detail),
        errors=errors or {},
        violations=violations,
        resend=_entered(problem.code),
        way_out=_way_out(problem.code),
        number=g.get("request_id"),
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(headers or {})
    return response


def _detail(problem: Problem, detail: str | Said | None) -> Said | None:
    """In both languages; nothing where the title says it."""
    if not isinstance(detail, str):
        return detail
    return None if problem.status == 404 else Said(in_chinese(detail), detail)


def _leave_the_session(status: int) -> None:
    """What the route had begun is undone; after a failure of ours the page asks the database nothing more."""
    if status >= 500:
        g.caller, g.ledger_state = None, None
    elif "database_session" in g:
        session().rollback()


def _is_reader() -> bool:
    """Whether a person asks: a page's route, or a path that none has, in a program that wants HTML."""
    if g.get("asks_for_step") or request.path.startswith(_PROGRAMS):
        return False
    return "text/html" in request.headers.get("Accept", "") or "HX-Request" in request.headers


def _way_out(code: str) -> str | None:
    """Where to go first; the page comes back here."""
    name = {
        "login-needed": "pages.log_in",
        "membership-needed": "pages.choose",
        "fresh-login-needed": "pages.prove_again",
    }.get(code)
    if name is None:
        return None
    back = {"next": request.full_path.rstrip("?")} if request.method == "GET" else {}
    return url_for(name) + (f"?{urlencode(back)}" if back else "")


def _entered(code: str) -> list[tuple[str, str]]:
    """What the form had, to be sent again; empty if there was none, or it was not ours."""
    if code not in _RESENT or request.method != "POST":
        return []
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return []
    form: MultiDict[str, str] = request.form
    return [(name, value) for name, value in form.items(multi=True) if name not in _NEVER_RESENT]
