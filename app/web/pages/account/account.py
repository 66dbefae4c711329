"""My account: how I log in, my sessions, my tokens, and for whom I may act."""

from datetime import timedelta
from uuid import UUID

from flask import Response, request, url_for
from flask import session as cookie
from sqlalchemy import select
from wtforms import HiddenField, IntegerField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from app.api import login, passkeys, second_factors
from app.api import tokens as token_routes
from app.caller import caller
from app.context import now, session
from app.errors import ProblemError
from app.login import accounts, sessions, tokens
from app.models import LoginSession
from app.permissions import SCOPES
from app.web.pages.entering.log_in import CodeForm, set_up_shown
from app.web.pages.entering.steps import Outcome, attempt, back
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.language import N_, _
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from parties import members


class ChangePasswordForm(PageForm):
    password = PasswordField(N_("Present password"), [Filled(), Longest(1024)])
    new_password = PasswordField(N_("New password"), [Filled(), Longest(1024)])


class StateCodeForm(CodeForm):
    state = HiddenField()


class PasskeyNameForm(PageForm):
    name = StringField(N_("Name of the passkey"), [Filled(), Longest(64)])


class TokenForm(PageForm):
    name = StringField(N_("What it is for"), [Filled(), Longest(100)])
    days = IntegerField(N_("Days until it ends"), [NumberRange(1, 366)], default=90)
    scopes = SelectMultipleField(
        N_("What it may do"),
        choices=[(one, one) for one in SCOPES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


@pages.get("/account")
def account() -> Response:
    """All of it."""
    return _account()


@pages.route("/account/password", methods=["GET", "POST"])
def change_password() -> Response:
    """Every other session ends."""
    form, outcome = ChangePasswordForm.entered(), Outcome()
    if form.sent_well():
        given = {"password": form.password.data, "new_password": form.new_password.data}
        outcome = attempt("security.change_password", lambda: login.change_password(given))
        if outcome.problem is None:
            return see(url_for("pages.account", done="password"))
        if outcome.problem.code == "password-refused":
            form.refuse("new_password", _("At least 12 characters, and none of the well-known ones."))
            outcome = Outcome()
    return page(
        "account/password.html",
        422 if form.errors or outcome.problem else 200,
        form=form,
        refused=outcome.refused,
    )


@pages.post("/account/sessions")
def end_sessions() -> Response:
    """All sessions end but this one."""
    keep, who = sessions.present(), caller()
    accounts.end_sessions(session(), who.account, now=now())
    if keep is not None:
        keep.ended_at = None
    session().commit()
    return see(url_for("pages.account", done="sessions"))


@pages.post("/account/authenticator")
def begin_authenticator() -> Response:
    """A new secret, shown as a QR code; nothing changes until its first code is given."""
    made = _fresh(attempt("security.two_factor_setup", lambda: second_factors.two_factor_setup({})))
    if made.problem is not None:
        return _account(made)
    form = StateCodeForm(data={"state": made.answer["tf_state_token"]})
    return set_up_shown("account/authenticator.html", form, Outcome())


@pages.post("/account/authenticator/code")
def finish_authenticator() -> Response:
    """The new authenticator's first code."""
    form, outcome = StateCodeForm.entered(), Outcome()
    if form.sent_well():
        given = {"state": form.state.data, "code": form.code.data}
        outcome = attempt("security.two_factor_confirm", lambda: second_factors.two_factor_confirm(given))
        if outcome.problem is None:
            cookie.pop("tf_totp_secret", None)
            has_codes = bool(caller().account.mf_recovery_codes)
            return see(
                url_for("pages.account" if has_codes else "pages.recovery_codes", done="authenticator")
            )
    return set_up_shown("account/authenticator.html", form, outcome)


@pages.get("/account/authenticator/code")
@pages.get("/account/authenticator", endpoint="authenticator")
def authenticator_again() -> Response:
    """Where somebody lands who reloads."""
    return see(url_for("pages.account"))


@pages.route("/account/recovery-codes", methods=["GET", "POST"])
def recovery_codes() -> Response:
    """One-time codes for when the authenticator is lost; shown once, when they are made."""
    made = Outcome()
    if request.method == "POST":
        made = _fresh(attempt("security.mf_recovery_codes", lambda: second_factors.mf_recovery_codes({})))
    return page(
        "account/recovery_codes.html",
        refused=made.refused,
        codes=made.answer.get("recovery_codes"),
        left=len(caller().account.mf_recovery_codes or ()),
        next=back(),
    )


@pages.post("/account/passkeys/removal")
def remove_passkey() -> Response:
    """Not the last second factor of somebody whose role demands one."""
    name = request.form.get("name", "")
    outcome = _fresh(attempt("security.wan_delete", lambda: passkeys.wan_delete({"name": name})))
    return _account(outcome) if outcome.problem else see(url_for("pages.account", done="passkey"))


@pages.route("/account/tokens", methods=["GET", "POST"])
def make_token() -> Response:
    """A token for a program, shown this once."""
    form, outcome = TokenForm.entered(), Outcome()
    if form.sent_well():
        if not form.scopes.data:
            form.refuse("scopes", _("Choose one at least."))
        else:
            given = {"name": form.name.data.strip(), "scopes": form.scopes.data, "days": form.days.data}
            outcome = _fresh(attempt("tokens.make_token", lambda: _as_json(token_routes.make_token(given))))
            if outcome.problem is None:
                return page(
                    "account/token_made.html",
                    token=outcome.answer["token"],
                    ends=timedelta(days=form.days.data) + now(),
                )
    status = 422 if form.errors or outcome.problem else 200
    longest = tokens.LONGEST_LIFE.days
    return page("account/token.html", status, form=form, refused=outcome.refused, longest=longest)


@pages.post("/account/tokens/<uuid:token_id>/revocation")
def revoke_token(token_id: UUID) -> Response:
    tokens.revoke(session(), caller().account, token_id, now=now())
    session().commit()
    return see(url_for("pages.account", done="token"))


@pages.route("/choose", methods=["GET", "POST"])
def choose() -> Response:
    """For which organisation and in which role to act."""
    if request.method == "POST":
        row, asked = sessions.present(), request.form.get("membership", "")
        chosen = next((one for one in caller().may_act_as if str(one.id) == asked), None)
        if chosen is None or row is None:
            raise ProblemError("unknown")
        row.membership_id = chosen.id
        session().commit()
        return see(back())
    return page("account/choose.html", memberships=caller().may_act_as, next=back())


def _account(outcome: Outcome | None = None) -> Response:
    who, database = caller(), session()
    open_ = select(LoginSession).where(
        LoginSession.account_id == who.account.id, LoginSession.ended_at.is_(None)
    )
    open_ = open_.where(LoginSession.began_at > now() - sessions.LONGEST).order_by(
        LoginSession.began_at.desc()
    )
    present = sessions.present()
    return page(
        "account/account.html",
        409 if outcome else 200,
        account=who.account,
        refused=outcome.refused if outcome else None,
        has_authenticator=bool(who.account.tf_totp_secret and who.account.tf_primary_method),
        passkeys=sorted(who.account.webauthn, key=lambda one: one.name),
        passkey_form=PasskeyNameForm(),
        codes_left=len(who.account.mf_recovery_codes or ()),
        sessions=database.scalars(open_).all(),
        this_session=present.id if present else None,
        tokens=tokens.of_account(database, who.account, now=now()),
        memberships=members.of_person(database, who.account.id),
        done=request.args.get("done", ""),
    )


def _fresh(outcome: Outcome) -> Outcome:
    """What needs a login that is fresh goes by way of the password, and comes back with what was entered."""
    if outcome.problem is not None and outcome.problem.code in {"fresh-login-needed", "login-needed"}:
        raise ProblemError(outcome.problem.code)
    return outcome


def _as_json(made: dict[str, object]) -> dict[str, object]:
    return {"token": made["token"]}
