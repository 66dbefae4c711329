"""In and out. Failures in a row lock a name, for longer each time, as on the platform (app/login/lockout.py)."""

from flask import Response, g, request, url_for
from wtforms import PasswordField, StringField

from app.desk_api.desk import desk, now, session
from app.desk_pages.gate import house, who
from app.desk_pages.render import page, pages, see
from app.login import lockout
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.language import N_, _
from app.web.pages.refusal import Refused

_NAMES = b"sunseal/desk-underwriters/v1"


class LogIn(PageForm):
    login = StringField(N_("Name for logging in"), [Filled(), Longest(32)])
    password = PasswordField(N_("Password"), [Filled(), Longest(200)])


@pages.route("/login", methods=["GET", "POST"])
def log_in() -> Response:
    form, refused, following = LogIn.entered(), None, _own(request.values.get("next", ""))
    if request.method == "GET" and who() is not None:
        return see(following)
    if form.sent_well():
        token = _entered(form.login.data.strip().lower(), form.password.data)
        if token is not None:
            response = see(following)
            secure = desk().url.startswith("https://")
            name = house().cookie
            response.set_cookie(name, token, httponly=True, samesite="Strict", secure=secure, path="/")
            return response
        refused = Refused(
            _("That name and password are not right, or the name is locked for a while."),
            next=_("Try again later. Who keeps the desk sets a new password."),
        )
    return page("log_in.html", 401 if refused else 200, form=form, refused=refused, next=following)


@pages.post("/logout")
def log_out() -> Response:
    house().sessions.end(request.cookies.get(house().cookie, ""))
    g.pop("underwriter", None)
    response = see(url_for("desk.log_in"))
    response.delete_cookie(house().cookie, path="/")
    return response


@pages.get("/logout")
def logged_out() -> Response:
    return see(url_for("desk.queue_page"))


def _entered(login: str, password: str) -> str | None:
    """The token of a new session. The attempt is counted, and committed, before it is made."""
    name = lockout.name_hash(login, _NAMES)
    may = lockout.charge(session(), name, now=now())
    session().commit()
    found = house().underwriters.proven(login, password) if may else None
    if found is None:
        return None
    lockout.forgive(session(), name)
    session().commit()
    return house().sessions.begin(found.login, now=now(), random=desk().random)


def _own(place: str) -> str:
    """Where to go on: a path of this desk, else the queue."""
    is_path = place.startswith("/") and not place.startswith(("//", "/\\")) and place.isprintable()
    return place if is_path and "\\" not in place else url_for("desk.queue_page")
