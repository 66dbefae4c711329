"""Who may call what: one line for every route and method. The application does not start with a route that is not here.

    "blueprint.endpoint": {"METHOD": rule}

A rule says who, which scope an API token needs (without one, no token is taken), and how large a body may be. HEAD goes
with GET. `app.gate` enforces the table before any route runs; tests walk every route as every role.

| who          | means |
|--------------|-------|
| NO_COOKIE    | anyone, and only without a cookie or a login's token: the submission side. Addresses are not logged |
| ANYONE       | anyone; cookies are neither read nor set, but for a page's language. Addresses are not logged |
| VISITOR      | anyone, in a session: the steps of logging in |
| PERSON       | whoever is logged in, acting for an organisation or not |
| CLOSED       | nobody: the route does not exist |
| roles        | whoever acts for an organisation in one of these roles |

Which organisation's things a role may touch is not said here, but where those things are (parties.members).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.complaint_rules import COMPLAINTS
from app.guarantee_rules import GUARANTEES
from app.page_rules import PAGES
from app.rule import (
    ANYONE,
    CLOSED,
    KIB,
    MIB,
    NO_COOKIE,
    PERSON,
    VISITOR,
    Door,
    Rule,
    only,
)
from parties.roles import Role

if TYPE_CHECKING:
    from flask import Flask

__all__ = [
    "ANYONE",
    "CLOSED",
    "NO_COOKIE",
    "PERSON",
    "SCOPES",
    "TABLE",
    "VISITOR",
    "Door",
    "Rule",
    "UnlistedRouteError",
    "only",
    "require_all_listed",
    "rule_for",
]

_NO_COOKIE, _ANYONE = Rule(NO_COOKIE), Rule(ANYONE)
_VISITOR, _PERSON = Rule(VISITOR), Rule(PERSON)


def _tenders(body: int = 64 * KIB) -> Rule:
    """Whoever conducts tenders."""
    return only(Role.TENDEREE, Role.CENTER, scope="tenders:write", body=body)


_READS_TENDERS = only(Role.TENDEREE, Role.CENTER, Role.SUPERVISOR, scope="tenders:read")
_STOPS_TENDERS = only(Role.TENDEREE, Role.CENTER, Role.SUPERVISOR, scope="tenders:write")

TABLE: Mapping[str, Mapping[str, Rule]] = {
    # The transparency log, for all
    "ledger.checkpoint": {"GET": _ANYONE},
    "ledger.tile": {"GET": _ANYONE},
    "ledger.file": {"GET": _ANYONE},
    "anchors.anchor": {"GET": _ANYONE},
    # Keyholders, and those who approve openings: each message proves by its own signature who sent it
    "keyholders.exchange": {"POST": Rule(ANYONE, body=48 * MIB)},
    "keyholders.approve": {"POST": _ANYONE},
    "keyholders.status": {"GET": _ANYONE},
    # The submission of bids, an application of its own: paid for by blind tokens, and by nobody
    "uploads.options": {"OPTIONS": _NO_COOKIE},
    "uploads.options_of_one": {"OPTIONS": _NO_COOKIE},
    "uploads.create": {"POST": Rule(NO_COOKIE, body=32 * MIB)},
    "uploads.head": {"GET": _NO_COOKIE},
    "uploads.patch": {"PATCH": Rule(NO_COOKIE, body=32 * MIB)},
    "uploads.delete": {"DELETE": _NO_COOKIE},
    "submissions.submit": {"POST": Rule(NO_COOKIE, body=256 * KIB)},
    "submissions.withdraw": {"POST": Rule(NO_COOKIE, body=256 * KIB)},
    "submissions.again": {"POST": Rule(NO_COOKIE, body=256 * KIB)},
    # Blind tokens: drawn by verified bidders, as themselves; spending one is the submission side's, without a name
    "issuer.issue": {"POST": only(Role.BIDDER, scope="blind-tokens:draw")},
    "token_keys.directory": {"GET": _ANYONE},
    "token_keys.key_receipt": {"GET": _ANYONE},
    # Reports without a name: nobody is asked who it is; the supervisor signs what it asks
    "reports.where": {"GET": _NO_COOKIE},
    "reports.post": {"POST": Rule(NO_COOKIE, body=65 * MIB)},
    "reports.reply": {"POST": Rule(NO_COOKIE, body=65 * MIB)},
    "reports.fetch": {"POST": _NO_COOKIE},
    "reports.inbox": {"POST": _NO_COOKIE},
    "reports.sealed": {"GET": _NO_COOKIE},
    # The pool of experts and their draws: an expert answers by a code, and no answer names one before the award
    "oversight.specialties": {"GET": _ANYONE},
    "oversight.import_experts": {"POST": only(Role.CENTER, body=32 * MIB)},
    "oversight.change": {"POST": only(Role.CENTER, Role.SUPERVISOR)},
    "oversight.snapshot": {"POST": only(Role.CENTER, Role.SUPERVISOR)},
    "oversight.ask": {"POST": only(Role.CENTER)},
    "oversight.draws": {"GET": _ANYONE},
    "oversight.draw": {"GET": _ANYONE},
    "oversight.file": {"GET": _ANYONE},
    "oversight.match": {"POST": only(Role.CENTER)},
    "oversight.conflict": {"POST": only(Role.CENTER, Role.SUPERVISOR)},
    "oversight.publish": {"POST": only(Role.CENTER, Role.SUPERVISOR)},
    "oversight.answer": {"POST": _NO_COOKIE},
    # Samples for spot checks: the supervisor draws and records, all may see what was drawn
    "samples.ask": {"POST": only(Role.SUPERVISOR)},
    "samples.every": {"GET": _ANYONE},
    "samples.one": {"GET": _ANYONE},
    "samples.file": {"GET": _ANYONE},
    "samples.items": {"GET": only(Role.SUPERVISOR)},
    "samples.finding": {"POST": only(Role.SUPERVISOR)},
    "samples.follow_up": {"POST": only(Role.SUPERVISOR)},
    # The API's own description, and whether the platform is well
    "api-docs.openapi_json": {"GET": Rule(ANYONE, described=False)},
    "reference.reference": {"GET": Rule(ANYONE, described=False)},
    "health.live": {"GET": _ANYONE},
    "health.ready": {"GET": _ANYONE},
    # Logging in
    "security.present": {"GET": _VISITOR},
    "security.login": {"POST": _VISITOR},
    "security.logout": {"POST": _VISITOR},
    "security.two_factor_token_validation": {"POST": _VISITOR},
    "security.two_factor_setup": {"POST": _VISITOR},
    "security.two_factor_confirm": {"POST": _VISITOR},
    "security.tf_select": {"POST": _VISITOR},
    "security.mf_recovery": {"POST": _VISITOR},
    "security.wan_signin": {"POST": _VISITOR},
    "security.wan_signin_response": {"POST": _VISITOR},
    "security.certificate_challenge": {"POST": _VISITOR},
    "security.certificate_login": {"POST": _VISITOR},
    "security.forgot_password": {"POST": _VISITOR},
    "security.reset_password": {"POST": _VISITOR},
    "security.confirm_email": {"POST": _VISITOR},
    "security.two_factor_rescue": {"POST": Rule(CLOSED)},
    # What belongs to one's own login
    "security.verify": {"POST": _PERSON},
    "security.change_password": {"POST": _PERSON},
    "security.mf_recovery_codes": {"POST": _PERSON},
    "security.wan_register": {"POST": _PERSON},
    "security.wan_register_response": {"POST": _PERSON},
    "security.wan_delete": {"POST": _PERSON},
    "security.certificate_enrol": {"POST": _PERSON},
    "security.choose_membership": {"PUT": _PERSON},
    "security.end_sessions": {"DELETE": _PERSON},
    "tokens.list_tokens": {"GET": _PERSON},
    "tokens.make_token": {"POST": _PERSON},
    "tokens.revoke_token": {"DELETE": _PERSON},
    # Accounts
    "accounts.open_account": {"POST": _VISITOR},
    "accounts.me": {"GET": Rule(PERSON, "account:read")},
    # Organisations: registered by a person, verified and suspended by those who answer for that
    "organisations.register_organisation": {"POST": _PERSON},
    "organisations.list_organisations": {
        "GET": only(Role.CENTER, Role.SUPERVISOR, scope="organisations:read")
    },
    "organisations.get_organisation": {"GET": Rule(PERSON, "organisations:read")},
    "organisations.verify_organisation": {
        "POST": only(Role.CENTER, Role.SUPERVISOR, scope="organisations:write")
    },
    "organisations.suspend_organisation": {"PUT": only(Role.CENTER, Role.SUPERVISOR)},
    "organisations.resume_organisation": {"DELETE": only(Role.CENTER, Role.SUPERVISOR)},
    # Members: a manager's business, of an organisation that is not yet verified too; so no role is asked for
    "members.list_members": {"GET": Rule(PERSON, "members:read")},
    "members.end_membership": {"DELETE": _PERSON},
    "members.suspend_member": {"PUT": _PERSON},
    "members.resume_member": {"DELETE": _PERSON},
    "members.invite": {"POST": _PERSON},
    "members.withdraw_invitation": {"DELETE": _PERSON},
    "members.accept_invitation": {"POST": _PERSON},
    # Keys that parties sign with
    "keys.list_keys": {"GET": Rule(PERSON, "keys:read")},
    "keys.prepare_registration": {"POST": Rule(PERSON, "keys:write")},
    "keys.register_key": {"POST": Rule(PERSON, "keys:write")},
    "keys.prepare_rotation": {"POST": Rule(PERSON, "keys:write")},
    "keys.rotate_key": {"POST": Rule(PERSON, "keys:write")},
    "keys.revoke_key": {"POST": Rule(PERSON, "keys:write")},
    # Tenders: read by all; drafted and moved by their tenderee and the center, stopped by the supervisor too
    "tenders.list_tenders": {"GET": _ANYONE},
    "tenders.get_tender": {"GET": _ANYONE},
    "tenders.get_timetable": {"GET": _ANYONE},
    "tenders.get_sheet": {"GET": _ANYONE},
    "tenders.list_documents": {"GET": _ANYONE},
    "tenders.get_document": {"GET": _ANYONE},
    "tenders.list_clarifications": {"GET": _ANYONE},
    "tenders.get_ocds": {"GET": _ANYONE},
    "tenders.ask": {"POST": _ANYONE},
    "tenders.begin_draft": {"POST": _tenders(body=2 * MIB)},
    "tenders.import_tender": {"POST": _tenders(body=16 * MIB)},
    "tenders.get_draft": {"GET": _READS_TENDERS},
    "tenders.change_draft": {"PUT": _tenders(body=2 * MIB)},
    "tenders.store_document": {"PUT": _tenders(body=65 * MIB)},
    "tenders.list_questions": {"GET": _READS_TENDERS},
    "tenders.answer_question": {"POST": _tenders()},
    "tenders.publish": {"POST": _tenders()},
    "tenders.amend": {"POST": _tenders()},
    "tenders.postpone": {"POST": _tenders()},
    "tenders.suspend": {"POST": _STOPS_TENDERS},
    "tenders.resume": {"POST": _STOPS_TENDERS},
    "tenders.cancel": {"POST": _tenders()},
    "tenders.evaluate": {"POST": _tenders()},
    "tenders.publish_candidates": {"POST": _tenders()},
    "tenders.award": {"POST": _tenders()},
    "tenders.contract": {"POST": _tenders()},
    "tenders.fail": {"POST": _tenders()},
    "tenders.annul": {"POST": only(Role.SUPERVISOR, scope="tenders:write")},
    "tenders.tender_again": {"POST": _tenders()},
    "tenders.list_duties": {"GET": _READS_TENDERS},
    "tenders.fulfil_duty": {"POST": _tenders()},
    # Openings: public; a bidder's own key and a caller's signed entry prove themselves
    "openings.list_openings": {"GET": _ANYONE},
    "openings.get_opening": {"GET": _ANYONE},
    "openings.list_objections": {"GET": _ANYONE},
    "openings.get_record": {"GET": _ANYONE},
    "openings.get_record_pdf": {"GET": _ANYONE},
    "openings.give_key": {"POST": _ANYONE},
    "openings.call_part": {"POST": _ANYONE},
    "openings.object_to_opening": {"POST": only(Role.BIDDER, scope="openings:write")},
    "openings.answer_objection": {"POST": only(Role.TENDEREE, Role.CENTER, scope="openings:write")},
    "openings.sign_off": {
        "POST": only(Role.BIDDER, Role.TENDEREE, Role.CENTER, Role.SUPERVISOR, scope="openings:write")
    },
    # Objections and complaints, whose lines are in app/complaint_rules.py
    **COMPLAINTS,
    # Guarantees, and how guarantors' machines call and are called (app/guarantee_rules.py)
    **GUARANTEES,
    # The pages, which people read (app/page_rules.py)
    **PAGES,
}

SCOPES = tuple(
    sorted({rule.scope for methods in TABLE.values() for rule in methods.values() if rule.scope is not None})
)


class UnlistedRouteError(Exception):
    """A route that the table does not list: nobody has said who may call it."""


def rule_for(endpoint: str | None, method: str) -> Rule | None:
    """The line for a request; None for a route that is not there."""
    return TABLE.get(endpoint or "", {}).get("GET" if method == "HEAD" else method)


def require_all_listed(app: "Flask") -> None:
    """UnlistedRouteError unless each route and method of the application has a line."""
    missing = [
        f"{method} {found.rule} ({found.endpoint})"
        for found in app.url_map.iter_rules()
        for method in sorted(found.methods or ())
        if rule_for(found.endpoint, method) is None
    ]
    if missing:
        raise UnlistedRouteError(f"app/permissions.py does not say who may call: {'; '.join(missing)}")
