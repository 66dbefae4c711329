"""Finding published tenders by words, state, body of rules and dates; pages stay right while others publish."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, Text, cast, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from bidding.tenders.models import TenderRow
from parties.models import Organisation

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; None or empty asks nothing.

    words:    each has to stand in the title, the description, a lot's title, the id or the tenderee's name.
    since, until: published at or after, and before.
    """

    words: str = ""
    state: str | None = None
    profile: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page, the newest first, and whether there are more on either side."""

    tenders: Sequence[TenderRow]
    has_newer: bool
    has_older: bool


def search(
    session: Session,
    wanted: Wanted,
    *,
    after: TenderRow | None = None,
    before: TenderRow | None = None,
    limit: int = 20,
) -> Found:
    """Tenders published before `after` (the last of the page that was seen), or the page just newer than `before`."""
    query, place = _matching(wanted), tuple_(TenderRow.published_at, TenderRow.id)
    limit = min(limit, MOST)
    if before is not None and after is None:
        newer = query.where(place > tuple_(before.published_at, before.id))
        rows = session.scalars(newer.order_by(TenderRow.published_at, TenderRow.id).limit(limit + 1)).all()
        return Found(rows[:limit][::-1], len(rows) > limit, has_older=True)
    if after is not None:
        query = query.where(place < tuple_(after.published_at, after.id))
    ordered = query.order_by(TenderRow.published_at.desc(), TenderRow.id.desc())
    rows = session.scalars(ordered.limit(limit + 1)).all()
    return Found(rows[:limit], after is not None, len(rows) > limit)


def count(session: Session, wanted: Wanted) -> int:
    """How many there are on all pages."""
    return session.execute(select(func.count()).select_from(_matching(wanted).subquery())).scalar_one()


def _matching(wanted: Wanted) -> Select[TenderRow]:
    query = select(TenderRow).where(TenderRow.published_at.is_not(None))
    if wanted.state:
        query = query.where(TenderRow.state == wanted.state)
    if wanted.profile:
        query = query.where(TenderRow.draft["profile"].astext == wanted.profile)
    if wanted.since is not None:
        query = query.where(TenderRow.published_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(TenderRow.published_at < wanted.until)
    words = wanted.words.split()
    if words:
        query = query.join(Organisation, Organisation.id == TenderRow.organisation)
    titles = cast(func.jsonb_path_query_array(TenderRow.draft, cast("$.lots[*].title", JSONPATH)), Text)
    for word in words:
        query = query.where(
            or_(
                TenderRow.id == word,
                TenderRow.draft["title"].astext.icontains(word, autoescape=True),
                TenderRow.draft["description"].astext.icontains(word, autoescape=True),
                titles.icontains(word, autoescape=True),
                Organisation.name.icontains(word, autoescape=True),
            )
        )
    return query
