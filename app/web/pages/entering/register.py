"""Opening an account, confirming its address, and a new password for who forgot the old one."""

from flask import Response, request, url_for
from wtforms import PasswordField, StringField, TextAreaField

from app.api import accounts, login
from app.context import parts
from app.web.pages.entering.steps import Outcome, attempt
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.language import N_, _
from app.web.pages.render import page, see
from app.web.pages.routes import pages


class AccountForm(PageForm):
    name = StringField(N_("Your name"), [Filled(), Longest(100)])
    email = StringField(N_("E-mail address"), [Filled(), Longest(254)])
    password = PasswordField(N_("Password"), [Filled(), Longest(1024)])


class EmailForm(PageForm):
    email = StringField(N_("E-mail address"), [Filled(), Longest(254)])


class NewPasswordForm(PageForm):
    token = TextAreaField(N_("Code of the link: what stands after its #"), [Filled(), Longest(2048)])
    password = PasswordField(N_("New password"), [Filled(), Longest(1024)])


class ConfirmForm(PageForm):
    token = TextAreaField(N_("Code of the link: what stands after its #"), [Filled(), Longest(2048)])


@pages.route("/register", methods=["GET", "POST"])
def register() -> Response:
    """An account of a person; what it may act for comes afterwards."""
    form, outcome = AccountForm.entered(), Outcome()
    if form.sent_well():
        given = {
            name: form[name].data.strip() if name != "password" else form[name].data for name in form.data
        }
        outcome = attempt("accounts.open_account", lambda: accounts.open_account(given))
        if outcome.problem is None:
            return see(url_for("pages.registered"))
        outcome = _beside(form, outcome)
    return page("entering/register.html", 422 if form.errors else 200, form=form, refused=outcome.refused)


@pages.get("/registered")
def registered() -> Response:
    """The same for all, whatever became of it."""
    return page("entering/registered.html", by_mail=parts().settings.mail is not None)


@pages.route("/login/forgotten", methods=["GET", "POST"])
def forgotten() -> Response:
    """A way to a new password by mail, where the platform sends mail."""
    form, outcome = EmailForm.entered(), Outcome()
    if parts().settings.mail is not None and form.sent_well():
        outcome = attempt("security.forgot_password", lambda: login.forgot_password({}))
    sent = request.method == "POST" and outcome.problem is None and not form.errors
    return page(
        "entering/forgotten.html",
        form=form,
        refused=outcome.refused,
        sent=sent and parts().settings.mail is not None,
        by_mail=parts().settings.mail is not None,
    )


@pages.route("/login/new-password", methods=["GET", "POST"])
def new_password() -> Response:
    """Where the link of a mail leads. What stands after its # comes here by the page's program, or is pasted in."""
    form, outcome = NewPasswordForm.entered(), Outcome()
    if form.sent_well():
        given = {"token": form.token.data.strip().lstrip("#"), "password": form.password.data}
        outcome = attempt("security.reset_password", lambda: login.reset_password(given))
        if outcome.problem is None:
            return page("entering/done.html", sentence=_("The password is changed. Log in with it."))
        outcome = _beside(form, outcome)
    return page("entering/new_password.html", 422 if form.errors or outcome.problem else 200, form=form,
                refused=outcome.refused)  # fmt: skip


@pages.route("/login/confirm", methods=["GET", "POST"])
def confirm() -> Response:
    """Where the link of a mail leads that confirms an address."""
    form, outcome = ConfirmForm.entered(), Outcome()
    if form.sent_well():
        token = form.token.data.strip().lstrip("#")
        outcome = attempt("security.confirm_email", lambda: login.confirm_email({"token": token}))
        if outcome.problem is None:
            return page("entering/done.html", sentence=_("The address is confirmed. You can log in now."))
    return page("entering/confirm.html", 422 if form.errors or outcome.problem else 200, form=form,
                refused=outcome.refused)  # fmt: skip


def _beside(form: PageForm, outcome: Outcome) -> Outcome:
    """What is wrong with one field is said beside it."""
    code = outcome.problem.code if outcome.problem else ""
    if code == "password-refused":
        form.refuse("password", _("At least 12 characters, and none of the well-known ones."))
        return Outcome()
    if code == "invalid":
        form.refuse("email", _("This is no e-mail address."))
        return Outcome()
    return outcome
