"""Calling experts: a job over rows, and the answers as they come.

Every function takes the draw's row FOR UPDATE first, so that two workers, or a worker and an answer, follow each other.
Each call and each answer is a sealed entry in the same transaction as its row: a crash leaves both or neither.

    settle    1. a call whose window is over is silent, the earliest first
              2. every open place gets the next call of the order, due a whole window from now
              3. who was called and works for a bidder, or was suspended since, has a conflict, and nobody tells it;
                 back to 2
              4. all places taken: the committee is checked and formed

Silence counts from the clock, not from the tick: an answer that comes after the window finds the call silent, whether a
worker has been there or not. So a missed tick changes nothing but that the next call is made later.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from custody import draws
from ledger import log, sealed
from ledger.entries import CommitteeFormed, ExpertAnswered, ExpertCalled, Sealed, encode
from ledger.view import LedgerView
from oversight import snapshots
from oversight.committee import Seat, check_committee
from oversight.course import Course, Event
from oversight.draw_tables import CALLING, EXHAUSTED, FORMED, REQUESTED, CallRow, DrawRow, EventRow
from oversight.drawing import calls_of
from oversight.errors import DrawRefusedError, NotFoundError
from oversight.expert_draw import Answer, Call, Terms, next_calls
from oversight.pool_tables import ADMITTED, ExpertRow
from oversight.population import Population
from oversight.ports import CommitteePort, Replaced
from oversight.register import employer_key
from statutes.said import Said

_BUSY = (CALLING, FORMED)


def due(session: Session, *, now: datetime) -> list[bytes]:
    """The draws that wait for a seed, or have a call whose window is over."""
    overdue = exists().where(
        CallRow.draw_id == DrawRow.id, CallRow.answer == Answer.PENDING.value, CallRow.due_at <= now
    )
    query = select(DrawRow.id).where(or_(DrawRow.state == REQUESTED, (DrawRow.state == CALLING) & overdue))
    return list(session.scalars(query.order_by(DrawRow.requested_at, DrawRow.id)))


def advance(session: Session, draw: bytes, view: LedgerView, *, now: datetime, random: RandomBytes) -> bool:
    """Does what is due for one draw; False if it waits for the seed, or another worker has it. The caller commits."""
    row = _locked(session, draw, skip=True)
    if row is None or row.state not in (REQUESTED, CALLING):
        return False
    if row.state == REQUESTED:
        row.seed = draws.state(view, draw.hex()).seed if _is_known(view, draw) else None
        if row.seed is None:
            return False
        row.state = CALLING
    _Calling(session, row, now, random).settle()
    return True


def answer(
    session: Session,
    draw: bytes,
    number: int,
    given: Answer,
    *,
    now: datetime,
    random: RandomBytes,
    committee: CommitteePort,
) -> EventRow:
    """Takes the answer to call `number`, and calls whoever follows; the event, which is the answerer's to keep.

    DrawRefusedError if the window is over, or the call was answered already. An answer that replaces a member who had
    accepted voids what it said (CommitteePort).
    """
    row = _locked(session, draw)
    if row is None or row.state not in _BUSY:
        raise DrawRefusedError(
            "state",
            Said(
                "本次抽取目前不通知任何专家，无须答复。",
                "this draw calls nobody now, so there is nothing to answer",
            ),
        )
    calling = _Calling(session, row, now, random)
    calling.settle()
    call = calling.rows[number] if number < len(calling.rows) else None
    if call is None:
        raise NotFoundError(Said("没有该次通知。", "there is no such call"))
    before = Answer(call.answer)
    allowed = {Answer.PENDING: {Answer.ACCEPTED, Answer.DECLINED, Answer.CONFLICTED}}
    allowed[Answer.ACCEPTED] = {Answer.DECLINED, Answer.CONFLICTED}
    if given not in allowed.get(before, set()):
        raise DrawRefusedError(
            "answered",
            Said(
                f"该次通知已有结果（{before.said.zh}），不得更改。",
                f"this call is {before.value}, and that is how it stays",
            ),
        )
    event = calling.answered(call, given)
    if before is Answer.ACCEPTED:
        row.state = CALLING
        committee.member_replaced(
            session, Replaced(draw.hex(), row.lot, calling.keys[call.position]), now=now
        )
    calling.settle()
    return event


def match_bidders(
    session: Session,
    draw: bytes,
    names: list[str],
    *,
    now: datetime,
    random: RandomBytes,
    committee: CommitteePort,
) -> int:
    """Bidders are known now: whoever was called and works for one has a conflict, and whoever is called from here on.

    How many had one. Names that were given before stay.
    """
    row = _locked(session, draw)
    if row is None or row.state not in (REQUESTED, *_BUSY):
        raise DrawRefusedError(
            "state",
            Said(
                "抽取已结束，不再与投标人比对。", "this draw is over: nobody is matched with bidders any more"
            ),
        )
    row.bidders = sorted({*row.bidders, *map(employer_key, names)})
    if row.state == REQUESTED:
        return 0
    calling = _Calling(session, row, now, random)
    conflicted = [
        call for call in calling.rows if Answer(call.answer).fills and calling.works_for_bidder(call)
    ]
    for call in conflicted:
        was_member = call.answer == Answer.ACCEPTED.value
        calling.answered(call, Answer.CONFLICTED)
        if was_member:
            row.state = CALLING
            replaced = Replaced(draw.hex(), row.lot, calling.keys[call.position])
            committee.member_replaced(session, replaced, now=now)
    calling.settle()
    return len(conflicted)


class _Calling:
    """One draw, its row locked, for the length of a transaction."""

    def __init__(self, session: Session, row: DrawRow, now: datetime, random: RandomBytes) -> None:
        self._session, self._row, self._now, self._random = session, row, now, random
        self._snapshot = snapshots.get(session, row.snapshot_id)
        self._terms = Terms.parse(row.terms)
        self.rows = calls_of(session, row)
        self.keys: list[str] = self._snapshot.keys
        self._employers: list[str] | None = None
        self._population: Population | None = None

    def settle(self) -> None:
        if self._row.state != CALLING:
            return
        overdue = [c for c in self.rows if c.answer == Answer.PENDING.value and c.due_at <= self._now]
        for call in sorted(overdue, key=lambda call: (call.due_at, call.number)):  # 1
            self.answered(call, Answer.SILENT)
            self._fill()
        self._fill()
        if self._course().is_complete:  # 4
            experts, others = sum(need.count for need in self._terms.needs), self._row.others
            check_committee([Seat(is_expert=True)] * experts + [Seat(is_expert=False)] * others)
            self._row.state = FORMED
            entry = CommitteeFormed(self._row.id.hex(), experts, others)
            log.append(self._session, entry, now=self._now)

    def answered(self, call: CallRow, given: Answer) -> EventRow:
        call.answer, call.answered_at = given.value, self._now
        return self._seal(ExpertAnswered(self._row.id.hex(), call.number, given.value, self._at))

    def works_for_bidder(self, call: CallRow) -> bool:
        if self._employers is None:
            identities = snapshots.identities_of(self._snapshot)
            self._employers = [employer_key(str(identity["employer"])) for identity in identities]
        return self._employers[call.position] in self._row.bidders

    def _is_admitted(self, call: CallRow) -> bool:
        query = select(ExpertRow.state).where(ExpertRow.number == self.keys[call.position])
        return self._session.execute(query).scalar_one_or_none() == ADMITTED

    def _fill(self) -> None:
        """Steps 2 and 3. A draw that has nobody left to call is exhausted, and says so."""
        while self._row.state == CALLING and any(
            self._course().open_places(need) > 0 for need in range(len(self._terms.needs))
        ):
            if self._population is None:
                self._population = snapshots.population_of(self._snapshot)
            seed, calls = self._row.seed or b"", self._course().calls
            try:
                following = next_calls(self._population, self._terms, seed, calls)
            except DrawRefusedError as error:
                self._row.state = EXHAUSTED
                self._row.warnings = [*self._row.warnings, asdict(error.both)]
                return
            for call in following:  # 2
                placed = self._call(call)
                if self.works_for_bidder(placed) or not self._is_admitted(placed):  # 3
                    self.answered(placed, Answer.CONFLICTED)

    def _call(self, call: Call) -> CallRow:
        row = CallRow(
            draw_id=self._row.id,
            number=len(self.rows),
            need=call.need,
            position=call.position,
            called_at=self._now,
            due_at=datetime.fromtimestamp(self._at, self._now.tzinfo) + timedelta(seconds=self._terms.window),
            told_at=None,
            code_hash=None,
            answer=Answer.PENDING.value,
            answered_at=None,
        )
        self._session.add(row)
        self.rows.append(row)
        self._seal(ExpertCalled(self._row.id.hex(), row.number, row.need, row.position, self._at))
        return row

    def _seal(self, event: Event) -> EventRow:
        body, salt = encode(event), self._random(sealed.SALT_SIZE)
        entry_id = log.append(self._session, Sealed.of(body, salt), now=self._now)
        row = EventRow(entry_id=entry_id, draw_id=self._row.id, body=body, salt=salt)
        self._session.add(row)
        return row

    def _course(self) -> Course:
        calls = [Call(row.need, row.position, Answer(row.answer)) for row in self.rows]
        return Course(self._terms, calls, [int(row.called_at.timestamp()) for row in self.rows])

    @property
    def _at(self) -> int:
        """Whole seconds, as the entries have them: windows are counted from these."""
        return int(self._now.timestamp())


def _is_known(view: LedgerView, draw: bytes) -> bool:
    return any(one.id == draw.hex() for one in view.draws)


def _locked(session: Session, draw: bytes, *, skip: bool = False) -> DrawRow | None:
    query = select(DrawRow).where(DrawRow.id == draw).with_for_update(skip_locked=skip)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()
