"""What everybody may see of a draw, at any time: no name, no position, nothing that the seed does not tell.

Of calls there are counts. Who was called is sealed in the ledger until the award, and shown from the published file
after it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from custody.errors import CustodyError
from custody.reader import Reader
from ledger.errors import LedgerError
from oversight import drawing, pool
from oversight.draw_tables import DrawRow, SnapshotRow
from oversight.expert_draw import Need, Terms
from oversight.names_file import Names


@dataclass(frozen=True, slots=True)
class Share:
    """A keyholder's part in the seed. `state`: given, wrong, or none."""

    number: int
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Seed:
    """Of `threshold` keyholders that are needed, `given` have given shares that are right."""

    group: str
    threshold: int
    index: int
    shares: tuple[Share, ...]

    @property
    def given(self) -> int:
        return sum(share.state == "given" for share in self.shares)


@dataclass(frozen=True, slots=True)
class Facts:
    """`seed` is None while the ledger as keyholders read it has no request yet."""

    row: DrawRow
    needs: tuple[Need, ...]
    specialties: Mapping[str, str]
    avoided: Mapping[str, int]
    window: int
    population: int
    root: bytes
    seed: Seed | None
    calls: Mapping[str, int]
    seats: tuple[int, ...]
    named: tuple[dict[str, Any], ...] = field(default=())


def facts_of(session: Session, row: DrawRow, reader: Reader | None) -> Facts:
    terms = Terms.parse(row.terms)
    snapshot = session.get_one(SnapshotRow, row.snapshot_id)
    calls = drawing.calls_of(session, row)
    accepted = Counter(call.need for call in calls if call.answer == "accepted")
    known = pool.specialties(session)
    return Facts(
        row=row,
        needs=terms.needs,
        specialties={need.specialty: known.get(need.specialty, ("", ""))[1] for need in terms.needs},
        avoided=Counter(one.reason for one in terms.excluded),
        window=terms.window,
        population=snapshot.size,
        root=snapshot.root,
        seed=None if reader is None else seed_of(session, row.id, reader),
        calls=Counter(call.answer for call in calls),
        seats=tuple(accepted[number] for number in range(len(terms.needs))),
        named=named(row),
    )


def seed_of(session: Session, draw: bytes, reader: Reader) -> Seed | None:
    """Who of the group has answered, as the ledger has it."""
    with reader.reading(session) as view:
        try:
            found = view.draws.get(draw.hex())
        except (LedgerError, CustodyError):
            return None
        group = found.run.group
        shares = tuple(
            Share(
                number,
                member.name,
                "given" if number in found.shares else "wrong" if number in found.wrong else "none",
            )
            for number, member in enumerate(group.proposal.members, start=1)
        )
        return Seed(group.proposal.name, group.threshold, found.index, shares)


def named(row: DrawRow) -> tuple[dict[str, Any], ...]:
    """Who was called, from the published file; nobody before."""
    if row.names is None:
        return ()
    return tuple({"position": one.position, **dict(one.identity)} for one in Names.parse(row.names).drawn)


def newest(session: Session, most: int) -> list[tuple[DrawRow, Mapping[str, int]]]:
    """The newest draws, with the counts of their calls' answers."""
    rows = session.scalars(
        select(DrawRow).order_by(DrawRow.requested_at.desc(), DrawRow.id).limit(most)
    ).all()
    return [(row, Counter(call.answer for call in drawing.calls_of(session, row))) for row in rows]
