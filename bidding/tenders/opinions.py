"""What the members of a lot's committee hand in, and what becomes of it when one of them is replaced (条48).

An opinion is a paper that its member signed; here stands its SHA-256. Whoever is replaced leaves void opinions, and
whoever follows gives its own: until then there is no report, no candidates and no award from it.

Who a member is, nobody outside learns from here: `member` is the number in the register of experts, and stays sealed
until the award.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.tender import State
from bidding.tenders.errors import CommitteeError, UnknownTenderError
from bidding.tenders.models import LotRow, OpinionRow

_TAKES = frozenset({State.OPENED, State.EVALUATED})
_SHA256 = re.compile(r"[0-9a-f]{64}")


def give(session: Session, lot_id: str, member: str, sha256: str, *, now: datetime) -> OpinionRow:
    """Keeps an opinion. A member may hand in several, each once; the same again changes nothing.

    CommitteeError before the opening and after the evaluation. UnknownTenderError for another lot.
    """
    lot = session.get(LotRow, lot_id, with_for_update=True, populate_existing=True)
    if lot is None:
        raise UnknownTenderError("there is no such lot")
    if not _SHA256.fullmatch(sha256):
        raise CommitteeError(
            "评审意见以SHA-256（64位小写十六进制）提交。"
            "An opinion is handed in by its SHA-256, in 64 lower-case hexadecimal digits."
        )
    if State(lot.state) not in _TAKES:
        raise CommitteeError(
            "评审意见在开标后、公示中标候选人之前提交。"
            "Opinions are taken from the opening until the candidates are published."
        )
    query = select(OpinionRow).where(
        OpinionRow.lot == lot_id, OpinionRow.member == member, OpinionRow.sha256 == sha256
    )
    found = session.scalars(query).one_or_none()
    if found is not None:
        return found
    row = OpinionRow(lot=lot_id, member=member, sha256=sha256, given_at=now, void_at=None)
    session.add(row)
    session.flush()
    return row


def void(session: Session, lot_id: str, member: str, *, now: datetime) -> int:
    """The member was replaced: what it handed in is void. How many opinions became so."""
    session.get(LotRow, lot_id, with_for_update=True)
    standing = [row for row in of_lot(session, lot_id) if row.member == member and row.void_at is None]
    for row in standing:
        row.void_at = now
    session.flush()
    return len(standing)


def of_lot(session: Session, lot_id: str) -> list[OpinionRow]:
    """All of a lot, void ones too, in the order in which they came."""
    query = select(OpinionRow).where(OpinionRow.lot == lot_id).order_by(OpinionRow.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def require_made_good(session: Session, lot_id: str) -> None:
    """CommitteeError unless somebody new has judged anew for each member whose opinions are void (条48)."""
    if not are_made_good([(row.member, row.given_at, row.void_at) for row in of_lot(session, lot_id)]):
        raise CommitteeError(
            "被更换的评标委员会成员所作的评审意见无效，须由更换后的成员重新评审（条48）。"
            "The opinions of a member who was replaced are void: whoever followed has to judge anew first (条48)."
        )


def are_made_good(opinions: Sequence[tuple[str, datetime, datetime | None]]) -> bool:
    """Whether each member whose opinions are void has a successor of its own among those whose opinions stand.

    Opinions are (member, given at, void at). A successor began to give its opinions after the other's were void. Pure.
    """
    voided = {member: void_at for member, _, void_at in opinions if void_at is not None}
    standing: dict[str, datetime] = {}
    for member, given_at, void_at in opinions:
        if void_at is None and member not in voided:
            standing[member] = min(given_at, standing.get(member, given_at))
    latest_first = sorted(voided.values(), reverse=True)
    return all(
        sum(given_at >= void_at for given_at in standing.values()) > earlier
        for earlier, void_at in enumerate(latest_first)
    )
