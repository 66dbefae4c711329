"""What oversight refuses, as problem+json: one table for its blueprints."""

from flask import Blueprint, Response

from app.api.problem import problem
from custody.errors import CustodyError
from oversight.errors import DrawRefusedError, NotFoundError, OversightError, TooEarlyError


def install(routes: Blueprint) -> None:
    """Answers the errors of oversight and custody on these routes."""

    @routes.errorhandler(OversightError)
    def refused(error: OversightError) -> Response:
        if isinstance(error, NotFoundError):
            return problem(404, "not-found", str(error))
        if isinstance(error, TooEarlyError):
            return problem(409, "too-early", str(error), retry_after=2)
        if isinstance(error, DrawRefusedError):
            return problem(409, "refused", str(error), rule=error.rule)
        return problem(422, "invalid", str(error))

    @routes.errorhandler(CustodyError)
    def not_ready(error: CustodyError) -> Response:
        return problem(409, "custody", str(error))
