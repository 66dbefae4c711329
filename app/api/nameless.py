"""What the routes of mailboxes have in common: nobody is known who sends, and nobody is told what fails inside.

`install` takes out of a request what browsers and proxies add to it, before any route runs; app.api.quiet does the same
for the submission side, outside Flask.
"""

from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from app.api.document import ApiRoutes
from app.api.quiet import NOBODY, TELLING
from app.errors import ProblemError
from ledger.errors import LogError
from storage.errors import BlobNotFoundError, StorageError


def install(routes: ApiRoutes, what: str, *, refuses_credentials: bool = False) -> None:
    """`what` is in these mailboxes, as a refusal names it. Credentials are refused where that is said, else unread."""

    @routes.before_request
    def forget() -> None:
        if refuses_credentials and ("Cookie" in request.headers or "Authorization" in request.headers):
            raise ProblemError(
                "cookie-not-wanted", "send no cookie and no credential here: nobody wants to know you"
            )
        for name in [*TELLING, "REMOTE_ADDR"]:
            request.environ.pop(name, None)
        request.environ["REMOTE_ADDR"] = NOBODY

    @routes.errorhandler(BlobNotFoundError)
    def absent(error: Exception) -> Response:  # noqa: ARG001
        return ProblemError("not-found", f"there is no such {what}").response()

    @routes.errorhandler(SQLAlchemyError)
    @routes.errorhandler(StorageError)
    @routes.errorhandler(LogError)
    def not_now(error: Exception) -> Response:  # noqa: ARG001 - what fails inside is not the sender's to know
        sentence = "the platform cannot take this now: send it again"
        return ProblemError("unavailable", sentence, headers={"Retry-After": "2"}).response()
