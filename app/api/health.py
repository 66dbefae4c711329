"""Whether the process lives, and whether it can serve: for whoever restarts it or sends it traffic."""

from sqlalchemy import text

from app.api.document import ApiRoutes
from app.api.schemas.parties import Health
from app.context import session

routes = ApiRoutes("health", __name__, url_prefix="/api/health", description="Whether the platform is well")


@routes.operation("GET", "/live", gives=Health)
def live() -> dict[str, str]:
    """The process answers"""
    return {"state": "well"}


@routes.operation("GET", "/ready", gives=Health, refuses=(503,))
def ready() -> dict[str, str]:
    """The database answers too; 503 if not"""
    session().execute(text("SELECT 1"))
    return {"state": "well"}
