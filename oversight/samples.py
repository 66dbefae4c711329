"""Samples for spot checks, with "double random" where inspectors are drawn too, and what was found.

1. The objects (draws of a quarter, lots, guarantees, evaluations) are committed as a population; inspectors too.
2. The request has the root of the objects and the hash of the terms: rate, checklist, inspectors.
3. With the seed the sample is drawn and published at once: there is nothing in it to be kept sealed.
4. Each object is checked by its list; findings are recorded, and what has to be put right has a date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.randomness import RandomBytes
from custody import draws
from ledger import log, named_files, sealed
from ledger.entries import DrawPublished, FindingRecorded
from ledger.view import LedgerView
from oversight import snapshots
from oversight.draw_tables import SnapshotRow
from oversight.errors import DrawRefusedError, MalformedDrawError, NotFoundError
from oversight.publishing import names_of
from oversight.sample_tables import DRAWN, REQUESTED, ItemRow, SampleRow
from oversight.sample_terms import Inspectors, SampleTerms, checklist_hash
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a sample is: objects in the population, drawn, checked, with something still to be put right."""

    population: int
    drawn: int
    checked: int
    open_follow_ups: int

    @property
    def rate(self) -> Fraction:
        """Checked, of all there are: the rate that was reached, not the one that was meant."""
        return Fraction(self.checked, self.population)


def request(
    session: Session,
    group: str,
    subject: str,
    objects: SnapshotRow,
    rate: Fraction,
    checklist: Sequence[str],
    *,
    now: datetime,
    inspectors: SnapshotRow | None = None,
    each: int = 1,
) -> SampleRow:
    """A sample in the caller's transaction; the same if asked again. MalformedDrawError for terms that cannot be.

    The subject says which population of which time: of one population there is one sample under one subject.
    """
    if not checklist or not all(checklist) or len(set(checklist)) != len(checklist):
        raise MalformedDrawError(
            Said(
                "检查表至少一项，且不得重复。",
                "a sample has a checklist of one question or more, each of them once",
            )
        )
    whom = None if inspectors is None else Inspectors(inspectors.root.hex(), inspectors.size, each)
    terms = SampleTerms(rate, checklist_hash(list(checklist)), whom)
    name = draws.request(
        session,
        group,
        subject=subject,
        population=objects.root.hex(),
        size=objects.size,
        terms=terms.hash,
        now=now,
    )
    found = session.get(SampleRow, bytes.fromhex(name))
    if found is not None:
        return found
    second = select(SampleRow.id).where(SampleRow.subject == subject)
    if session.execute(second).first() is not None:
        raise DrawRefusedError(
            "once",
            Said(
                "这一总体已经申请过抽查，不得另行抽取。",
                "a sample with this subject was asked for: there is no second one beside it",
            ),
        )
    row = SampleRow(
        id=bytes.fromhex(name),
        subject=subject,
        snapshot_id=objects.id,
        inspectors_id=None if inspectors is None else inspectors.id,
        terms=terms.to_bytes(),
        checklist=list(checklist),
        state=REQUESTED,
        seed=None,
        names=None,
        requested_at=now,
    )
    session.add(row)
    session.flush()
    return row


def due(session: Session) -> list[bytes]:
    """The samples that wait for their seed."""
    query = (
        select(SampleRow.id)
        .where(SampleRow.state == REQUESTED)
        .order_by(SampleRow.requested_at, SampleRow.id)
    )
    return list(session.scalars(query))


