"""Members: invited by a manager, joining with a code, leaving, suspended; and in what a person may act now."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from parties.errors import InvitationError, NotAllowedError, StateError, TakenError, UnknownError
from parties.models import Invitation, Membership, Organisation, Person
from parties.organisations import new_id
from parties.roles import Role

INVITATION_LIFE = timedelta(days=7)
_CODE_SIZE = 24


def add_person(session: Session, name: str, *, now: datetime, random: RandomBytes) -> Person:
    """A person who acts for nobody yet."""
    person = Person(id=new_id(random), name=name, created_at=now, suspended_at=None)
    session.add(person)
    session.flush()
    return person


def require_manager(session: Session, organisation: Organisation, person_id: UUID) -> Membership:
    """The person's membership, or NotAllowedError unless it manages the organisation now. StateError if suspended."""
    if organisation.suspended_at is not None:
        raise StateError("the organisation is suspended")
    for membership in _live(session, person_id):
        if membership.organisation_id == organisation.id and membership.manages:
            return membership
    raise NotAllowedError("only a manager of the organisation may do this")


def acting(session: Session, person_id: UUID) -> list[Membership]:
    """The memberships in which the person may act now, oldest first: its own, the organisation's and its own person's
    suspension considered, and the role verified."""
    return [
        membership
        for membership in _live(session, person_id)
        if membership.role in membership.organisation.verified_roles
        and membership.organisation.suspended_at is None
        and membership.person.suspended_at is None
    ]


def roles_of(session: Session, person_id: UUID) -> frozenset[Role]:
    """Every role of the person that has not ended, suspended or not: what its login must be strong enough for."""
    found = session.scalars(
        select(Membership.role).where(Membership.person_id == person_id, Membership.ended_at.is_(None))
    )
    return frozenset(map(Role, found))


def of_person(session: Session, person_id: UUID) -> Sequence[Membership]:
    """All of the person's that have not ended, also suspended ones and those in a role that nobody verified yet."""
    return _live(session, person_id, with_suspended=True)


def of_organisation(session: Session, organisation: Organisation) -> Sequence[Membership]:
    """All that have not ended, oldest first."""
    return session.scalars(
        select(Membership)
        .where(Membership.organisation_id == organisation.id, Membership.ended_at.is_(None))
        .order_by(Membership.began_at, Membership.id)
    ).all()


def invite(
    session: Session,
    organisation: Organisation,
    role: Role,
    *,
    manages: bool,
    note: str,
    by: UUID,
    now: datetime,
    random: RandomBytes,
) -> tuple[Invitation, str]:
    """The invitation and its code, which is shown this once; whoever brings it within a week becomes a member.

    Raises NotAllowedError unless `by` manages the organisation, or for a role that the organisation has not.
    """
    require_manager(session, organisation, by)
    if role not in organisation.roles:
        raise NotAllowedError(f"the organisation has not registered as {role}")
    code = urlsafe_b64encode(random(_CODE_SIZE)).decode("ascii")
    invitation = Invitation(
        id=new_id(random),
        organisation_id=organisation.id,
        code_hash=_hash(code),
        role=role,
        manages=manages,
        note=note,
        created_by=by,
        created_at=now,
        expires_at=now + INVITATION_LIFE,
        used_at=None,
        withdrawn_at=None,
    )
    session.add(invitation)
    session.flush()
    return invitation, code


def withdraw_invitation(
    session: Session, organisation: Organisation, invitation_id: UUID, *, by: UUID, now: datetime
) -> None:
    """It opens nothing any more. UnknownError if it is not the organisation's or was used."""
    require_manager(session, organisation, by)
    invitation = session.get(Invitation, invitation_id, with_for_update=True)
    if (
        invitation is None
        or invitation.organisation_id != organisation.id
        or invitation.used_at is not None
        or invitation.withdrawn_at is not None
    ):
        raise UnknownError("there is no such open invitation")
    invitation.withdrawn_at = now
    session.flush()


def accept(session: Session, code: str, person: Person, *, now: datetime, random: RandomBytes) -> Membership:
    """The person joins by an invitation's code, which is then used up.

    Raises InvitationError for a code that opens nothing, TakenError if the person has that role there.
    """
    invitation = session.execute(
        select(Invitation).where(Invitation.code_hash == _hash(code)).with_for_update(of=Invitation)
    ).scalar_one_or_none()
    if (
        invitation is None
        or invitation.used_at is not None
        or invitation.withdrawn_at is not None
        or invitation.expires_at <= now
        or invitation.organisation.suspended_at is not None
        or person.suspended_at is not None
    ):
        raise InvitationError("the code opens no invitation: ask for a new one")
    for membership in _live(session, person.id, with_suspended=True):
        if membership.organisation_id == invitation.organisation_id and membership.role == invitation.role:
            raise TakenError("you have this role in that organisation already")
    invitation.used_at = now
    membership = Membership(
        id=new_id(random),
        person_id=person.id,
        organisation_id=invitation.organisation_id,
        role=invitation.role,
        manages=invitation.manages,
        began_at=now,
        suspended_at=None,
        ended_at=None,
    )
    session.add(membership)
    session.flush()
    return membership


def end(
    session: Session, organisation: Organisation, membership_id: UUID, *, by: UUID, now: datetime
) -> None:
    """The member leaves, or a manager ends it. StateError for the last manager, who hands over first."""
    membership = _lock(session, organisation, membership_id)
    if membership.person_id != by:
        require_manager(session, organisation, by)
    if membership.manages and membership.suspended_at is None:
        others = [
            other
            for other in of_organisation(session, organisation)
            if other.manages and other.suspended_at is None and other.person_id != membership.person_id
        ]
        own = [
            other
            for other in of_organisation(session, organisation)
            if other.manages and other.person_id == membership.person_id and other.id != membership.id
        ]
        if not others and not own:
            raise StateError("the last manager cannot leave: invite another one first")
    membership.ended_at = now
    session.flush()


def set_suspended(
    session: Session,
    organisation: Organisation,
    membership_id: UUID,
    *,
    suspended: bool,
    by: UUID,
    now: datetime,
) -> None:
    """A manager suspends another member, or lets it act again. NotAllowedError for oneself."""
    membership = _lock(session, organisation, membership_id)
    require_manager(session, organisation, by)
    if membership.person_id == by:
        raise NotAllowedError("nobody suspends himself: leave instead")
    if (membership.suspended_at is not None) == suspended:
        raise StateError("the member is suspended already" if suspended else "the member is not suspended")
    membership.suspended_at = now if suspended else None
    session.flush()


def _lock(session: Session, organisation: Organisation, membership_id: UUID) -> Membership:
    # The organisation's row first: two managers who end each other at once must not both succeed.
    session.execute(select(Organisation.id).where(Organisation.id == organisation.id).with_for_update())
    membership = session.get(Membership, membership_id, populate_existing=True)
    if membership is None or membership.organisation_id != organisation.id or membership.ended_at is not None:
        raise UnknownError("the organisation has no such member")
    return membership


def _live(session: Session, person_id: UUID, *, with_suspended: bool = False) -> Sequence[Membership]:
    query = select(Membership).where(Membership.person_id == person_id, Membership.ended_at.is_(None))
    if not with_suspended:
        query = query.where(Membership.suspended_at.is_(None))
    return session.scalars(query.order_by(Membership.began_at, Membership.id)).all()


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).digest()
