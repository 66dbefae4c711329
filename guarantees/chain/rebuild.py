"""The index made anew from nothing, and compared with the one that was followed."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import delete

from guarantees.chain import index
from guarantees.chain.binding import bound
from guarantees.chain.errors import ChainError
from guarantees.chain.indexer import Indexer, newest_block
from guarantees.chain.models import BlockRow, EventRow, GuaranteeRow, GuarantorRow


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a rebuild found: up to which block it went, how many events, and for each table how many rows differed."""

    block: int
    events: int
    differing: dict[str, int]

    @property
    def is_equal(self) -> bool:
        return not any(self.differing.values())


def rebuild(indexer: Indexer) -> Comparison:
    """Reads the chain again up to the block that was followed, and replaces the index by what it says.

    All in one transaction, so readers see the old index until it is done, and nothing changes if it fails. Raises what
    the indexer raises, and ChainError if another process has the turn, nothing was followed yet, or the chain was
    reorganised meanwhile.
    """
    if not indexer.take():
        raise ChainError(
            "another process follows the chain now: stop it (`sunseal gateway run`) for the rebuild"
        )
    indexer.guard()
    with indexer.database.session() as session:
        bound(session, for_update=True)
        newest = newest_block(session)
        if newest is None:
            raise ChainError("nothing was followed yet: `sunseal gateway run` does that")
        goal, goal_hash = newest.number, newest.hash
        old = index.content(session)
        for model in (EventRow, GuaranteeRow, GuarantorRow, BlockRow):
            session.execute(delete(model))
        session.expunge_all()
        place, place_hash = indexer.gateway.deployment.first_block - 1, None
        while place < goal:
            batch = indexer.read(place, place_hash, goal)
            if batch is None:
                raise ChainError("the chain was reorganised during the rebuild: try again")
            indexer.keep(session, batch)
            place, place_hash = batch.last.number, batch.last.hash
        if place_hash != goal_hash:
            raise ChainError(
                "the chain was reorganised since it was followed: let `sunseal gateway run` go on first"
            )
        new = index.content(session)
        session.commit()
    return Comparison(goal, len(new[EventRow.__tablename__]), _differing(old, new))


def _differing(
    old: dict[str, list[tuple[object, ...]]], new: dict[str, list[tuple[object, ...]]]
) -> dict[str, int]:
    """Rows that one of the two has and the other has not."""
    found = {}
    for table, rows in old.items():
        before, after = Counter(rows), Counter(new[table])
        found[table] = (before - after).total() + (after - before).total()
    return found
