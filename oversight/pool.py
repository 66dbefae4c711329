"""The pool of experts: entry, review, suspension, removal, each an entry on the ledger that names nobody.

    entered -> admitted | refused -> (review) ...        admitted -> suspended -> (review) ... ; any -> removed

Only who is admitted is drawn. Each function locks the expert's row, writes what was said with a fresh salt, and appends
in the caller's transaction.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.randomness import RandomBytes
from ledger import log, sealed
from ledger.entries import Entry, ExpertEntered, ExpertRemoved, ExpertReviewed, ExpertSuspended
from oversight.committee import is_qualified
from oversight.errors import NotFoundError, PoolError
from oversight.pool_tables import (
    ADMITTED,
    ENTERED,
    REFUSED,
    REMOVED,
    SUSPENDED,
    ExpertRow,
    RecordRow,
    SpecialtyRow,
)
from oversight.register import ExpertRecord, employer_key, has_senior_title
from oversight.specialties import is_code, parents
from statutes.said import Said

EntryOf = Callable[[str, str], Entry]
"""Makes an entry of the expert's commitment and that of the record."""


def set_specialties(session: Session, names: Mapping[str, str]) -> int:
    """Adds codes with their names, or renames them; how many there are now. PoolError for what is no code.

    A code is never removed: experts and draws of the past have it.
    """
    for code, name in names.items():
        if not is_code(code) or not name:
            raise PoolError(
                Said(
                    f"{code[:20]!r} 不是带名称的 1 至 16 位大写字母和数字代码。",
                    f"{code[:20]!r} is no code of 1 to 16 capital letters and digits with a name",
                )
            )
    known = {**dict(session.execute(select(SpecialtyRow.code, SpecialtyRow.name)).all()), **names}
    for code, parent in parents(known).items():
        row = {"code": code, "parent": parent, "name": known[code]}
        statement = insert(SpecialtyRow).values(row)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["code"], set_={"parent": parent, "name": known[code]}
            )
        )
    return len(known)


def specialties(session: Session) -> dict[str, tuple[str, str]]:
    """(parent, name) by code."""
    query = select(SpecialtyRow).order_by(SpecialtyRow.code)
    return {row.code: (row.parent, row.name) for row in session.scalars(query)}


def enter(session: Session, record: ExpertRecord, *, now: datetime, random: RandomBytes) -> ExpertRow:
    """A new expert, not yet admitted. PoolError if the number is taken."""
    salt = random(sealed.SALT_SIZE)
    commitment = sealed.seal(canonical_json.dumps(record.identity()), salt)
    values = {
        **{name: getattr(record, name) for name in ("number", "name", "employer", "title", "contact")},
        **{name: getattr(record, name) for name in ("region", "years", "staff")},
        "employer_key": employer_key(record.employer),
        "specialties": sorted(record.specialties),
        "state": ENTERED,
        "commitment": commitment,
        "salt": salt,
    }
    statement = insert(ExpertRow).values(values).on_conflict_do_nothing(index_elements=["number"])
    row = session.scalars(statement.returning(ExpertRow)).one_or_none()
    if row is None:
        raise PoolError(
            Said(
                f"编号 {record.number} 已被占用：专家只录入一次。",
                f"the number {record.number} is taken: experts are entered once",
            )
        )
    body: dict[str, Json] = {"data": record.to_json(), "said": ENTERED}
    _say(session, row, body, ExpertEntered, now=now, random=random)
    return row


def review(
    session: Session,
    number: str,
    *,
    admit: bool,
    reason: str,
    now: datetime,
    random: RandomBytes,
    equal_level: bool = False,
) -> None:
    """Admits an expert, also one that was suspended, or refuses it.

    PoolError for who has not the years, or neither a senior title nor, as `equal_level` says with the reason, the equal
    of it (法37), and for who was removed.
    """
    row = _locked(session, number)
    qualified = is_qualified(row.years, has_senior_title=equal_level or has_senior_title(row.title))
    if admit and not qualified:
        raise PoolError(
            Said(
                "法37 要求从事相关领域工作满八年并具有高级职称；如属同等专业水平，请勾选并说明理由。",
                "法37 asks for eight years in the field and a senior title; "
                "say that the level is equal, if it is, and why",
            )
        )
    if equal_level and not reason:
        raise PoolError(
            Said(
                "请说明为何具有同等专业水平（法37）。",
                "say why the expert's level equals that of a senior title (法37)",
            )
        )
    row.state = ADMITTED if admit else REFUSED
    body: dict[str, Json] = {"equal_level": equal_level, "reason": reason, "said": row.state}
    _say(
        session, row, body, lambda name, hash_: ExpertReviewed(name, row.state, hash_), now=now, random=random
    )


def suspend(session: Session, number: str, *, reason: str, now: datetime, random: RandomBytes) -> None:
    """The expert is not drawn until a review admits it again. PoolError without a reason."""
    row = _locked(session, number)
    if not reason:
        raise PoolError(Said("暂停须说明理由。", "a suspension has a reason"))
    row.state = SUSPENDED
    body: dict[str, Json] = {"reason": reason, "said": SUSPENDED}
    _say(session, row, body, ExpertSuspended, now=now, random=random)


def remove(session: Session, number: str, *, reason: str, now: datetime, random: RandomBytes) -> None:
    """The expert leaves the pool for good. What it did before stays in the records."""
    row = _locked(session, number)
    if not reason:
        raise PoolError(Said("移出须说明理由。", "a removal has a reason"))
    row.state = REMOVED
    body: dict[str, Json] = {"reason": reason, "said": REMOVED}
    _say(session, row, body, ExpertRemoved, now=now, random=random)


def of(row: ExpertRow) -> ExpertRecord:
    """The expert's data as of now."""
    return ExpertRecord(
        *(row.number, row.name, row.employer, row.title, row.contact, row.region, row.years),
        tuple(row.specialties),
        row.staff,
    )


def _locked(session: Session, number: str) -> ExpertRow:
    query = select(ExpertRow).where(ExpertRow.number == number).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFoundError(Said("没有该编号的专家。", "no expert has this number"))
    if row.state == REMOVED:
        raise PoolError(
            Said(
                "该专家已移出专家库，不得恢复。", "the expert was removed from the pool, and that is for good"
            )
        )
    return row


def _say(
    session: Session,
    row: ExpertRow,
    body: dict[str, Json],
    entry: EntryOf,
    *,
    now: datetime,
    random: RandomBytes,
) -> None:
    salt, data = random(sealed.SALT_SIZE), canonical_json.dumps(body)
    entry_id = log.append(session, entry(row.commitment.hex(), sealed.seal(data, salt).hex()), now=now)
    session.add(RecordRow(entry_id=entry_id, expert_id=row.id, body=data, salt=salt, recorded_at=now))
    session.flush()
