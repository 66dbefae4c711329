"""How far a signed guarantee is on chain, as far as this desk's gateway followed it, and no further."""

from dataclasses import dataclass

from app.desk_api.desk import session
from app.desk_pages.gate import house
from guarantees.chain import index, outbox
from guarantees.chain.outbox import Progress
from guarantees.chain.standing import Standing
from guarantees.tables.desk import Issue


@dataclass(frozen=True, slots=True)
class OnChain:
    """`progress` is the act in the outbox, None for one that another program sends; `standing` None: not seen there.

    confirmations: blocks upon it that were followed, of `depth` that make it certain.
    """

    progress: Progress | None
    standing: Standing | None
    confirmations: int
    depth: int


def of(issue: Issue) -> OnChain:
    standing = index.guarantee(session(), issue.guarantee)
    followed = index.followed(session())
    progress = None if issue.purpose is None else outbox.progress(session(), issue.purpose)
    upon = 0 if standing is None or followed is None else max(0, followed - standing.issued_block)
    return OnChain(progress, standing, upon, house().depth)
