"""Organisations: registered by anyone, verified by those who may vouch for them, suspended and resumed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from parties import credit_code
from parties.commitment import SALT_SIZE
from parties.errors import NotAllowedError, StateError, TakenError, UnknownError
from parties.models import Membership, Organisation, Person
from parties.roles import CLAIMABLE, VERIFIED_BY, Role

MAX_NAME = 200


def register(
    session: Session,
    code: str,
    name: str,
    roles: Iterable[Role],
    founder: Person,
    *,
    now: datetime,
    random: RandomBytes,
) -> Organisation:
    """A new organisation that nobody vouches for yet, with `founder` as its manager in each of `roles`.

    Raises CreditCodeError, NotAllowedError for a role that no organisation may claim, TakenError if the code is
    registered: then its manager invites further persons.
    """
    claimed = sorted(set(roles))
    if not claimed or not CLAIMABLE.issuperset(claimed):
        raise NotAllowedError(f"an organisation registers as one or more of {', '.join(sorted(CLAIMABLE))}")
    return _add(session, code, name, claimed, [], founder, now=now, random=random)


def establish(
    session: Session, code: str, name: str, role: Role, founder: Person, *, now: datetime, random: RandomBytes
) -> Organisation:
    """An organisation that needs no verification, for the operator's command line: center, supervisor, administrator.

    One that exists gets the role in addition, verified, and `founder` as its manager in it.
    """
    parsed = credit_code.parse(code)
    found = session.execute(
        select(Organisation).where(Organisation.credit_code == parsed).with_for_update()
    ).scalar_one_or_none()
    if found is None:
        return _add(session, parsed, name, [role], [role], founder, now=now, random=random)
    found.roles = sorted({*found.roles, role})
    found.verified_roles = sorted({*found.verified_roles, role})
    _join(session, found, founder, role, now, random)
    session.flush()
    return found


def get(session: Session, organisation_id: UUID, *, for_update: bool = False) -> Organisation:
    """Raises UnknownError."""
    found = session.get(
        Organisation, organisation_id, with_for_update=for_update or None, populate_existing=for_update
    )
    if found is None:
        raise UnknownError("there is no such organisation")
    return found


def verify(session: Session, organisation: Organisation, role: Role, by: Role) -> None:
    """Whoever acts as `by` vouches that the organisation is what it registered as.

    Raises NotAllowedError if `by` may not vouch for that role, StateError if it never registered for it.
    """
    if by not in VERIFIED_BY.get(role, ()):
        raise NotAllowedError(f"a {by} does not verify a {role}")
    if role not in organisation.roles:
        raise StateError(f"the organisation has not registered as {role}")
    organisation.verified_roles = sorted({*organisation.verified_roles, role})
    session.flush()


def suspend(session: Session, organisation: Organisation, because: str, *, now: datetime) -> None:
    """Nobody acts for it until it is resumed. Its keys stay valid: whoever distrusts those revokes them."""
    if organisation.suspended_at is not None:
        raise StateError("the organisation is suspended already")
    organisation.suspended_at, organisation.suspended_because = now, because
    session.flush()


def resume(session: Session, organisation: Organisation) -> None:
    """Ends the suspension. StateError if there is none."""
    if organisation.suspended_at is None:
        raise StateError("the organisation is not suspended")
    organisation.suspended_at, organisation.suspended_because = None, ""
    session.flush()


def _add(
    session: Session,
    code: str,
    name: str,
    roles: list[Role],
    verified: list[Role],
    founder: Person,
    *,
    now: datetime,
    random: RandomBytes,
) -> Organisation:
    parsed = credit_code.parse(code)
    if session.execute(select(Organisation.id).where(Organisation.credit_code == parsed)).first():
        raise TakenError("an organisation with this credit code is registered: its manager can invite you")
    organisation = Organisation(
        id=new_id(random),
        credit_code=parsed,
        name=name,
        roles=list(map(str, roles)),
        verified_roles=list(map(str, verified)),
        salt=random(SALT_SIZE),
        registered_at=now,
        suspended_at=None,
        suspended_because="",
    )
    session.add(organisation)
    session.flush()
    for role in roles:
        _join(session, organisation, founder, role, now, random)
    session.flush()
    return organisation


def _join(
    session: Session,
    organisation: Organisation,
    person: Person,
    role: Role,
    now: datetime,
    random: RandomBytes,
) -> None:
    session.add(
        Membership(
            id=new_id(random),
            person_id=person.id,
            organisation_id=organisation.id,
            role=role,
            manages=True,
            began_at=now,
            suspended_at=None,
            ended_at=None,
        )
    )


def new_id(random: RandomBytes) -> UUID:
    """A random UUID (version 4): it tells nothing, and cannot be guessed."""
    return UUID(bytes=random(16), version=4)
