"""Demands and their answers: a row, an entry, and the beneficiary's `demand` in the outbox.

The guarantor answers with a document here and an act of its own account on chain, whose hash binds the document. The
answer counts once the chain has the act (guarantees/after/following.py); a refusal or an extension only if its
document came within the five business days (guarantees/after/disregarded.py).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import canonical_json
from crypto.canonical_json import Json
from guarantees.after import demand_rules, steps
from guarantees.after.demand_rules import Answer, Attached
from guarantees.chain import calls, outbox
from guarantees.errors import NotFoundError, StateError
from guarantees.models import DemandRow, Guarantee
from guarantees.ports import LotsPort
from guarantees.signed import SignedGuarantee
from guarantees.tables.lifecycle import DEMANDED
from ledger.entries import GuaranteeDemanded
from statutes.said import Said

OPEN = "open"


def demand(
    session: Session,
    lots: LotsPort,
    guarantee: bytes,
    *,
    amount: int,
    ground: str,
    statement: str,
    documents: Sequence[Attached] = (),
    extension_days: int = 0,
    now: datetime,
) -> DemandRow:
    """The beneficiary demands `amount` (hundredths), or an extension of so many days in its place. The documents are
    stored by whoever calls. NotFoundError, StateError, RefusedError, UnknownYearError."""
    row = steps.locked(session, guarantee)
    signed = SignedGuarantee.parse(row.content)
    demand_rules.check_demand(
        signed.undertaking,
        state=row.state,
        expiry=row.expiry,
        amount=amount,
        extension_days=extension_days,
        ground=ground,
        statement=statement,
        documents=documents,
        now=now,
    )
    number = len(of(session, guarantee)) + 1
    content = _document(
        "demand-statement/v1",
        row,
        number,
        amount=amount,
        extension_days=extension_days,
        ground=ground,
        statement=statement.strip(),
        documents=_listed(documents),
        at=int(now.timestamp()),
    )
    examine_by = demand_rules.examine_by(lots.statute(session, row.lot, now=now), now)
    made = DemandRow(
        guarantee=guarantee,
        number=number,
        amount=amount,
        extension_days=extension_days,
        grounds=ground,
        statement=content,
        documents=_listed(documents),
        made_at=now,
        examine_by=examine_by,
        answer_by=None,
        state=OPEN,
        reply=None,
        answered_at=None,
    )
    session.add(made)
    row.state = DEMANDED
    session.flush()
    digest = hashlib.sha256(content).digest()
    purpose = f"demand {guarantee.hex()} {number}"
    call = calls.demand(signed.terms, amount, extension_days, digest)
    key = bytes.fromhex(signed.undertaking.on_chain.beneficiary)
    outbox.want(session, call, key=key, purpose=purpose, now=now)
    entry = GuaranteeDemanded(
        *(guarantee.hex(), number, amount, extension_days, digest.hex()),
        *(int(examine_by.timestamp()), int(now.timestamp())),
    )
    steps.take(session, row, entry, now=now, purpose=purpose)
    return made


def answer(
    session: Session,
    guarantee: bytes,
    given: Answer,
    *,
    reasons: Sequence[str] = (),
    documents: Sequence[Attached] = (),
    now: datetime,
) -> DemandRow:
    """The guarantor's answer to the open demand: the document whose SHA-256 its own account then puts on chain
    (`reply_hash`). Handed in again before that, the newer takes its place. NotFoundError, StateError, RefusedError."""
    row = steps.locked(session, guarantee)
    open_one = open_demand(session, guarantee)
    if open_one is None:
        raise NotFoundError("no demand of this guarantee is open")
    demand_rules.check_answer(
        given,
        state=open_one.state,
        examine_until=open_one.examine_by,
        extension_days=open_one.extension_days,
        reasons=reasons,
        documents=documents,
        now=now,
    )
    open_one.reply = _document(
        "demand-answer/v1",
        row,
        open_one.number,
        answer=str(given),
        reasons=[one.strip() for one in reasons if one.strip()],
        documents=_listed(documents),
        at=int(now.timestamp()),
    )
    session.flush()
    return open_one


def reply_hash(row: DemandRow) -> bytes:
    """What the guarantor's `pay` or `refuse` takes. StateError while there is no answer."""
    if row.reply is None:
        raise StateError("not-answered", Said("该索赔尚未答复。", "The demand is not answered yet."))
    return hashlib.sha256(row.reply).digest()


def given_answer(row: DemandRow) -> Answer | None:
    """What the reply says; None without one."""
    if row.reply is None:
        return None
    body = canonical_json.loads(row.reply)
    return Answer(str(body["answer"])) if isinstance(body, dict) else None


def of(session: Session, guarantee: bytes) -> list[DemandRow]:
    """All demands of a guarantee, oldest first."""
    query = select(DemandRow).where(DemandRow.guarantee == guarantee).order_by(DemandRow.number)
    return list(session.execute(query.execution_options(populate_existing=True)).scalars())


def open_demand(session: Session, guarantee: bytes) -> DemandRow | None:
    """The one that waits for its answer."""
    return next((one for one in of(session, guarantee) if one.state == OPEN), None)


def overdue(session: Session, *, now: datetime) -> list[DemandRow]:
    """Open demands whose days of examination ended without an answer, or whose refusal or extension never came on chain
    while the contract took it: what remains is to pay (URDG 758 article 24)."""
    query = select(DemandRow).where(DemandRow.state == OPEN, DemandRow.examine_by <= now)
    found = session.execute(query.order_by(DemandRow.examine_by)).scalars()
    return [one for one in found if is_overdue(one, now=now)]


def is_overdue(row: DemandRow, *, now: datetime) -> bool:
    """Whether a demand is one of those."""
    if row.state != OPEN or row.examine_by > now:
        return False
    given = given_answer(row)
    if given is None or given is Answer.PAID:
        return given is None
    return row.answer_by is not None and now.timestamp() > row.answer_by


def _document(kind: str, row: Guarantee, number: int, **fields: Json) -> bytes:
    return canonical_json.dumps(
        {"type": kind, "guarantee": row.id.hex(), "guarantee_number": row.number, "number": number, **fields}
    )


def _listed(documents: Sequence[Attached]) -> list[Json]:
    return [{"name": one.name, "sha256": one.sha256} for one in documents]
