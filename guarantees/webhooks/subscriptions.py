"""Subscriptions of an organisation, and what became of the deliveries to them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from guarantees.errors import NotFoundError, StateError
from guarantees.webhooks import target
from guarantees.webhooks.kinds import Kind
from guarantees.webhooks.models import DEAD, WAITING, DeliveryRow, WebhookRow
from statutes.said import Said

MAX_WEBHOOKS = 10
PAGE = 200


def subscribe(
    session: Session,
    organisation_id: UUID,
    url: str,
    kinds: Iterable[Kind],
    *,
    loopback: bool,
    now: datetime,
    random: RandomBytes,
) -> WebhookRow:
    """A new subscription. TargetError for an address that nothing is sent to, StateError for one too many."""
    target.parse(url, loopback=loopback)
    if len(of_organisation(session, organisation_id)) >= MAX_WEBHOOKS:
        raise StateError(
            "webhooks-full",
            Said(
                f"每个单位最多 {MAX_WEBHOOKS} 个回调地址，请先删除一个。",
                f"an organisation has at most {MAX_WEBHOOKS} webhooks: end one",
            ),
        )
    row = WebhookRow(
        id=UUID(bytes=random(16), version=4),
        organisation_id=organisation_id,
        url=url,
        kinds=sorted(set(kinds)),
        created_at=now,
        ended_at=None,
    )
    session.add(row)
    session.flush()
    return row


def of_organisation(session: Session, organisation_id: UUID) -> Sequence[WebhookRow]:
    """The live ones, oldest first."""
    return session.scalars(
        select(WebhookRow)
        .where(WebhookRow.organisation_id == organisation_id, WebhookRow.ended_at.is_(None))
        .order_by(WebhookRow.created_at, WebhookRow.id)
    ).all()


def get(session: Session, organisation_id: UUID, webhook_id: UUID) -> WebhookRow:
    """NotFoundError, also for another organisation's."""
    found = session.get(WebhookRow, webhook_id)
    if found is None or found.organisation_id != organisation_id or found.ended_at is not None:
        raise NotFoundError("there is no such webhook")
    return found


def end(session: Session, row: WebhookRow, *, now: datetime) -> None:
    """Nothing is sent there any more; what waited is dead."""
    row.ended_at = now
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.webhook_id == row.id, DeliveryRow.state == WAITING)
        .values(state=DEAD, due_at=None, done_at=now, trouble="the webhook was ended")
    )
    session.flush()


def deliveries(session: Session, row: WebhookRow, state: str | None = None) -> Sequence[DeliveryRow]:
    """The newest PAGE of them, newest first."""
    query = select(DeliveryRow).where(DeliveryRow.webhook_id == row.id)
    if state is not None:
        query = query.where(DeliveryRow.state == state)
    return session.scalars(query.order_by(DeliveryRow.created_at.desc(), DeliveryRow.id).limit(PAGE)).all()


def again(session: Session, row: WebhookRow, delivery_id: UUID, *, now: datetime) -> DeliveryRow:
    """Sends a dead delivery again, from the first attempt, under the same id. StateError if it is not dead."""
    found = session.get(DeliveryRow, delivery_id, with_for_update={"of": DeliveryRow}, populate_existing=True)
    if found is None or found.webhook_id != row.id:
        raise NotFoundError("there is no such delivery")
    if found.state != DEAD:
        raise StateError(
            "delivery-not-dead", Said("只有已放弃的通知可以重发。", "only what was given up is sent again")
        )
    found.state, found.due_at, found.done_at, found.attempts = WAITING, now, None, 0
    session.flush()
    return found
