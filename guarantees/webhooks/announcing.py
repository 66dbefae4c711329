"""The outbox: what happened, as a row for each subscription that wants to be told, in the transaction of what happened.

What is rolled back was never announced; what is committed is sent, however often the sender dies.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, func, literal, or_, select
from sqlalchemy.orm import Session

from crypto import canonical_json
from crypto.randomness import RandomBytes
from guarantees.webhooks.kinds import Kind
from guarantees.webhooks.models import WAITING, DeliveryRow, WebhookRow


def announce(
    session: Session, organisation_id: UUID, kind: Kind, subject: str, *, now: datetime, random: RandomBytes
) -> int:
    """How many subscriptions are told. `subject` is an id that tells nothing to whom it is not known already."""
    query = select(WebhookRow).where(
        WebhookRow.organisation_id == organisation_id,
        WebhookRow.ended_at.is_(None),
        or_(func.cardinality(WebhookRow.kinds) == 0, literal(str(kind)) == any_(WebhookRow.kinds)),
    )
    event = UUID(bytes=random(16), version=4)
    rows = [_row(webhook, event, kind, subject, now, random) for webhook in session.scalars(query)]
    session.add_all(rows)
    session.flush()
    return len(rows)


def announce_test(
    session: Session, webhook: WebhookRow, *, now: datetime, random: RandomBytes
) -> DeliveryRow:
    """For one subscription alone, whichever kinds it has."""
    row = _row(webhook, UUID(bytes=random(16), version=4), Kind.TEST, webhook.id.hex, now, random)
    session.add(row)
    session.flush()
    return row


def content(row: DeliveryRow) -> bytes:
    """What is sent, the same at each attempt: canonical JSON."""
    return canonical_json.dumps(
        {
            "id": str(row.event_id),
            "kind": row.kind,
            "subject": row.subject,
            "at": row.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )


def _row(
    webhook: WebhookRow, event: UUID, kind: Kind, subject: str, now: datetime, random: RandomBytes
) -> DeliveryRow:
    return DeliveryRow(
        id=UUID(bytes=random(16), version=4),
        webhook_id=webhook.id,
        event_id=event,
        kind=str(kind),
        subject=subject,
        created_at=now,
        state=WAITING,
        due_at=now,
        attempts=0,
        last_status=None,
        trouble="",
        done_at=None,
    )
