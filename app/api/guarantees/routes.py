"""The operations on one guarantee hang on this; each module of the folder adds its own when it is imported."""

from app.api.document import ApiRoutes

routes = ApiRoutes(
    "guarantees", __name__, url_prefix="/api/guarantees", description="Guarantees from the opening on"
)
ONE = "/<string(maxlength=64):guarantee_id>"
READS = (401, 403, 404)
CHANGES = (400, 401, 403, 404, 409)
