"""Asking for a draw of experts: what staff want, matched with the pool, committed before there is a seed.

1. The snapshot is the last one that was committed, and the pool has not changed since.
2. Who is to be avoided becomes positions: experts by their number, whole employers, and whoever is on the staff of a
   supervising authority, asked for or not (条46).
3. The pool must be able to fill it (oversight.expert_draw), and the committee must be one that the law allows (法37).
4. The request goes to the keyholders with the population's root and the hash of the terms.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from custody import draws
from oversight import snapshots
from oversight.committee import Seat, check_committee
from oversight.draw_tables import EXHAUSTED, REQUESTED, CallRow, DrawRow, SnapshotRow
from oversight.errors import DrawRefusedError, MalformedDrawError, NotFoundError
from oversight.expert_draw import REASONS, Exclusion, Few, Need, Terms, check_request, guessable
from oversight.pool_tables import ADMITTED, ExpertRow
from oversight.population import Population
from oversight.register import employer_key
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Avoided:
    """Whom not to call: one expert by its number, or everybody of an employer; the other is ""."""

    reason: str
    number: str = ""
    employer: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What staff ask for. window: seconds to answer in. others: the tenderee's representatives on the committee."""

    lot: str
    needs: tuple[Need, ...]
    avoided: tuple[Avoided, ...]
    window: int
    others: int = 0

    @classmethod
    def parse(cls, value: Any) -> "Wish":
        """A wish from JSON: lot, needs, avoided, window, others. MalformedDrawError for anything else."""
        match value:
            case {"lot": str(lot), "needs": list(needs), "window": int(window), **rest} if set(rest) <= _MORE:
                avoided: Any = rest.get("avoided", [])
                others: Any = rest.get("others", 0)
            case _:
                raise MalformedDrawError(
                    Said(
                        "抽取申请须有 lot、needs、window，可有 avoided、others。",
                        "a wish has lot, needs, window, and may have avoided and others",
                    )
                )
        try:
            wish = cls(
                lot, tuple(Need(**n) for n in needs), tuple(Avoided(**a) for a in avoided), window, others
            )
        except TypeError as error:
            raise MalformedDrawError(
                Said(
                    "每项需求须有专业、地区、人数、备选人数；回避须有原因，以及专家编号或者单位。",
                    "a need has specialty, region, count and reserve; whom to avoid has reason, and number or employer",
                )
            ) from error
        counts = (others, *(count for need in wish.needs for count in (need.count, need.reserve)))
        texts = [text for need in wish.needs for text in (need.specialty, need.region)]
        texts += [text for one in wish.avoided for text in (one.reason, one.number, one.employer)]
        if any(type(count) is not int or count < 0 for count in counts) or any(
            type(t) is not str for t in texts
        ):
            raise MalformedDrawError(
                Said("抽取申请中有字段类型不符。", "a field of the wish is of another kind")
            )
        return wish


_MORE = frozenset({"avoided", "others"})
_ONCE = Said(
    "本标段已有抽取正在进行或者已完成，不得另行抽取。",
    "a draw for this lot is under way, or done: there is no second one beside it",
)


