"""WSGI: what says who sends a request is taken from it before anything of ours sees it.

So no route, no error handler and no log of the submission application can keep it. What a reverse proxy before it
writes down is the operator's to switch off (docs/spec/submission.md).
"""

import logging
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from app.door import COOKIE

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

TELLING = (
    *("HTTP_COOKIE", "HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_FORWARDED", "HTTP_VIA"),
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_X_REQUEST_ID", "HTTP_FROM", "HTTP_DNT"),
    *("REMOTE_HOST", "REMOTE_PORT", "REMOTE_USER"),
)
NOBODY = "-"
_METHODS = frozenset({"PATCH", "DELETE", "HEAD"})

_log = logging.getLogger("sunseal.submission")


def quiet(application: Application) -> Application:
    """The application, knowing nothing of its clients; also with tus's X-HTTP-Method-Override put into effect."""

    def wrapped(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if "HTTP_COOKIE" in environ:
            environ[COOKIE] = True  # that there was one, so that it is refused; not which
        for name in TELLING:
            environ.pop(name, None)
        for name in [
            name for name in environ if name.startswith(("HTTP_X_FORWARDED", "HTTP_SEC_", "HTTP_CF_"))
        ]:
            del environ[name]
        environ["REMOTE_ADDR"] = NOBODY
        override = environ.pop("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        if environ["REQUEST_METHOD"] == "POST" and override in _METHODS:
            environ["REQUEST_METHOD"] = override
        return application(environ, start_response)

    return wrapped


def log_fault(error: BaseException) -> None:
    """Writes down what went wrong in our code and where: no message, no path, no value of the request."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    _log.error("an error in the submission application: %s at %s", type(error).__name__, where)
