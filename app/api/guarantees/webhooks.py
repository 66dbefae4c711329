"""Webhooks of a guarantor: where its machine is told that something happened (docs/spec/bank-api.md)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.api.document import ApiRoutes
from app.api.schemas import webhooks as schemas
from app.caller import caller
from app.context import now, parts, session
from app.errors import ProblemError
from crypto import party_keys
from guarantees.webhooks import announcing, subscriptions
from guarantees.webhooks.kinds import Kind
from guarantees.webhooks.models import DeliveryRow, WebhookRow

routes = ApiRoutes("webhooks", __name__, url_prefix="/api/webhooks", description="Webhooks of guarantors")
_ONE = "/<uuid:webhook_id>"
_REFUSES = (400, 401, 403, 404, 409)


@routes.operation("GET", "/key", gives=schemas.WebhookKey)
def signing_key() -> dict[str, Any]:
    """The key that signs webhooks"""
    spki = party_keys.spki(parts().settings.webhook_key().public_key())
    return {"key_id": party_keys.key_id(spki), "algorithm": "ed25519", "key": spki}


@routes.operation("GET", "", gives=schemas.Webhook, many=True, refuses=(401, 403))
def list_webhooks() -> Sequence[WebhookRow]:
    """List the organisation's webhooks"""
    return subscriptions.of_organisation(session(), _organisation())


@routes.operation(
    "POST", "", takes=schemas.NewWebhook, gives=schemas.Webhook, status=201, refuses=(400, 401, 403, 409)
)
def subscribe(given: dict[str, Any]) -> WebhookRow:
    """Be told by webhook"""
    row = subscriptions.subscribe(
        session(),
        _organisation(),
        given["url"],
        [Kind(kind) for kind in given["kinds"]],
        loopback=parts().settings.webhooks_loopback,
        now=now(),
        random=parts().random,
    )
    session().commit()
    return row


@routes.operation("DELETE", _ONE, status=204, refuses=_REFUSES)
def end_webhook(webhook_id: UUID) -> None:
    """Be told no more; what waits is not sent"""
    subscriptions.end(session(), _row(webhook_id), now=now())
    session().commit()


@routes.operation("POST", f"{_ONE}/test", gives=schemas.Delivery, status=202, refuses=_REFUSES)
def try_webhook(webhook_id: UUID) -> DeliveryRow:
    """Be sent a test"""
    row = announcing.announce_test(session(), _row(webhook_id), now=now(), random=parts().random)
    session().commit()
    return row


@routes.operation(
    "GET",
    f"{_ONE}/deliveries",
    query=schemas.DeliveriesQuery,
    gives=schemas.Delivery,
    many=True,
    refuses=(401, 403, 404),
)
def list_deliveries(given: dict[str, Any], webhook_id: UUID) -> Sequence[DeliveryRow]:
    """List what was sent, what waits, and what was given up (`state=dead`)"""
    return subscriptions.deliveries(session(), _row(webhook_id), given.get("state"))


@routes.operation(
    "POST", f"{_ONE}/deliveries/<uuid:delivery_id>/again", gives=schemas.Delivery, refuses=_REFUSES
)
def deliver_again(webhook_id: UUID, delivery_id: UUID) -> DeliveryRow:
    """Send again what was given up"""
    row = subscriptions.again(session(), _row(webhook_id), delivery_id, now=now())
    session().commit()
    return row


def _row(webhook_id: UUID) -> WebhookRow:
    return subscriptions.get(session(), _organisation(), webhook_id)


def _organisation() -> UUID:
    found = caller().membership
    if found is None:
        raise ProblemError("membership-needed")
    return found.organisation_id
