"""What a sender works with, and what its steps share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from guarantees.chain.fees import Fee
from guarantees.chain.gateway import Gateway
from guarantees.chain.models import AttemptRow, OutboxRow
from guarantees.chain.signer import Signer, signed_by
from guarantees.chain.transaction import Transaction, hash_of
from storage.database import Database

Probe = Callable[[str], None]
"""Called before, during and after each step, as "before plan": where tests let a crash happen."""

IN_FLIGHT = 16
"""Transactions of one key that may wait to be mined: what go-ethereum's pool keeps of each account for certain."""

HIGHEST_FEE = 500 * 10**9
"""Wei a unit of gas beyond which a stuck transaction is left alone and said to be stuck."""


def _no_probe(step: str) -> None:
    """Production's probe."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a sender works with.

    depth: how many blocks must stand upon one before what is in it counts as final.
    patience: how long a transaction may wait before it is sent again; after three times that its fee is raised.
    """

    database: Database
    gateway: Gateway
    signer: Signer
    clock: Callable[[], datetime]
    depth: int = 12
    patience: timedelta = timedelta(seconds=15)
    highest_fee: int = HIGHEST_FEE
    in_flight: int = IN_FLIGHT
    probe: Probe = _no_probe

    @property
    def key(self) -> bytes:
        """The address that sends."""
        return self.signer.address

    def to(self, row: OutboxRow) -> bytes:
        """Whom the row's call goes to: a contract, or the key itself."""
        return self.gateway.deployment.address(row.contract) if row.contract else self.key

    def attempt(self, row: OutboxRow, nonce: int, fee: Fee) -> AttemptRow:
        """A signed transaction for the row, to be added in the transaction that gives it the nonce."""
        chain_id = self.gateway.deployment.chain_id
        transaction = Transaction(chain_id, nonce, fee, row.gas, self.to(row), row.data)
        raw = signed_by(self.signer, transaction)
        return AttemptRow(
            outbox_id=row.id,
            nonce=nonce,
            hash=hash_of(raw),
            raw=raw,
            max_fee=fee.most,
            tip=fee.tip,
            signed_at=self.clock(),
        )


@dataclass(frozen=True, slots=True)
class Change:
    """New values for a row, if it still is in the state in which they were found out."""

    row: OutboxRow
    values: dict[str, Any]

    def apply(self, session: Session) -> None:
        same = (OutboxRow.id == self.row.id) & (OutboxRow.state == self.row.state)
        nonce = OutboxRow.nonce.is_(None) if self.row.nonce is None else OutboxRow.nonce == self.row.nonce
        session.execute(update(OutboxRow).where(same, nonce).values(self.values))


def apply(database: Database, changes: Sequence[Change]) -> bool:
    """All of them in one transaction; whether there were any."""
    if changes:
        with database.session() as session:
            for change in changes:
                change.apply(session)
            session.commit()
    return bool(changes)


def attempts_of(session: Session, rows: Sequence[OutboxRow]) -> dict[int, list[AttemptRow]]:
    """What was tried for each row, by the row's id, oldest first."""
    tried: dict[int, list[AttemptRow]] = {row.id: [] for row in rows}
    query = select(AttemptRow).where(AttemptRow.outbox_id.in_(tried)).order_by(AttemptRow.id)
    for attempt in session.execute(query).scalars() if tried else ():
        tried[attempt.outbox_id].append(attempt)
    return tried


def rows_in(session: Session, key: bytes, *states: str) -> list[OutboxRow]:
    """The key's rows in these states, by nonce."""
    query = select(OutboxRow).where(OutboxRow.key == key, OutboxRow.state.in_(states))
    return list(session.execute(query.order_by(OutboxRow.nonce)).scalars())
