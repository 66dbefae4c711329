"""Members of an organisation: invited and suspended by its managers; who comes with a code joins, and anyone may
leave."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.api.document import ApiRoutes
from app.api.organisations import visible
from app.api.schemas import parties as schemas
from app.caller import caller
from app.context import now, parts, session
from parties import members
from parties.models import Membership
from parties.roles import Role

routes = ApiRoutes("members", __name__, url_prefix="/api", description="Members of organisations")
_OF = "/organisations/<uuid:organisation_id>"


@routes.operation("GET", f"{_OF}/members", gives=schemas.Member, many=True, refuses=(401, 403, 404))
def list_members(organisation_id: UUID) -> Sequence[Membership]:
    """List the members"""
    return members.of_organisation(session(), visible(organisation_id, caller()))


@routes.operation(
    "POST",
    f"{_OF}/invitations",
    takes=schemas.NewInvitation,
    gives=schemas.Invited,
    status=201,
    refuses=(400, 401, 403, 404, 409),
)
def invite(given: dict[str, Any], organisation_id: UUID) -> dict[str, Any]:
    """Invite somebody

    The code is shown this once and good for a week, for whoever brings it first: hand it over where nobody else sees
    it.
    """
    who = caller()
    invitation, code = members.invite(
        session(),
        visible(organisation_id, who),
        Role(given["role"]),
        manages=given["manages"],
        note=given["note"],
        by=who.person_id,
        now=now(),
        random=parts().random,
    )
    session().commit()
    return {"id": invitation.id, "code": code, "expires_at": invitation.expires_at}


@routes.operation(
    "DELETE", f"{_OF}/invitations/<uuid:invitation_id>", status=204, refuses=(400, 401, 403, 404, 409)
)
def withdraw_invitation(organisation_id: UUID, invitation_id: UUID) -> None:
    """Withdraw an invitation that nobody has used"""
    who = caller()
    organisation = visible(organisation_id, who)
    members.withdraw_invitation(session(), organisation, invitation_id, by=who.person_id, now=now())
    session().commit()


@routes.operation(
    "POST",
    "/invitations/acceptance",
    takes=schemas.InvitationCode,
    gives=schemas.Member,
    status=201,
    refuses=(400, 401, 409),
)
def accept_invitation(given: dict[str, Any]) -> Membership:
    """Join an organisation with an invitation's code

    A role that demands a second factor can be acted in after the next login with one.
    """
    membership = members.accept(
        session(), given["code"], caller().account.person, now=now(), random=parts().random
    )
    session().commit()
    return membership


@routes.operation(
    "DELETE", f"{_OF}/members/<uuid:membership_id>", status=204, refuses=(400, 401, 403, 404, 409)
)
def end_membership(organisation_id: UUID, membership_id: UUID) -> None:
    """Leave, or end a member's membership"""
    who = caller()
    organisation = visible(organisation_id, who)
    members.end(session(), organisation, membership_id, by=who.person_id, now=now())
    session().commit()


@routes.operation(
    "PUT", f"{_OF}/members/<uuid:membership_id>/suspension", status=204, refuses=(400, 401, 403, 404, 409)
)
def suspend_member(organisation_id: UUID, membership_id: UUID) -> None:
    """Suspend a member"""
    _set_suspended(organisation_id, membership_id, suspended=True)


@routes.operation(
    "DELETE", f"{_OF}/members/<uuid:membership_id>/suspension", status=204, refuses=(400, 401, 403, 404, 409)
)
def resume_member(organisation_id: UUID, membership_id: UUID) -> None:
    """Let a suspended member act again"""
    _set_suspended(organisation_id, membership_id, suspended=False)


def _set_suspended(organisation_id: UUID, membership_id: UUID, *, suspended: bool) -> None:
    who = caller()
    organisation = visible(organisation_id, who)
    members.set_suspended(
        session(), organisation, membership_id, suspended=suspended, by=who.person_id, now=now()
    )
    session().commit()
