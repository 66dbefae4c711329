"""What anyone may ask: whether a guarantee is valid, by the number and the code on its letter; and the statistics."""

from typing import Any

from app.api.document import ApiRoutes
from app.api.schemas import guarantees as schemas
from app.context import now, parts, session
from app.errors import ProblemError
from guarantees import statistics
from guarantees.public_check import Answer
from guarantees.statistics import Statistics

routes = ApiRoutes(
    "guarantee_check", __name__, url_prefix="/api/guarantee-check", description="Guarantees, for everybody"
)


@routes.operation("GET", "", query=schemas.CheckQuery, gives=schemas.CheckAnswer, refuses=(429,))
def check_guarantee(given: dict[str, Any]) -> Answer:
    """Check a guarantee by its number and code

    Before the opening the answer is `valid` or `not-known`, and nothing else, whoever asks. After too many that found
    nothing, of one number or of all, there is none for a minute.
    """
    return parts().guesses.check(session(), given["number"], given["code"], now=now())


@routes.operation(
    "GET", "/statistics", query=schemas.StatisticsQuery, gives=schemas.StatisticsShown, refuses=(422,)
)
def get_statistics(given: dict[str, Any]) -> Statistics:
    """Number, sum, capital freed, average time to issue, demands and their outcomes, in a period

    Of the guarantees that openings have revealed, by the day of their issue; `until` is the first instant after.
    """
    if given["since"] >= given["until"]:
        raise ProblemError("invalid", errors={"until": ["It comes after `since`."]})
    return statistics.of_platform(
        session(),
        given["currency"],
        since=given["since"],
        until=given["until"],
        guarantor=given.get("guarantor"),
    )
