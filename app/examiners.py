"""Who examined a scanned guarantee, as its record has it: for pages that say by whom.

Over REST and pages the record has the organisation's credit code and the person's id; by `sunseal guarantees examined`
whatever name was given.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from parties.models import Organisation, Person


@dataclass(frozen=True, slots=True)
class Examiner:
    """Names. `organisation` is empty for one that was named on the command line."""

    organisation: str
    person: str


def recorded(credit_code: str, person: UUID) -> str:
    """What the record has for somebody who is logged in."""
    return f"{credit_code} {person}"


def of(session: Session, examined_by: str) -> Examiner:
    """By what `recorded` gave, or by a name."""
    credit_code, _, person_id = examined_by.partition(" ")
    try:
        person = session.get(Person, UUID(person_id))
    except ValueError:
        return Examiner("", examined_by)
    query = select(Organisation.name).where(Organisation.credit_code == credit_code)
    organisation = session.execute(query).scalar_one_or_none()
    if person is None or organisation is None:
        return Examiner("", examined_by)
    return Examiner(organisation, person.name)
