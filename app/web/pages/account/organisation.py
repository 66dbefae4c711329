"""Organisations: registered, joined, their members, invitations and keys; verified by those who answer for that."""

from uuid import UUID

from flask import Response, request, url_for
from sqlalchemy import func, select
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from app.api.organisations import visible
from app.caller import caller
from app.context import now, parts, session
from app.errors import ProblemError
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.language import N_, _, said
from app.web.pages.navigation import ROLE_NAMES
from app.web.pages.refusal import Refused, refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from parties import keys, members, organisations
from parties.errors import CreditCodeError, PartiesError
from parties.models import Organisation
from parties.roles import CLAIMABLE, VERIFIED_BY, Role

ONE = "/organisations/<uuid:organisation_id>"


class OrganisationForm(PageForm):
    credit_code = StringField(N_("Unified social credit code"), [Filled(), Longest(40)])
    name = StringField(N_("Name of the organisation"), [Filled(), Longest(organisations.MAX_NAME)])
    roles = SelectMultipleField(
        N_("Registers as"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def offer(self) -> "OrganisationForm":
        self.roles.choices = [(str(one), said(ROLE_NAMES[one])) for one in Role if one in CLAIMABLE]
        return self


class JoinForm(PageForm):
    code = StringField(N_("Code of the invitation"), [Filled(), Longest(64)])


class InviteForm(PageForm):
    role = SelectField(N_("Role"))
    manages = BooleanField(N_("Manages the organisation: invites others and sees to its keys"))
    note = StringField(N_("Note, for you"), [Longest(200)])

    def offer(self, organisation: Organisation) -> "InviteForm":
        self.role.choices = [(one, said(ROLE_NAMES[Role(one)])) for one in organisation.roles]
        return self


@pages.route("/organisations/new", methods=["GET", "POST"])
def register_organisation() -> Response:
    """Whoever registers it is its first manager; nobody acts for it before it is verified."""
    form, refused = OrganisationForm.entered().offer(), None
    if form.sent_well():
        if not form.roles.data:
            form.refuse("roles", _("Choose one at least."))
        else:
            try:
                made = organisations.register(
                    *(
                        session(),
                        form.credit_code.data.strip(),
                        form.name.data.strip(),
                        map(Role, form.roles.data),
                    ),
                    caller().account.person,
                    now=now(),
                    random=parts().random,
                )
            except CreditCodeError:
                session().rollback()
                form.refuse(
                    "credit_code", _("This is no unified social credit code: check its 18 characters.")
                )
            except PartiesError as error:
                session().rollback()
                refused = refused_by(error)
            else:
                session().commit()
                return see(url_for("pages.organisation", organisation_id=made.id, done="registered"))
    return page(
        "account/register_organisation.html",
        422 if form.errors or refused else 200,
        form=form,
        refused=refused,
    )


@pages.route("/organisations/join", methods=["GET", "POST"])
def join_organisation() -> Response:
    """With the code of an invitation."""
    form, refused = JoinForm.entered(), None
    if form.sent_well():
        try:
            membership = members.accept(
                session(), form.code.data.strip(), caller().account.person, now=now(), random=parts().random
            )
        except PartiesError as error:
            session().rollback()
            refused = refused_by(error)
        else:
            session().commit()
            return see(
                url_for("pages.organisation", organisation_id=membership.organisation_id, done="joined")
            )
    return page("account/join.html", 422 if form.errors or refused else 200, form=form, refused=refused)


@pages.get(ONE)
def organisation(organisation_id: UUID) -> Response:
    """One's own organisation; center and supervisor see all."""
    found = visible(organisation_id, caller())
    return _shown(found, InviteForm().offer(found))


@pages.post(f"{ONE}/invitations")
def invite(organisation_id: UUID) -> Response:
    """The code is shown this once."""
    found = visible(organisation_id, caller())
    form = InviteForm.entered().offer(found)
    if not form.sent_well():
        return _shown(found, form, status=422)
    try:
        made, code = members.invite(
            *(session(), found, Role(form.role.data)),
            manages=form.manages.data,
            note=form.note.data or "",
            by=caller().person_id,
            now=now(),
            random=parts().random,
        )
    except PartiesError as error:
        session().rollback()
        return _shown(found, form, status=409, refused=refused_by(error))
    session().commit()
    return page("account/invited.html", organisation=found, code=code, ends=made.expires_at)


@pages.get(f"{ONE}/invitations")
def invitations(organisation_id: UUID) -> Response:
    """Where somebody lands who reloads."""
    return see(url_for("pages.organisation", organisation_id=organisation_id))


@pages.post(f"{ONE}/members/<uuid:membership_id>/<any(end, suspend, resume):move>")
def change_member(organisation_id: UUID, membership_id: UUID, move: str) -> Response:
    """A member leaves, or a manager sends it away, suspends it, or lets it act again."""
    found, by = visible(organisation_id, caller()), caller().person_id
    try:
        if move == "end":
            members.end(session(), found, membership_id, by=by, now=now())
        else:
            members.set_suspended(
                session(), found, membership_id, suspended=move == "suspend", by=by, now=now()
            )
    except PartiesError as error:
        session().rollback()
        return _shown(found, InviteForm().offer(found), status=409, refused=refused_by(error))
    session().commit()
    return see(url_for("pages.organisation", organisation_id=organisation_id, done="member"))


@pages.get("/organisations")
def organisations_list() -> Response:
    """For those who verify: first those that wait."""
    query = select(Organisation).order_by(
        (func.cardinality(Organisation.verified_roles) < func.cardinality(Organisation.roles)).desc(),
        Organisation.registered_at.desc(),
        Organisation.id,
    )
    mine = caller().role
    may = {str(role) for role, by in VERIFIED_BY.items() if mine in by}
    return page(
        "account/organisations.html", organisations=session().scalars(query.limit(200)).all(), may=may
    )


@pages.post(f"{ONE}/verification")
def verify_organisation(organisation_id: UUID) -> Response:
    """Says that the organisation is what it registered as."""
    by, asked = caller().role, request.form.get("role", "")
    if by is None or asked not in set(Role):
        raise ProblemError("unknown")
    found = organisations.get(session(), organisation_id, for_update=True)
    organisations.verify(session(), found, Role(asked), by)
    session().commit()
    return see(url_for("pages.organisations_list"))


def _shown(
    found: Organisation, form: InviteForm, *, status: int = 200, refused: Refused | None = None
) -> Response:
    manages = any(
        one.organisation_id == found.id and one.manages
        for one in members.of_person(session(), caller().person_id)
    )
    return page(
        "account/organisation.html",
        status,
        organisation=found,
        members=members.of_organisation(session(), found),
        keys=keys.of_organisation(session(), found),
        manages=manages,
        me=caller().person_id,
        form=form,
        refused=refused,
        done=request.args.get("done", ""),
    )
