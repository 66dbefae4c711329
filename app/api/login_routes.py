"""The blueprint of logging in, which several files put their operations on.

It has the name and its endpoints have the names of Flask-Security's own, so that the library finds them.
"""

from typing import Any, NoReturn

from flask import Response, current_app

from app.api.document import ApiRoutes
from app.context import now, session
from app.errors import ProblemError
from app.login import lockout, sessions
from app.models import Account

routes = ApiRoutes("security", __name__, url_prefix="/api/login", description="Logging in")


def charge(email: str) -> bool:
    """Counts an attempt under this name before it is made; whether it may be made."""
    allowed = lockout.charge(session(), sessions.counted_name(email), now=now())
    session().commit()
    return allowed


def forgive(account: Account) -> None:
    """The attempt was right: nothing is counted against the name."""
    lockout.forgive(session(), sessions.name_of(account))
    session().commit()


def answered(by_library: Any) -> Response:
    """What a view of the library, which are not all typed, answered."""
    return current_app.make_response(by_library)


def refuse_rescue() -> NoReturn:
    """The library asks for the address of this route, and app.permissions keeps it shut."""
    raise ProblemError("not-found")


routes.add_url_rule("/rescue", "two_factor_rescue", refuse_rescue, methods=["POST"])
