"""What a guarantor's desk sends on chain in answer to a demand, in the desk's own database and by its own key.

    pay, refuse, extend   an act of the guarantor's account, once a demand is answered by its document

The desk follows the chain itself, so it knows the demand by its event; the hash of the answer comes from the platform
(the document that was handed in there). The purpose names demand and answer: wanted again is wanted once.

The contract takes a refusal for fifteen days, as its outer limit; the five business days of URDG 758 article 20 are
counted here, by the official calendar, from the event of the demand. Where the platform knows of an earlier day (the
demand was made there the day before its event; a training counts shorter days), the platform's holds.
"""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from guarantees.after import demand_rules
from guarantees.after.demand_rules import Answer
from guarantees.chain import calls, index, outbox
from guarantees.chain.outbox import Progress
from guarantees.chain.refusals import State
from guarantees.chain.standing import Standing
from guarantees.errors import NotFoundError, RefusedError, StateError
from statutes import notices
from statutes.counting import CivilDays
from statutes.errors import UnknownYearError
from statutes.said import Said

_HASH = 32


def want_answer(session: Session, guarantee: bytes, given: Answer, document: bytes, *, now: datetime) -> str:
    """`document` is the SHA-256 of the answer (ignored for an extension, which has none on chain); the purpose under
    which the outbox has the act. NotFoundError; RefusedError without a document; StateError, also for a refusal or an
    extension after the days of examination."""
    standing = index.guarantee(session, guarantee)
    if standing is None:
        raise NotFoundError("the chain, as far as it was followed, has no such guarantee")
    if standing.state is not State.DEMANDED or standing.answer_by is None:
        raise StateError("no-demand", Said("链上没有未答复的索赔。", "On chain no demand is open."))
    until = examined_until(session, standing)
    if given is not Answer.PAID and until is not None and now >= until:
        raise demand_rules.too_late()
    if given is not Answer.EXTENDED and len(document) != _HASH:
        raise RefusedError(
            "answer-document",
            Said(
                "请填写付款凭证或者拒付通知的 SHA-256（32 字节）。",
                "Name the SHA-256 (32 bytes) of the proof of payment or the notice of refusal.",
            ),
        )
    match given:
        case Answer.PAID:
            call = calls.pay(standing.commitment, standing.answer_by, document)
        case Answer.REFUSED:
            call = calls.refuse(standing.commitment, standing.answer_by, document)
        case _:
            call = calls.extend(standing.commitment, standing.answer_by)
    purpose = _purpose(given, guarantee, standing.answer_by)
    others = [one for one in wanted(session, guarantee, standing.answer_by) if one.purpose != purpose]
    if any(one.state not in (outbox.REFUSED, outbox.REVERTED) for one in others):
        raise StateError(
            "answered",
            Said("该索赔已另作答复。", "Another answer to this demand is on its way to the chain."),
        )
    outbox.want(session, call, key=standing.guarantor, purpose=purpose, now=now)
    return purpose


def examined_until(session: Session, standing: Standing) -> datetime | None:
    """The first instant that is too late to refuse or extend: five business days after the newest demand's event, and
    never later than the contract's. None without a demand. Of a year whose calendar is not known, the contract's."""
    if standing.answer_by is None:
        return None
    outer = datetime.fromtimestamp(standing.answer_by, UTC)
    events = [one for one in index.history(session, standing.id) if one.name == "Demanded"]
    if not events:
        return outer
    made_at = datetime.fromtimestamp(events[-1].time, UTC)
    try:
        return min(outer, demand_rules.examined_until(CivilDays(notices.known()), made_at))
    except UnknownYearError:
        return outer


def wanted(session: Session, guarantee: bytes, answer_by: int) -> list[Progress]:
    """The answers to the demand that ends then (POSIX) which the outbox has, and how far each is."""
    found = (outbox.progress(session, _purpose(given, guarantee, answer_by)) for given in Answer)
    return [one for one in found if one is not None]


def _purpose(given: Answer, guarantee: bytes, answer_by: int) -> str:
    return f"{given} {guarantee.hex()} {answer_by}"
