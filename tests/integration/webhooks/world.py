"""What tests of webhooks share: a guarantor, its subscriptions, a clock, and the sender."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from guarantees.webhooks import announcing, subscriptions
from guarantees.webhooks.job import Sender, Setting
from guarantees.webhooks.kinds import Kind
from guarantees.webhooks.models import DeliveryRow
from guarantees.webhooks.sending import Poster
from parties import members, organisations
from parties.roles import Role
from storage.database import Database

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CODES = ("91110000600037341L", "91350100M000100Y43")


@dataclass
class WebhookWorld:
    database: Database
    now: datetime = NOW
    options: dict[str, Any] = field(default_factory=lambda: {"loopback": True})
    made: int = 0

    def guarantor(self) -> UUID:
        with self.database.session() as session:
            person = members.add_person(session, "甲", now=NOW, random=token_bytes)
            found = organisations.establish(
                session, CODES[self.made], "甲银行", Role.GUARANTOR, person, now=NOW, random=token_bytes
            )
            session.commit()
        self.made += 1
        return found.id

    def subscribe(self, organisation: UUID, url: str, *kinds: Kind) -> UUID:
        with self.database.session() as session:
            row = subscriptions.subscribe(
                session, organisation, url, kinds, loopback=True, now=self.now, random=token_bytes
            )
            session.commit()
            return row.id

    def announce(
        self, organisation: UUID, kind: Kind = Kind.GUARANTEE_DEMANDED, subject: str = "ab" * 32
    ) -> int:
        with self.database.session() as session:
            told = announcing.announce(session, organisation, kind, subject, now=self.now, random=token_bytes)
            session.commit()
            return told

    def sender(self) -> Sender:
        poster = Poster(KEY, token_bytes, **self.options)
        return Sender(Setting(self.database, poster, lambda: self.now))

    def run(self) -> bool:
        return self.sender().run()

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def rows(self) -> Sequence[DeliveryRow]:
        with self.database.session() as session:
            return session.scalars(select(DeliveryRow).order_by(DeliveryRow.created_at, DeliveryRow.id)).all()

    def row(self) -> DeliveryRow:
        (found,) = self.rows()
        return found
