"""Logging in and out: the password, then a second factor where there is one or the role demands one."""

from typing import Any

import segno
from flask import Response, request, url_for
from flask import session as cookie
from flask_security.proxies import _security
from markupsafe import Markup
from wtforms import PasswordField, StringField

from app.api import login, second_factors
from app.caller import caller
from app.login.second_factor import has_second_factor
from app.web.pages.entering.steps import Outcome, attempt, back, pending
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.language import N_
from app.web.pages.navigation import who
from app.web.pages.render import page, see
from app.web.pages.routes import pages


class LoginForm(PageForm):
    email = StringField(N_("E-mail address"), [Filled(), Longest(254)])
    password = PasswordField(N_("Password"), [Filled(), Longest(1024)])


class CodeForm(PageForm):
    code = StringField(N_("Code of the authenticator"), [Filled(), Longest(9)])


class RecoveryForm(PageForm):
    code = StringField(N_("Recovery code"), [Filled(), Longest(40)])


class PasswordAgainForm(PageForm):
    password = PasswordField(N_("Password"), [Filled(), Longest(1024)])


@pages.route("/login", methods=["GET", "POST"])
def log_in() -> Response:
    """The first step."""
    if who() is not None:
        return see(back())
    form = LoginForm.entered()
    outcome = Outcome()
    if form.sent_well():
        given = {"email": form.email.data, "password": form.password.data}
        outcome = attempt("security.login", lambda: login.login(given))
        if outcome.problem is None:
            return _next(outcome)
    status = 401 if outcome.problem else 422 if form.errors else 200
    return page("entering/log_in.html", status, form=form, refused=outcome.refused, next=back())


@pages.get("/login/second")
def second() -> Response:
    """The second step: by authenticator, passkey or recovery code, whichever the account has."""
    return _second(CodeForm(), RecoveryForm(), Outcome())


@pages.post("/login/second")
def second_code() -> Response:
    """The authenticator's code."""
    form = CodeForm.entered()
    outcome = Outcome()
    if form.sent_well():
        _choose("authenticator")
        outcome = attempt(
            "security.two_factor_token_validation", lambda: second_factors.two_factor_token_validation({})
        )
        if outcome.problem is None:
            return see(back())
    return _second(form, RecoveryForm(), outcome)


@pages.post("/login/recovery")
def second_recovery() -> Response:
    """A recovery code."""
    form = RecoveryForm.entered()
    outcome = Outcome()
    if form.sent_well():
        account = pending()
        _choose("authenticator" if account and account.tf_totp_secret else "webauthn")
        outcome = attempt("security.mf_recovery", lambda: second_factors.mf_recovery({}))
        if outcome.problem is None:
            return see(back())
    return _second(CodeForm(), form, outcome)


@pages.get("/login/recovery")
def recovery_again() -> Response:
    """Where somebody lands who reloads a refused code."""
    return see(url_for("pages.second", next=back()))


@pages.get("/login/set-up")
def set_up_in_login() -> Response:
    """A role that demands a second factor, and an account that has none: it is set up before going on."""
    if who() is not None:
        return see(back())
    if pending() is None:
        return see(url_for("pages.log_in", next=back()))
    return page("entering/set_up.html", next=back())


@pages.post("/login/set-up")
def begin_set_up_in_login() -> Response:
    """Shows the secret as a QR code."""
    made = attempt("security.two_factor_setup", lambda: second_factors.two_factor_setup({}))
    if made.problem is not None:
        return see(url_for("pages.log_in", next=back()))
    return set_up_shown("entering/set_up_code.html", CodeForm(), Outcome())


@pages.post("/login/set-up/code")
def finish_set_up_in_login() -> Response:
    """The new authenticator's first code logs in."""
    form, outcome = CodeForm.entered(), Outcome()
    if form.sent_well():
        outcome = attempt("security.two_factor_confirm", lambda: second_factors.two_factor_confirm({}))
        if outcome.problem is None:
            return see(url_for("pages.recovery_codes", next=back()))
        if outcome.problem.code == "login-step":
            return see(url_for("pages.log_in", next=back()))
    return set_up_shown("entering/set_up_code.html", form, outcome)


@pages.get("/login/set-up/code")
def set_up_again() -> Response:
    """Where somebody lands who reloads a refused code."""
    return see(url_for("pages.set_up_in_login", next=back()))


@pages.post("/logout")
def log_out() -> Response:
    """The session ends on the server."""
    attempt("security.logout", login.logout)
    return see(url_for("pages.logged_out"))


@pages.get("/logged-out")
def logged_out() -> Response:
    return page("entering/logged_out.html")


@pages.route("/login/again", methods=["GET", "POST"])
def prove_again() -> Response:
    """The password once more, before something that changes how somebody logs in."""
    form, outcome = PasswordAgainForm.entered(), Outcome()
    if form.sent_well():
        outcome = attempt("security.verify", lambda: login.verify({"password": form.password.data}))
        if outcome.problem is None:
            return see(back())
    status = 401 if outcome.problem else 200
    return page(
        "entering/prove_again.html",
        status,
        form=form,
        refused=outcome.refused,
        next=back(),
        email=caller().account.email,
    )


def qr(text: str) -> Markup:
    """A QR code as SVG without style."""
    drawn: str = segno.make(text, error="m").svg_inline(omitsize=True, border=2)
    return Markup(drawn)  # noqa: S704 # nosec B704 - drawn by the library, without the text in it


def _next(outcome: Outcome) -> Response:
    """After the password: in, or to the second step."""
    answer = outcome.answer
    if not answer.get("tf_required"):
        return see(back())
    if answer.get("tf_state") == "setup_from_login":
        return see(url_for("pages.set_up_in_login", next=back()))
    return see(url_for("pages.second", next=back()))


def _choose(which: str) -> None:
    """Where there are several second factors, the library wants to be told which one comes."""
    if cookie.get("tf_select"):
        attempt("security.tf_select", lambda: second_factors.tf_select({"which": which}))


def _second(form: CodeForm, recovery: RecoveryForm, outcome: Outcome) -> Response:
    account = pending()
    if who() is not None:
        return see(back())
    if account is None:
        return see(url_for("pages.log_in", next=back()))
    if outcome.problem is not None and outcome.problem.code == "login-step":
        return see(url_for("pages.log_in", next=back()))
    return page(
        "entering/second.html",
        401 if outcome.problem else 200,
        form=form,
        recovery=recovery,
        refused=outcome.refused,
        next=back(),
        has_authenticator=bool(account.tf_totp_secret and account.tf_primary_method),
        has_passkey=any(key.usage == "secondary" for key in account.webauthn),
        several=bool(cookie.get("tf_select")),
        has_codes=bool(account.mf_recovery_codes),
        of_recovery=request.endpoint == "pages.second_recovery",
        has_any=has_second_factor(account),
    )


def set_up_shown(template: str, form: CodeForm, outcome: Outcome, **more: Any) -> Response:
    """The secret that the session keeps until its first code is given, to be scanned or typed in."""
    account: Any = pending() or (caller().account if who() else None)
    stored = cookie.get("tf_totp_secret")
    if account is None or not stored:
        return see(url_for("pages.log_in", next=back()))
    values = _security.totp_factory.fetch_setup_values(stored, account)
    return page(
        template,
        401 if outcome.problem else 200,
        form=form,
        refused=outcome.refused,
        qr=qr(values["uri"]),
        secret=values["key"],
        next=back(),
        **more,
    )