def request(session: Session, group: str, wish: Wish, *, now: datetime) -> DrawRow:
    """A draw in the caller's transaction. DrawRefusedError, naming the rule, or MalformedDrawError for a wish that
    cannot be; NotFoundError without a snapshot, or for a number that is not in it. A pool that has changed since its
    snapshot is refused ("stale").

    One live draw a lot: who asks again is refused until the first is exhausted.
    """
    if not wish.lot:
        raise MalformedDrawError(Said("抽取须指明标段。", "a draw is for the committee of a lot: name it"))
    _refuse_second(session, wish.lot)
    snapshot, population = _current(session)  # 1
    terms = Terms(wish.needs, exclusions(session, snapshot, wish.avoided), wish.window)  # 2
    warnings = check_request(population, terms)  # 3
    experts = sum(need.count for need in terms.needs)
    check_committee([Seat(is_expert=True)] * experts + [Seat(is_expert=False)] * wish.others)
    subject = f"experts for {wish.lot}"
    name = draws.request(  # 4
        session,
        group,
        subject=subject,
        population=snapshot.root.hex(),
        size=snapshot.size,
        terms=terms.hash,
        now=now,
    )
    if session.get(DrawRow, bytes.fromhex(name)) is not None:
        raise DrawRefusedError(
            "same",
            Said(
                "同一抽取已用尽专家：请重新提交专家库，或者放宽条件。",
                "this very draw was exhausted: commit a new snapshot, or ask for other experts",
            ),
        )
    row = DrawRow(
        id=bytes.fromhex(name),
        lot=wish.lot,
        subject=subject,
        group_id=group,
        snapshot_id=snapshot.id,
        terms=terms.to_bytes(),
        others=wish.others,
        state=REQUESTED,
        warnings=[asdict(one) for one in warnings],
        bidders=[],
        seed=None,
        names=None,
        requested_at=now,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:  # somebody else asked at the same time
        raise DrawRefusedError("once", _ONCE) from error
    return row


def few(session: Session, wish: Wish) -> list[Few]:
    """What `request` would warn of, to be read before anything is committed. It refuses as `request` does for a
    wish that the pool cannot fill.
    """
    snapshot, population = _current(session)
    terms = Terms(wish.needs, exclusions(session, snapshot, wish.avoided), wish.window)
    check_request(population, terms)
    return guessable(population, terms)


def exclusions(session: Session, snapshot: SnapshotRow, avoided: Sequence[Avoided]) -> tuple[Exclusion, ...]:
    """By position, each once: what staff gave comes first, then the supervisor's staff."""
    places = {number: position for position, number in enumerate(snapshot.keys)}
    employers: dict[str, list[int]] = {}
    for position, identity in enumerate(snapshots.identities_of(snapshot)):
        employers.setdefault(employer_key(str(identity["employer"])), []).append(position)
    found: dict[int, str] = {}
    for one in avoided:
        if one.reason not in REASONS or bool(one.number) == bool(one.employer):
            raise MalformedDrawError(
                Said(
                    "回避须填写专家编号或者单位之一，并选择原因。",
                    f"whom to avoid is an expert's number or an employer, with a reason: {', '.join(sorted(REASONS))}",
                )
            )
        if one.number and one.number not in places:
            raise NotFoundError(
                Said(
                    "已提交的专家库中没有须回避的编号。",
                    "no expert in the snapshot has one of the numbers to be avoided",
                )
            )
        several = [places[one.number]] if one.number else employers.get(employer_key(one.employer), [])
        for position in several:
            found.setdefault(position, one.reason)
    staff = session.scalars(select(ExpertRow.number).where(ExpertRow.staff))
    for number in staff:
        if number in places:
            found.setdefault(places[number], "supervisor")
    return tuple(Exclusion(position, found[position]) for position in sorted(found))


def get(session: Session, draw: str) -> DrawRow:
    """NotFoundError if there is no such draw."""
    try:
        row = session.get(DrawRow, bytes.fromhex(draw))
    except ValueError:
        row = None
    if row is None:
        raise NotFoundError(Said("没有该次抽取。", "there is no such draw"))
    return row


def warnings_of(row: DrawRow) -> list[Said]:
    """What staff and public are warned of. A draw of an older version warns in English alone."""
    return [Said(one, one) if isinstance(one, str) else Said(**one) for one in row.warnings]


def calls_of(session: Session, row: DrawRow) -> list[CallRow]:
    """In the order in which they were made."""
    query = select(CallRow).where(CallRow.draw_id == row.id).order_by(CallRow.number)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _current(session: Session) -> tuple[SnapshotRow, Population]:
    """The newest snapshot and its population. DrawRefusedError unless who may be drawn in it is who may be drawn now.

    So nobody who was suspended since is called, and nobody who was admitted since is left out.
    """
    snapshot = snapshots.newest(session, snapshots.EXPERTS)
    population = snapshots.population_of(snapshot)
    then = {
        number
        for number, member in zip(snapshot.keys, population.members, strict=True)
        if member.attributes.get("active") is True
    }
    now = set(session.scalars(select(ExpertRow.number).where(ExpertRow.state == ADMITTED)))
    if changed := len(then ^ now):
        raise DrawRefusedError(
            "stale",
            Said(
                f"专家库提交后又有 {changed} 名专家入库、暂停或者移出：请先重新提交专家库。",
                f"{changed} experts were admitted, suspended or removed since the pool was committed: commit it anew",
            ),
        )
    return snapshot, population


def _refuse_second(session: Session, lot: str) -> None:
    query = select(DrawRow.id).where(DrawRow.lot == lot, DrawRow.state != EXHAUSTED)
    if session.execute(query).first() is not None:
        raise DrawRefusedError("once", _ONCE)
