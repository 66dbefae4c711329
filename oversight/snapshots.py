"""Committing a population: what the draws after it are made from, and can be redone from.

The salts are new for each snapshot: whoever learns from one draw who stood at a position learns nothing of another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.randomness import RandomBytes
from ledger import log, sealed
from ledger.entries import PopulationCommitted
from oversight import pool
from oversight.draw_tables import SnapshotRow
from oversight.errors import NotFoundError, PoolError
from oversight.pool_tables import ADMITTED, REMOVED, ExpertRow
from oversight.population import Member, Population
from statutes.said import Said

EXPERTS, INSPECTORS = "experts", "inspectors"


@dataclass(frozen=True, slots=True)
class Subject:
    """Who or what is to stand in a population: what the platform calls it by, what it is, and what is published."""

    key: str
    identity: Mapping[str, Json]
    attributes: Mapping[str, Json]


def commit(
    session: Session,
    kind: str,
    subject: str,
    members: Sequence[Subject],
    *,
    now: datetime,
    random: RandomBytes,
) -> SnapshotRow:
    """Commits a population in the caller's transaction. PoolError if it is empty.

    The order is that of a hash under fresh randomness: it tells nothing, and nobody chose it.
    """
    if not members:
        raise PoolError(
            Said("总体为空，无从抽取。", "nobody can be drawn from nothing: the population is empty")
        )
    drawn = [(random(sealed.SALT_SIZE), member) for member in members]
    drawn.sort(key=lambda pair: pair[0])
    # Sorted by one random value and salted with another: the order must not tell anything about the salts.
    salts = [random(sealed.SALT_SIZE) for _ in drawn]
    ordered = [member for _, member in drawn]
    population = Population(
        tuple(Member.of(m.attributes, m.identity, salt) for m, salt in zip(ordered, salts, strict=True))
    )
    root = population.root()
    entry = PopulationCommitted(subject, root.hex(), len(ordered))
    identities: list[Json] = [dict(member.identity) for member in ordered]
    row = SnapshotRow(
        kind=kind,
        subject=subject,
        root=root,
        size=len(ordered),
        population=population.to_bytes(),
        identities=canonical_json.dumps(identities),
        salts=b"".join(salts),
        keys=[member.key for member in ordered],
        committed_at=now,
        entry_id=log.append(session, entry, now=now),
    )
    session.add(row)
    session.flush()
    return row


def commit_pool(session: Session, *, now: datetime, random: RandomBytes) -> SnapshotRow:
    """A snapshot of the pool as it is now. Who is not admitted stands in it too, as not active."""
    query = select(ExpertRow).where(ExpertRow.state != REMOVED).order_by(ExpertRow.id)
    members = []
    for row in session.scalars(query.execution_options(populate_existing=True)):
        record = pool.of(row)
        attributes = record.attributes(active=row.state == ADMITTED)
        members.append(Subject(row.number, record.identity(), attributes))
    return commit(session, EXPERTS, f"experts {now:%Y-%m-%dT%H:%M:%SZ}", members, now=now, random=random)


def newest(session: Session, kind: str) -> SnapshotRow:
    """The last population of its kind. NotFoundError if none was committed."""
    query = select(SnapshotRow).where(SnapshotRow.kind == kind).order_by(SnapshotRow.id.desc()).limit(1)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFoundError(
            Said(
                "尚未提交总体：请先提交。", f"no population of {kind} was committed: commit a snapshot first"
            )
        )
    return row


def get(session: Session, snapshot_id: int) -> SnapshotRow:
    row = session.get(SnapshotRow, snapshot_id)
    if row is None:
        raise NotFoundError(Said("没有该次提交。", "there is no such snapshot"))
    return row


def population_of(row: SnapshotRow) -> Population:
    return Population.parse(row.population)


def identities_of(row: SnapshotRow) -> list[dict[str, Any]]:
    """Who or what stands at each position. Not for anybody before the award."""
    return cast("list[dict[str, Any]]", canonical_json.loads(row.identities))


def salt_of(row: SnapshotRow, position: int) -> bytes:
    return row.salts[position * sealed.SALT_SIZE : (position + 1) * sealed.SALT_SIZE]
