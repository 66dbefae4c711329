"""Sequences that cross the domains: what one has done, another is told in the same transaction.

    lots_moved  a lot was awarded, contracted, cancelled or failed -> its guarantees are released on the clock (条57)

A message that is lost costs nothing but time: the worker of guarantees looks at the same ledger by itself.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from app.guarantee_lots import TenderedLots
from guarantees.after import releasing


def lots_moved(session: Session, lots: Iterable[str], *, now: datetime) -> None:
    """To be called with the lots' rows and entries written, before the commit."""
    session.flush()
    port = TenderedLots()
    for lot in lots:
        releasing.sweep(session, port, lot, now=now)
