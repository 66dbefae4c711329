"""Refusals and extensions that the chain has and that do not count: without the guarantor's document, given in time.

The contract takes either for fifteen days, its outer limit (docs/spec/guarantee.md); the five business days of URDG 758
article 20 are the platform's rule, which takes no document after them. An answer on chain whose document the platform
does not hold leaves the demand open here: nothing releases the guarantee, and after the days what remains is to pay
(article 24). On chain the demand is then made once more by the beneficiary's account, since the contract takes a
payment of an open demand alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from guarantees.after import demands
from guarantees.after.demand_rules import EVENTS, Answer
from guarantees.chain import calls, index, outbox
from guarantees.chain.models import EventRow
from guarantees.chain.refusals import State
from guarantees.models import DemandRow, Guarantee
from guarantees.signed import SignedGuarantee
from statutes.said import Said

_GIVEN = {EVENTS[given]: given for given in (Answer.REFUSED, Answer.EXTENDED)}
_WORDS = {
    Answer.REFUSED: Said("拒付", "refused"),
    Answer.EXTENDED: Said("展期", "extended"),
}


@dataclass(frozen=True, slots=True)
class Disregarded:
    """An answer on chain that does not count. `demand` is the number of the demand, `at` the block's time."""

    demand: int
    given: Answer
    at: datetime
    because: Said


def counts(made: DemandRow, given: Answer, fields: dict[str, Any]) -> bool:
    """Whether a refusal or an extension of the chain, with the event's fields, answers the demand.

    The document is the notice of URDG 758, and the platform takes none after the five days; its act may be mined later.
    """
    if demands.given_answer(made) is not given:
        return False
    return given is not Answer.REFUSED or fields["grounds"] == "0x" + demands.reply_hash(made).hex()


def of(session: Session, row: Guarantee) -> list[Disregarded]:
    """Those of the events that were taken over, oldest first."""
    made = demands.of(session, row.id)
    found = []
    for event in index.history(session, row.id)[: row.followed]:
        if event.name in _GIVEN and not _is_taken(made, event):
            at = _time(event)
            whose = next((one for one in made if one.answered_at is None or one.answered_at >= at), None)
            if whose is not None:
                found.append(_disregarded(whose, _GIVEN[event.name], at))
    return found


def beside(session: Session, row: Guarantee) -> list[EventRow]:
    """The events that no step belongs to: answers that do not count, and demands made once more after them."""
    made, is_open, found = demands.of(session, row.id), False, []
    for event in index.history(session, row.id)[: row.followed]:
        if event.name == "Demanded":
            if is_open:
                found.append(event)
            is_open = True
        elif event.name in _GIVEN and not _is_taken(made, event):
            found.append(event)
        elif event.name in EVENTS.values():
            is_open = False
    return found


def demand_again(session: Session, row: Guarantee, made: DemandRow, *, now: datetime) -> bool:
    """Puts the demand into the outbox once more, whatever number of answers came that do not count; whether it is
    there. One that the beneficiary made by its own program it makes again itself."""
    standing = index.guarantee(session, row.id)
    first = f"demand {row.id.hex()} {made.number}"
    if (
        standing is None
        or standing.statement is None
        or standing.at(int(now.timestamp())) not in (State.PRESENTED, State.REFUSED)
        or outbox.progress(session, first) is None
    ):
        return False
    signed = SignedGuarantee.parse(row.content)
    call = calls.demand(signed.terms, made.amount, made.extension_days, standing.statement)
    key = bytes.fromhex(signed.undertaking.on_chain.beneficiary)
    outbox.want(session, call, key=key, purpose=f"{first} again", now=now)
    return True


def newest(session: Session, guarantee: bytes) -> EventRow | None:
    """The chain's newest answer, if it is a refusal or an extension."""
    events = [one for one in index.history(session, guarantee) if one.name in EVENTS.values()]
    return events[-1] if events and events[-1].name in _GIVEN else None


def _disregarded(made: DemandRow, given: Answer, at: datetime) -> Disregarded:
    word = _WORDS[given]
    if at >= made.examine_by:
        because = Said(
            f"保证人在审查期（5个营业日）届满后才在链上{word.zh}，不生效：索赔仍未答复，应当付款（URDG 758）。",
            f"The demand was {word.en} on chain after its five business days. That does not count: the demand is still "
            f"open, and what remains is to pay (URDG 758).",
        )
    else:
        because = Said(
            f"保证人在链上{word.zh}时，平台未收到与之相符的答复文件，不生效：索赔仍未答复。",
            f"The demand was {word.en} on chain without an answer handed in on the platform that agrees with it. That "
            f"does not count: the demand is still open.",
        )
    return Disregarded(made.number, given, at, because)


def _is_taken(made: Sequence[DemandRow], event: EventRow) -> bool:
    return any((one.state, one.answered_at) == (str(_GIVEN[event.name]), _time(event)) for one in made)


def _time(event: EventRow) -> datetime:
    return datetime.fromtimestamp(event.time, UTC)
