"""Guarantees over REST, for people's pages and for guarantors' machines alike."""

from app.api.guarantees import changing, demanding, overseeing, public, routes, showing, webhooks

ALL = (routes, public, webhooks)
"""Modules with `routes`, in the order in which the description has them."""
ON_ONE = (overseeing, showing, demanding, changing)
"""These put their operations on app.api.guarantees.routes.routes when they are imported."""
