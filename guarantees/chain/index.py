"""What the followed events say, for readers; and how the rows of guarantees and guarantors are derived from them.

Everything derived is folded anew from the stored events of whatever a batch touched. So following, rolling back and
rebuilding are one and the same computation over the same rows.
"""

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, inspect, select
from sqlalchemy.orm import Session

from guarantees.chain import abi, standing
from guarantees.chain.events import Event
from guarantees.chain.models import BlockRow, EventRow, GuaranteeRow, GuarantorRow
from guarantees.chain.refusals import State
from guarantees.chain.standing import Standing
from storage.base import Base

ROLES = ("RoleGranted", "RoleRevoked")
CHUNK = 1000
"""Guarantees that are folded at a time."""


def followed(session: Session) -> int | None:
    """The number of the newest block that was followed; None before the first."""
    return session.execute(select(func.max(BlockRow.number))).scalar_one()


def guarantee(session: Session, guarantee_id: bytes) -> Standing | None:
    """The guarantee as its events leave it; ask `.at(now)` for its state by the clock. None if none is known."""
    row = session.get(GuaranteeRow, guarantee_id, populate_existing=True)
    return None if row is None else _standing(row)


def guarantees_of(session: Session, guarantor: bytes) -> list[Standing]:
    """All that this guarantor issued, oldest first."""
    query = select(GuaranteeRow).where(GuaranteeRow.guarantor == guarantor)
    rows = session.execute(query.order_by(GuaranteeRow.issued_block, GuaranteeRow.id)).scalars()
    return [_standing(row) for row in rows]


def is_licensed(session: Session, guarantor: bytes) -> bool:
    """Whether it may issue, by the newest event that was followed."""
    row = session.get(GuarantorRow, guarantor, populate_existing=True)
    return row is not None and row.licensed


def history(session: Session, subject: bytes) -> list[EventRow]:
    """The events of a guarantee (its id) or of a log (its hash), oldest first."""
    query = select(EventRow).where(EventRow.subject == subject)
    return list(session.execute(query.order_by(EventRow.block, EventRow.log_index)).scalars())


def store(session: Session, events: Iterable[Event]) -> None:
    """Adds the events, and derives anew what they touch; the caller commits."""
    rows = [_row(event) for event in events]
    session.add_all(rows)
    session.flush()
    _derive(session, rows)


def forget(session: Session, above: int) -> int:
    """Takes back all that came from blocks above that number; how many events that were. The caller commits."""
    rows = list(session.execute(select(EventRow).where(EventRow.block > above)).scalars())
    session.execute(delete(EventRow).where(EventRow.block > above))
    session.expunge_all()
    _derive(session, rows)
    return len(rows)


def content(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is indexed, by table, in a form to compare: two indexes of one chain are equal in it."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    models: tuple[type[Base], ...] = (EventRow, GuaranteeRow, GuarantorRow)
    for model in models:
        mapper = inspect(model)
        rows = session.execute(select(*mapper.columns).order_by(*mapper.primary_key))
        found[model.__tablename__] = [tuple(repr(value) for value in row) for row in rows]
    return found


def _derive(session: Session, rows: Iterable[EventRow]) -> None:
    subjects: set[bytes] = set()
    accounts: set[str] = set()
    for row in rows:
        if _is_licensing(row):
            accounts.add(row.fields["account"])
        elif row.subject is not None and standing.is_about_a_guarantee(row.contract, row.name):
            subjects.add(row.subject)
    ordered = sorted(subjects)
    for start in range(0, len(ordered), CHUNK):
        _derive_guarantees(session, ordered[start : start + CHUNK])
    _derive_guarantors(session, accounts)


def _derive_guarantees(session: Session, subjects: list[bytes]) -> None:
    session.execute(delete(GuaranteeRow).where(GuaranteeRow.id.in_(subjects)))
    query = select(EventRow).where(EventRow.contract == abi.REGISTRY, EventRow.subject.in_(subjects))
    standings: dict[bytes, Standing] = {}
    for row in session.execute(query.order_by(EventRow.block, EventRow.log_index)).scalars():
        if row.subject is not None and standing.is_about_a_guarantee(row.contract, row.name):
            standings[row.subject] = standing.after(standings.get(row.subject), _event(row))
    for found in standings.values():
        values = asdict(found) | {"amount": _numeric(found.amount), "demanded": _numeric(found.demanded)}
        session.add(GuaranteeRow(**values | {"state": found.state.value}))
    session.flush()


def _derive_guarantors(session: Session, accounts: set[str]) -> None:
    addresses = [bytes.fromhex(account[2:]) for account in accounts]
    session.execute(delete(GuarantorRow).where(GuarantorRow.address.in_(addresses)))
    account = EventRow.fields["account"].astext
    query = select(EventRow).where(EventRow.name.in_(ROLES), account.in_(accounts))
    newest: dict[str, EventRow] = {}
    for row in session.execute(query.order_by(EventRow.block, EventRow.log_index)).scalars():
        if _is_licensing(row):
            newest[row.fields["account"]] = row
    for text, row in newest.items():
        licensed = row.name == "RoleGranted"
        address = bytes.fromhex(text[2:])
        session.add(GuarantorRow(address=address, licensed=licensed, changed_block=row.block))
    session.flush()


def _is_licensing(row: EventRow) -> bool:
    return row.contract == abi.REGISTRY and row.name in ROLES and row.subject == abi.GUARANTOR_ROLE


def _row(event: Event) -> EventRow:
    return EventRow(
        block=event.block,
        log_index=event.index,
        block_hash=event.block_hash,
        time=event.time,
        transaction=event.transaction,
        contract=event.contract,
        name=event.name,
        subject=event.subject,
        fields=event.json_fields(),
    )


def _event(row: EventRow) -> Event:
    """As it was decoded: of a guarantee's events every text field is bytes."""
    fields = {
        name: bytes.fromhex(value[2:]) if isinstance(value, str) else value
        for name, value in row.fields.items()
    }
    place = (row.block, row.block_hash, row.time, row.log_index, row.transaction)
    return Event(row.contract, row.name, fields, *place)


def _standing(row: GuaranteeRow) -> Standing:
    values = {column.name: getattr(row, column.name) for column in GuaranteeRow.__table__.columns}
    amounts = {name: None if values[name] is None else int(values[name]) for name in ("amount", "demanded")}
    return Standing(**values | amounts | {"state": State(row.state)})


def _numeric(amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount)