def draw(session: Session, sample: bytes, view: LedgerView, *, now: datetime) -> bool:
    """Draws and publishes, if the seed is known; False if it is not, or another worker has it. The caller commits."""
    query = select(SampleRow).where(SampleRow.id == sample, SampleRow.state == REQUESTED)
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None or all(one.id != sample.hex() for one in view.draws):
        return False
    seed = draws.state(view, sample.hex()).seed
    if seed is None:
        return False
    objects = snapshots.get(session, row.snapshot_id)
    drawn = SampleTerms.parse(row.terms).draw(seed, objects.size)
    for place, one in enumerate(drawn):
        session.add(
            ItemRow(
                sample_id=sample,
                item=one.item,
                place=place,
                inspectors=list(one.inspectors),
                answers=None,
                findings="",
                checked_at=None,
                follow_up_by=None,
                followed_up_at=None,
                record=None,
                salt=None,
            )
        )
    row.seed, row.state = seed, DRAWN
    row.names = names_of(sample, objects, (one.item for one in drawn)).to_bytes()
    hashes = (named_files.keep(session, file) for file in (objects.population, row.terms, row.names))
    log.append(session, DrawPublished(sample.hex(), *hashes), now=now)
    session.flush()
    return True


def check(
    session: Session,
    sample: bytes,
    item: int,
    answers: Sequence[bool | None],
    findings: str,
    *,
    follow_up_by: datetime | None,
    now: datetime,
    random: RandomBytes,
) -> None:
    """Records what an inspector found, once. `answers` are to the checklist in its order; None: it does not apply.

    DrawRefusedError if it was recorded before, or a question was answered with no and nothing says what was found.
    """
    row, found = _item(session, sample, item)
    if found.checked_at is not None:
        raise DrawRefusedError(
            "once",
            Said("该项检查结果已经记录，不得更改。", "what was found here is recorded, and stays as it is"),
        )
    if len(answers) != len(row.checklist):
        raise MalformedDrawError(
            Said(
                f"检查表共 {len(row.checklist)} 项，每项都须作答。",
                f"the checklist has {len(row.checklist)} questions, and each has an answer",
            )
        )
    if False in answers and not findings:
        raise DrawRefusedError(
            "findings", Said("有“否”的，须写明检查发现的情况。", "where an answer is no, say what was found")
        )
    given: list[Json] = [*answers]
    body: dict[str, Json] = {"answers": given, "checklist": row.checklist, "findings": findings}
    salt = random(sealed.SALT_SIZE)
    record = canonical_json.dumps(body)
    entry = FindingRecorded(sample.hex(), item, sealed.seal(record, salt).hex())
    log.append(session, entry, now=now)
    found.answers, found.findings, found.checked_at = [*answers], findings, now
    found.follow_up_by, found.record, found.salt = follow_up_by, record, salt
    session.flush()


def follow_up(session: Session, sample: bytes, item: int, *, now: datetime) -> None:
    """What had to be put right was. DrawRefusedError if nothing had to be."""
    _, found = _item(session, sample, item)
    if found.follow_up_by is None or found.followed_up_at is not None:
        raise DrawRefusedError(
            "follow-up", Said("该项没有待整改事项。", "nothing here waits to be put right")
        )
    found.followed_up_at = now


def items(session: Session, sample: bytes) -> list[ItemRow]:
    """In drawn order."""
    query = select(ItemRow).where(ItemRow.sample_id == sample).order_by(ItemRow.place)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def reached(session: Session, sample: bytes) -> Reached:
    """How far it is."""
    row = get(session, sample)
    size, found = snapshots.get(session, row.snapshot_id).size, items(session, sample)
    checked = sum(one.checked_at is not None for one in found)
    waiting = sum(one.follow_up_by is not None and one.followed_up_at is None for one in found)
    return Reached(size, len(found), checked, waiting)


def get(session: Session, sample: bytes) -> SampleRow:
    """NotFoundError if there is no such sample."""
    row = session.get(SampleRow, sample)
    if row is None:
        raise NotFoundError(Said("没有该次抽查。", "there is no such sample"))
    return row


def _item(session: Session, sample: bytes, item: int) -> tuple[SampleRow, ItemRow]:
    query = select(ItemRow).where(ItemRow.sample_id == sample, ItemRow.item == item).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFoundError(Said("该对象不在样本中。", "this object is not in the sample"))
    return get(session, sample), found
