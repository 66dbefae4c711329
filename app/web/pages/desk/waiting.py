"""What waits for a person: each domain contributes what it knows, and the start page of every role shows it.

A source is a function `(session, caller, now) -> Iterable[Waiting]`. It answers for the caller's role and organisation
alone, and asks for nothing that the caller may not see. SOURCES has them all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from app.caller import Caller


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do, until `due`. `group` is a heading and `text` a sentence, both translated."""

    group: str
    text: str
    address: str
    due: datetime | None = None
    subject: str = ""

    def late(self, now: datetime) -> bool:
        return self.due is not None and self.due <= now


class Source(Protocol):
    """What a domain contributes."""

    def __call__(self, session: Session, caller: Caller, now: datetime) -> Iterable[Waiting]: ...


def waiting_for(
    sources: Sequence[Source], session: Session, caller: Caller, now: datetime
) -> list[tuple[str, list[Waiting]]]:
    """By heading, in the order of the sources; in each the nearest due first, and what has no date last."""
    groups: dict[str, list[Waiting]] = {}
    for source in sources:
        for one in source(session, caller, now):
            groups.setdefault(one.group, []).append(one)
    for found in groups.values():
        found.sort(key=lambda one: (one.due is None, one.due or now))
    return list(groups.items())
