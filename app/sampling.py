"""Asking for a sample of the platform's own records: population, inspectors and request in one transaction.

One way for the command, the API and the page, so that all of them commit before there is a seed.
"""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from app.records import Records
from crypto.randomness import RandomBytes
from oversight import quarters, samples
from oversight.draw_tables import SnapshotRow
from oversight.quarters import Quarter
from oversight.sample_tables import SampleRow


def ask(
    session: Session,
    group: str,
    kind: str,
    quarter: Quarter,
    rate: Fraction,
    checklist: Sequence[str],
    *,
    each: int,
    now: datetime,
    random: RandomBytes,
) -> tuple[SnapshotRow, SampleRow]:
    """The population of a quarter and its sample, in the caller's transaction; `each` inspectors an object, or none.

    Of one population there is one sample: asked again in the same words, without inspectors, it is that one; else it is
    refused. TooEarlyError, PoolError, DrawRefusedError, MalformedDrawError; CustodyError without a key for draws.
    """
    objects = quarters.commit(session, Records(), kind, quarter, now=now, random=random)
    whom = quarters.commit_inspectors(session, Records(), now=now, random=random) if each else None
    row = samples.request(
        *(session, group, objects.subject, objects, rate, checklist),
        now=now,
        inspectors=whom,
        each=each or 1,
    )
    return objects, row
