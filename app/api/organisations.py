"""Organisations: registered by a person, verified and suspended by those who answer for that."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.api.document import ApiRoutes
from app.api.schemas import parties as schemas
from app.caller import Caller, caller
from app.context import now, parts, session
from parties import members, organisations
from parties.errors import UnknownError
from parties.models import Organisation
from parties.roles import Role

routes = ApiRoutes("organisations", __name__, url_prefix="/api/organisations", description="Organisations")
_OVERSEERS = frozenset({Role.CENTER, Role.SUPERVISOR})


@routes.operation(
    "POST",
    "",
    takes=schemas.NewOrganisation,
    gives=schemas.Organisation,
    status=201,
    refuses=(400, 401, 403, 409),
)
def register_organisation(given: dict[str, Any]) -> Organisation:
    """Register an organisation

    Whoever registers it is its first manager. Nobody acts for it in a role before that role is verified.
    """
    made = organisations.register(
        session(),
        given["credit_code"],
        given["name"],
        map(Role, given["roles"]),
        caller().account.person,
        now=now(),
        random=parts().random,
    )
    session().commit()
    return made


@routes.operation(
    "GET", "", query=schemas.OrganisationQuery, gives=schemas.Organisation, many=True, refuses=(401, 403)
)
def list_organisations(given: dict[str, Any]) -> list[Organisation]:
    """List organisations, in the order of their ids"""
    query = select(Organisation).order_by(Organisation.id).limit(given["limit"])
    if "after" in given:
        query = query.where(Organisation.id > given["after"])
    if given["waiting"]:
        query = query.where(
            func.cardinality(Organisation.verified_roles) < func.cardinality(Organisation.roles)
        )
    return list(session().scalars(query))


@routes.operation("GET", "/<uuid:organisation_id>", gives=schemas.Organisation, refuses=(401, 403, 404))
def get_organisation(organisation_id: UUID) -> Organisation:
    """Show one's own organisation; center and supervisor see all"""
    return visible(organisation_id, caller())


@routes.operation(
    "POST",
    "/<uuid:organisation_id>/verification",
    takes=schemas.Verification,
    gives=schemas.Organisation,
    refuses=(400, 401, 403, 404, 409),
)
def verify_organisation(given: dict[str, Any], organisation_id: UUID) -> Organisation:
    """Say that the organisation is what it registered as

    Center and supervisor verify tenderees, bidders and experts; the supervisor alone verifies guarantors.
    """
    organisation = organisations.get(session(), organisation_id, for_update=True)
    by = caller().role
    if by is None:  # pragma: no cover - the gate lets in none
        raise UnknownError("nobody acts here without a role")
    organisations.verify(session(), organisation, Role(given["role"]), by)
    session().commit()
    return organisation


@routes.operation(
    "PUT",
    "/<uuid:organisation_id>/suspension",
    takes=schemas.Reason,
    gives=schemas.Organisation,
    refuses=(400, 401, 403, 404, 409),
)
def suspend_organisation(given: dict[str, Any], organisation_id: UUID) -> Organisation:
    """Suspend an organisation: nobody acts for it"""
    organisation = organisations.get(session(), organisation_id, for_update=True)
    organisations.suspend(session(), organisation, given["reason"], now=now())
    session().commit()
    return organisation


@routes.operation(
    "DELETE",
    "/<uuid:organisation_id>/suspension",
    gives=schemas.Organisation,
    refuses=(400, 401, 403, 404, 409),
)
def resume_organisation(organisation_id: UUID) -> Organisation:
    """End an organisation's suspension"""
    organisation = organisations.get(session(), organisation_id, for_update=True)
    organisations.resume(session(), organisation)
    session().commit()
    return organisation


def visible(organisation_id: UUID, who: Caller) -> Organisation:
    """An organisation that the caller may know of: one that it is a member of, or any for those who oversee.

    UnknownError otherwise, as for one that does not exist. A token sees the organisation of its membership alone.
    """
    organisation = organisations.get(session(), organisation_id)
    if who.role in _OVERSEERS and (who.second_factor or who.via == "token"):
        return organisation
    if who.via == "token":
        own = who.membership is not None and who.membership.organisation_id == organisation.id
    else:
        own = any(one.person_id == who.person_id for one in members.of_organisation(session(), organisation))
    if not own:
        raise UnknownError("there is no such organisation")
    return organisation
