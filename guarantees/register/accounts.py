"""The accounts on chain that act for beneficiaries: what demands and releases for a tenderee."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from guarantees.tables.register import BeneficiaryAccount

ANY = ""
"""The credit code under which the account stands that acts for every tenderee without one of its own."""


def register(session: Session, credit_code: str, address: bytes, *, now: datetime) -> None:
    """Names the account (20 bytes) of a tenderee, or with ANY that of all others; what was undertaken keeps its own."""
    values = {"address": address, "registered_at": now}
    statement = insert(BeneficiaryAccount).values(credit_code=credit_code, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["credit_code"], set_=values))


def of(session: Session, credit_code: str) -> bytes | None:
    """The tenderee's account; None if nobody acts for it on chain."""
    query = select(BeneficiaryAccount.credit_code, BeneficiaryAccount.address).where(
        BeneficiaryAccount.credit_code.in_((credit_code, ANY))
    )
    found = {row.credit_code: row.address for row in session.execute(query)}
    return found.get(credit_code, found.get(ANY))
