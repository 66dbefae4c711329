"""Anyone checks a guarantee by its number and the code on its letter.

Before the opening the answer is "valid" or "not known", and nothing else: that a guarantee of this number stands on
chain by its guarantor's word, and has not expired, whoever it is for; also of one that was given back before its lot's
deadline. A question reads a row or two of many. From the
opening on it tells what has become of it; never who the bidder is, whose name the opening says where it is public.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from guarantees.after import steps
from guarantees.chain import index
from guarantees.chain.refusals import State
from guarantees.check_code import code_of, lookup_of, parse_code
from guarantees.errors import FormatError
from guarantees.models import Guarantee
from guarantees.ports import LotsPort
from guarantees.register import lookups
from guarantees.signed import SignedGuarantee
from guarantees.tables.lifecycle import EXPIRED, PRESENTED, REFUSED
from statutes.said import Said


class Validity(StrEnum):
    """The short answer."""

    VALID = "valid"
    NOT_KNOWN = "not-known"
    ENDED = "ended"


ANSWERS = {
    Validity.VALID: Said("保函有效。", "The guarantee is valid."),
    Validity.NOT_KNOWN: Said(
        "未查到该保函。请核对编号和校验码；刚开立的保函须待链上确认后才能查到。",
        "Not known. Compare number and code with the letter; one just issued is known once the chain has confirmed it.",
    ),
    Validity.ENDED: Said("保函已经终结。", "The guarantee has ended."),
}
_STANDING = frozenset({"presented", "demanded", "refused"})


@dataclass(frozen=True, slots=True)
class Told:
    """One step, and when."""

    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """What is told from the opening on. Amounts in hundredths; `state` as the platform has it, `on_chain` the chain."""

    guarantee: bytes
    number: str
    lot: str
    guarantor: str
    beneficiary: str
    amount: int
    currency: str
    issued_at: datetime
    expiry: datetime
    state: str
    on_chain: str
    history: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The short answer, and the long one if the guarantee was presented."""

    validity: Validity
    opened: Opened | None = None

    @property
    def said(self) -> Said:
        return ANSWERS[self.validity]


def check(session: Session, lots: LotsPort, number: str, code: str, *, now: datetime) -> Answer:
    """Whatever is wrong with number or code, the answer is the same."""
    try:
        wanted = parse_code(code)
    except FormatError:
        return Answer(Validity.NOT_KNOWN)
    rows = session.execute(select(Guarantee).where(Guarantee.number == number)).scalars()
    for found in rows:
        if code_of(SignedGuarantee.parse(found.content)) == wanted:
            answer = _opened(session, found, now)
            if now < lots.terms(session, found.lot, now=now).deadline:
                stands = answer.validity is Validity.VALID
                return Answer(Validity.VALID if stands else Validity.NOT_KNOWN)
            return answer
    # Nothing here knows a number before the opening: its guarantor told the platform a hash of number and code.
    if lookups.stands(session, lookup_of(number, wanted), now=now):
        return Answer(Validity.VALID)
    return Answer(Validity.NOT_KNOWN)


def _opened(session: Session, row: Guarantee, now: datetime) -> Answer:
    standing = index.guarantee(session, row.id)
    state = EXPIRED if row.state in (PRESENTED, REFUSED) and row.expiry < now else row.state
    history = tuple(Told(step.step, step.at) for step in steps.of(session, row.id))
    opened = Opened(
        guarantee=row.id,
        number=row.number,
        lot=row.lot,
        guarantor=row.guarantor,
        beneficiary=row.beneficiary,
        amount=row.amount,
        currency=row.currency,
        issued_at=row.issued_at,
        expiry=row.expiry,
        state=state,
        on_chain=str(State.NONE if standing is None else standing.at(int(now.timestamp()))),
        history=history,
    )
    return Answer(Validity.VALID if state in _STANDING else Validity.ENDED, opened)
