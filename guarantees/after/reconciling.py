"""Database, ledger and chain compared, guarantee by guarantee; each difference is a row, until it is found no more.

    state      the row's state is not the chain's, and no event waits to be taken over
    expiry     they differ, or beneficiary, amount or document do
    missing    the chain has no such guarantee any more (a reorganisation deeper than the depth)
    unknown    the chain shows one presented for an account of ours that the database does not know
    entries    the steps' entries are not in the ledger, or do not say what rows and events do
    event      a step that belongs to the chain has no event there
    answer     the guarantor's document is not the one whose hash it put on chain; or its refusal or extension does not
               count, being too late or without a document
    stuck      an act that was wanted was refused by the contract

An act that is only on its way is no difference; one that takes longer than `patience` is.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from guarantees.after import demands, disregarded, step_records, steps
from guarantees.after.demand_rules import EVENTS, Answer
from guarantees.chain import index, outbox
from guarantees.chain.models import GuaranteeRow
from guarantees.chain.refusals import State
from guarantees.chain.standing import Standing
from guarantees.models import BeneficiaryAccount, Difference, Guarantee, Step
from guarantees.signed import SignedGuarantee
from guarantees.tables.lifecycle import DEMANDED, EXPIRED, PAID, PRESENTED, REFUSED, RELEASED
from ledger import log
from ledger.entries import GuaranteesReconciled, decode
from ledger.models import EntryRow

PATIENCE = timedelta(hours=1)

_SAME = {
    PRESENTED: {State.PRESENTED},
    DEMANDED: {State.DEMANDED},
    REFUSED: {State.REFUSED},
    PAID: {State.PAID},
    RELEASED: {State.RELEASED},
    EXPIRED: {State.EXPIRED},
}
_ANSWERS = {Answer.PAID: "payment", Answer.REFUSED: "grounds"}


@dataclass(frozen=True, slots=True)
class Found:
    """One difference. `guarantee` is its id on chain."""

    guarantee: bytes
    kind: str
    sentence: str


def reconcile(session: Session, *, now: datetime, patience: timedelta = PATIENCE) -> list[Found]:
    """Compares all, writes down what differs and what differs no more, and says so in the ledger if that changed."""
    rows = list(session.execute(select(Guarantee).order_by(Guarantee.presented_at)).scalars())
    found = [one for row in rows for one in differences(session, row, now=now, patience=patience)]
    found = _one_of_a_kind([*found, *_unknown(session, {row.id for row in rows})])
    if _write(session, found, now):
        block = index.followed(session) or 0
        log.append(session, GuaranteesReconciled(block, len(rows), len(found)), now=now)
    return found


def differences(session: Session, row: Guarantee, *, now: datetime, patience: timedelta) -> Iterator[Found]:
    """What of one guarantee differs now."""
    standing = index.guarantee(session, row.id)
    if standing is None:
        yield Found(row.id, "missing", "the chain, as far as it was followed, has no such guarantee")
        return
    taken = steps.of(session, row.id)
    pairs = step_records.paired(session, row, taken)
    waits = any(step.id not in pairs and _on_its_way(session, step, now, patience) for step in taken)
    behind = row.followed != len(index.history(session, row.id))
    yield from _state(row, standing, now, waits=waits or behind)
    if standing.document is not None:
        yield from _terms(row, standing)
    yield from _steps(session, row, now, patience)
    yield from _answers(session, row)


def open_differences(session: Session) -> list[Difference]:
    """Those that stand, the oldest first."""
    query = select(Difference).where(Difference.settled_at.is_(None))
    return list(session.execute(query.order_by(Difference.found_at, Difference.id)).scalars())


def _state(row: Guarantee, standing: Standing, now: datetime, *, waits: bool) -> Iterator[Found]:
    on_chain = standing.at(int(now.timestamp()))
    early = row.state in (PRESENTED, REFUSED) and on_chain is State.EXPIRED  # the job has not come by yet
    if on_chain not in _SAME[row.state] and not waits and not early:
        yield Found(row.id, "state", f"{row.state} here, {on_chain} on chain")


def _terms(row: Guarantee, standing: Standing) -> Iterator[Found]:
    said = SignedGuarantee.parse(row.content).undertaking
    ours = (int(row.expiry.timestamp()), row.amount, said.document, bytes.fromhex(said.on_chain.beneficiary))
    theirs = (standing.expiry, standing.amount, standing.document, standing.beneficiary)
    if ours != theirs:
        yield Found(row.id, "expiry", "expiry, amount, document or beneficiary are not those of the chain")


def _steps(session: Session, row: Guarantee, now: datetime, patience: timedelta) -> Iterator[Found]:
    taken = steps.of(session, row.id)
    pairs = step_records.paired(session, row, taken)
    for step in taken:
        kept = session.get(EntryRow, step.entry_id)
        entry = None if kept is None else decode(kept.leaf)
        for sentence in step_records.wrong(session, row, step, entry, pairs.get(step.id)):
            yield Found(row.id, "entries", sentence)
        if kept is not None and kept.index is None and now - kept.appended_at > patience:
            yield Found(row.id, "entries", f"the entry of the step {step.step} waits to be put into the log")
        sent = None if step.purpose is None else outbox.progress(session, step.purpose)
        if sent is not None and sent.state in (outbox.REVERTED, outbox.REFUSED) and step.id not in pairs:
            yield Found(row.id, "stuck", f"the contract refused the act of the step {step.step}")
    history = index.history(session, row.id)
    events = Counter(event.name for event in history)
    wanted = Counter(step.event for step in taken if step.event)
    coming = [step for step in taken if step.id not in pairs and _on_its_way(session, step, now, patience)]
    for name, number in (wanted - events - Counter(step.event for step in coming)).items():
        yield Found(row.id, "event", f"{number} {name} fewer on chain than steps here")
    if row.followed == len(history):
        beside = Counter(event.name for event in disregarded.beside(session, row))
        for name, number in (events - wanted - beside).items():
            if name != "Issued":
                yield Found(row.id, "event", f"{number} {name} more on chain than steps here")


def _answers(session: Session, row: Guarantee) -> Iterator[Found]:
    """The documents of answers: their hashes are those of the chain, and refusals came in time."""
    on_chain = {
        event.fields["answerBy"]: event
        for event in index.history(session, row.id)
        if event.name in ("Paid", "Refused", "Extended")
    }
    for made in demands.of(session, row.id):
        event = on_chain.get(made.answer_by)
        if made.state == demands.OPEN or event is None:
            continue
        given = Answer(made.state)
        if event.name != EVENTS[given]:
            yield Found(row.id, "answer", f"demand {made.number} is {given} here, {event.name} on chain")
        elif made.reply is None:
            yield Found(row.id, "answer", f"demand {made.number} was answered on chain, and no document came")
        elif (
            given in _ANSWERS
            and "0x" + hashlib.sha256(made.reply).hexdigest() != event.fields[_ANSWERS[given]]
        ):
            yield Found(row.id, "answer", f"the document of answer {made.number} is not the chain's")
    for one in disregarded.of(session, row):
        yield Found(row.id, "answer", f"demand {one.demand}: {one.because.en}")


def _unknown(session: Session, known: set[bytes]) -> Iterator[Found]:
    accounts = select(BeneficiaryAccount.address)
    query = select(GuaranteeRow.id).where(
        GuaranteeRow.beneficiary.in_(accounts), GuaranteeRow.state != State.ISSUED.value
    )
    for found in session.execute(query).scalars():
        if found not in known:
            yield Found(found, "unknown", "presented on chain for an account of ours, and unknown here")


def _on_its_way(session: Session, step: Step, now: datetime, patience: timedelta) -> bool:
    """The act of a step without an event is wanted, and has not been so for too long."""
    if step.purpose is None or now - step.at > patience:
        return False
    sent = outbox.progress(session, step.purpose)
    return sent is not None and sent.state in (*outbox.OPEN, outbox.CONFIRMED)


def _one_of_a_kind(found: Iterable[Found]) -> list[Found]:
    """Those of one guarantee and kind as one, with all their sentences."""
    said: dict[tuple[bytes, str], list[str]] = {}
    for one in found:
        said.setdefault((one.guarantee, one.kind), []).append(one.sentence)
    return [Found(*key, "; ".join(sentences)) for key, sentences in said.items()]


def _write(session: Session, found: list[Found], now: datetime) -> bool:
    """Whether anything changed since the last time."""
    standing = {(one.guarantee, one.kind): one for one in open_differences(session)}
    now_found = {(one.guarantee, one.kind): one for one in found}
    for key, row in standing.items():
        if key not in now_found:
            row.settled_at = now
        elif row.sentence != now_found[key].sentence:
            row.sentence = now_found[key].sentence
    new = [one for key, one in now_found.items() if key not in standing]
    for one in new:
        values = {"guarantee": one.guarantee, "kind": one.kind, "sentence": one.sentence}
        session.execute(
            insert(Difference).values(**values, found_at=now, settled_at=None).on_conflict_do_nothing()
        )
    session.flush()
    return bool(new) or any(key not in now_found for key in standing)
