"""The tables of webhooks: subscriptions, and the outbox of what is to be told. Only this package writes them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from parties.models import Organisation
from storage.base import Base

WAITING, DELIVERED, DEAD = "waiting", "delivered", "dead"


class WebhookRow(Base):
    """Where a guarantor wants to be told, and of which kinds; of all if none is named."""

    __tablename__ = "guarantee_webhook"
    __table_args__ = (Index("guarantee_webhook_organisation_id_index", "organisation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("party_organisation.id"))
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="raise")


class DeliveryRow(Base):
    """One event for one subscription. `due_at` is when it is sent next, or, while it is being sent, when whoever sends
    it is taken for dead."""

    __tablename__ = "guarantee_webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id", name="guarantee_webhook_delivery_event_key"),
        CheckConstraint("state IN ('waiting', 'delivered', 'dead')", name="state"),
        CheckConstraint("(state = 'waiting') = (due_at IS NOT NULL)", name="due"),
        CheckConstraint("(state = 'waiting') = (done_at IS NULL)", name="done"),
        Index("guarantee_webhook_delivery_due_index", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index("guarantee_webhook_delivery_done_index", "done_at", postgresql_where="done_at IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("guarantee_webhook.id"))
    event_id: Mapped[UUID]
    kind: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[datetime]
    state: Mapped[str]
    due_at: Mapped[datetime | None]
    attempts: Mapped[int]
    last_status: Mapped[int | None]
    trouble: Mapped[str]
    done_at: Mapped[datetime | None]

    webhook: Mapped[WebhookRow] = relationship(lazy="joined")
