"""Of parties: organisations to verify, one's own that wait, and a second factor that is still missing."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.caller import Caller
from app.login.second_factor import has_second_factor
from app.web.pages.desk.waiting import Waiting
from app.web.pages.language import _, said
from app.web.pages.navigation import ROLE_NAMES
from parties import members
from parties.models import Organisation
from parties.roles import VERIFIED_BY, Role

_MOST = 100


def to_verify(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001 - a Source
    """Roles that organisations registered for, and that this role vouches for."""
    may = {str(role) for role, by in VERIFIED_BY.items() if caller.role in by}
    if not may:
        return
    unverified = func.cardinality(Organisation.verified_roles) < func.cardinality(Organisation.roles)
    query = select(Organisation).where(unverified).order_by(Organisation.registered_at).limit(_MOST)
    for one in session.scalars(query):
        for role in sorted((set(one.roles) - set(one.verified_roles)) & may):
            yield Waiting(
                _("Organisations to verify"),
                _("registered as: %(role)s", role=said(ROLE_NAMES[Role(role)])),
                url_for("pages.organisations_list"),
                None,
                one.name,
            )


def own(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001 - a Source
    """What keeps this person from acting."""
    group = _("For yourself")
    found = members.of_person(session, caller.person_id)
    if not found:
        yield Waiting(group, _("Register your organisation, or join one"), url_for("pages.account"))
    if len(caller.may_act_as) > 1 and caller.membership is None:
        yield Waiting(group, _("Say for whom you act"), url_for("pages.choose"))
    for one in found:
        if one.role not in one.organisation.verified_roles:
            yield Waiting(
                group,
                _("waits to be verified as: %(role)s", role=said(ROLE_NAMES[Role(one.role)])),
                url_for("pages.organisation", organisation_id=one.organisation_id),
                None,
                one.organisation.name,
            )
    if not has_second_factor(caller.account):
        yield Waiting(
            group, _("Set up a second factor: a password alone can be stolen"), url_for("pages.account")
        )
    elif not caller.account.mf_recovery_codes:
        yield Waiting(
            group,
            _("Make recovery codes, for when the authenticator is lost"),
            url_for("pages.recovery_codes"),
        )
