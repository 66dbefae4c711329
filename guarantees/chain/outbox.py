"""What is wanted on chain: a row, in the transaction of the facts that make it wanted. The sender does the rest.

    with database.session() as session:
        guarantee.sign(session, ..., now=now)
        outbox.want(session, calls.issue(commitment, expiry), key=key, purpose=f"issue {id}", now=now)
        session.commit()

The purpose says what the act is for, once and for all: wanting it again is wanting it once. States:

    wanted ---> signed ---> sent ---> mined ---> confirmed
       |          ^           |         |------> reverted     the contract refused; final
       |          '-----------'<--------'                     replaced with a higher fee; undone by a reorganisation
       '--> refused                                           can never be sent; final
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from guarantees.chain.calls import Call
from guarantees.chain.errors import ChainError, PurposeTakenError
from guarantees.chain.models import OutboxRow
from guarantees.chain.terms import ADDRESS_SIZE

WANTED, SIGNED, SENT, MINED = "wanted", "signed", "sent", "mined"
CONFIRMED, REVERTED, REFUSED = "confirmed", "reverted", "refused"
OPEN = (WANTED, SIGNED, SENT, MINED)
FINAL = (CONFIRMED, REVERTED, REFUSED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an act is. `error` is the contract's refusal (name, fields, sentence) once it is reverted or refused.

    `block` and `transaction` are there from "mined" on; only "confirmed" and "reverted" are beyond a reorganisation
    of the configured depth. `trouble` is what was in the way last.
    """

    id: int
    purpose: str
    state: str
    block: int | None
    transaction: bytes | None
    error: dict[str, Any] | None
    trouble: str | None

    @property
    def is_final(self) -> bool:
        return self.state in FINAL


def want(session: Session, call: Call, *, key: bytes, purpose: str, now: datetime) -> int:
    """Puts the call into the caller's transaction, to be sent by `key` (the account's 20 bytes); its id.

    A purpose that is there already, for the same call and key, is that row. Raises PurposeTakenError if it is there for
    another. A second transaction that wants the same at the same time waits here for the first.
    """
    if len(key) != ADDRESS_SIZE:
        raise ChainError("the key of an act is its account's address, 20 bytes")
    values = {
        "purpose": purpose,
        "key": key,
        "contract": call.contract,
        "data": call.data,
        "gas": call.gas,
        "requested_at": now,
        "state": WANTED,
    }
    statement = insert(OutboxRow).values(values).on_conflict_do_nothing(index_elements=["purpose"])
    made = session.execute(statement.returning(OutboxRow.id)).scalar_one_or_none()
    if made is not None:
        return made
    there = session.execute(select(OutboxRow).where(OutboxRow.purpose == purpose)).scalar_one()
    if (there.key, there.contract, there.data) != (key, call.contract, call.data):
        raise PurposeTakenError(
            f"another act was wanted for the purpose {purpose!r}: choose a name for this one"
        )
    return there.id


def progress(session: Session, purpose: str) -> Progress | None:
    """How far the act of this purpose is; None if nobody wanted it."""
    query = select(OutboxRow).where(OutboxRow.purpose == purpose).execution_options(populate_existing=True)
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        return None
    return Progress(row.id, row.purpose, row.state, row.block, row.transaction, row.error, row.trouble)


def counts(session: Session) -> dict[str, int]:
    """How many acts are in each state."""
    query = select(OutboxRow.state, func.count().label("number")).group_by(OutboxRow.state)
    return {row.state: row.number for row in session.execute(query)}


def troubles(session: Session, limit: int = 10) -> list[str]:
    """The sentences about what is in the way of open acts, oldest act first."""
    query = select(OutboxRow.purpose, OutboxRow.trouble).where(
        OutboxRow.state.in_(OPEN), OutboxRow.trouble.is_not(None)
    )
    return [
        f"{purpose}: {trouble}"
        for purpose, trouble in session.execute(query.order_by(OutboxRow.id).limit(limit))
    ]
