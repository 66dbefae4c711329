"""Who may call what of guarantees: lines of app.permissions, in the same form.

Whose guarantee it is, is looked at where it is read (app/api/guarantees/standing.py): a role alone opens nobody's.
"""

from collections.abc import Mapping

from app.rule import ANYONE, KIB, MIB, NO_COOKIE, Rule, only
from parties.roles import Role

_ANYONE, _NO_COOKIE = Rule(ANYONE), Rule(NO_COOKIE)
_KEYS = only(Role.GUARANTOR)
"""Without a scope: by a person who is logged in, never by a key that so could make others."""
_READS_WEBHOOKS = only(Role.GUARANTOR, scope="webhooks:read")
_WEBHOOKS = only(Role.GUARANTOR, scope="webhooks:write")
_SEES = only(
    *(Role.GUARANTOR, Role.TENDEREE, Role.BIDDER, Role.CENTER, Role.SUPERVISOR), scope="guarantees:read"
)
_STAFF_READS = only(Role.CENTER, Role.SUPERVISOR, scope="guarantees:read")


def _changes(*roles: Role, body: int = 256 * KIB) -> Rule:
    return only(*roles, scope="guarantees:write", body=body)


_ANY_SIDE = _changes(Role.GUARANTOR, Role.BIDDER, Role.TENDEREE)

GUARANTEES: Mapping[str, Mapping[str, Rule]] = {
    # Guarantors, products, and sealed letters: nobody is asked who it is; what comes proves itself by its signature
    "applications.where": {"GET": _NO_COOKIE},
    "applications.guarantors": {"GET": _NO_COOKIE},
    "applications.offered": {"GET": _NO_COOKIE},
    "applications.lots": {"GET": _NO_COOKIE},
    "applications.act": {"POST": _NO_COOKIE},
    "applications.publish": {"POST": _NO_COOKIE},
    "applications.withdraw": {"POST": _NO_COOKIE},
    "applications.post": {"POST": Rule(NO_COOKIE, body=17 * MIB)},
    "applications.reply": {"POST": Rule(NO_COOKIE, body=17 * MIB)},
    "applications.fetch": {"POST": _NO_COOKIE},
    "applications.inbox": {"POST": _NO_COOKIE},
    "applications.sealed": {"GET": _NO_COOKIE},
    # For everybody
    "guarantee_check.check_guarantee": {"GET": _ANYONE},
    "guarantee_check.get_statistics": {"GET": _ANYONE},
    # From the opening on
    "guarantees.list_guarantees": {"GET": _SEES},
    "guarantees.get_guarantee": {"GET": _SEES},
    "guarantees.get_iso20022": {"GET": _SEES},
    "guarantees.get_letter": {"GET": _SEES},
    "guarantees.get_document": {"GET": _SEES},
    "guarantees.hand_in_document": {"POST": _changes(Role.GUARANTOR, Role.TENDEREE, body=33 * MIB)},
    "guarantees.make_demand": {"POST": _changes(Role.TENDEREE)},
    "guarantees.answer_demand": {"POST": _changes(Role.GUARANTOR)},
    "guarantees.propose_amendment": {"POST": _ANY_SIDE},
    "guarantees.agree_to_amendment": {"POST": _ANY_SIDE},
    "guarantees.refuse_amendment": {"POST": _ANY_SIDE},
    "guarantees.present_successor": {"POST": _ANY_SIDE},
    "guarantees.hand_in_guarantee": {"POST": _changes(Role.BIDDER)},
    "guarantees.list_late": {"GET": _STAFF_READS},
    "guarantees.list_differences": {"GET": _STAFF_READS},
    "guarantees.list_scans": {"GET": _STAFF_READS},
    "guarantees.examine_scan": {"POST": _changes(Role.CENTER)},
    # Keys that sign requests
    "request_keys.list_request_keys": {"GET": _KEYS},
    "request_keys.prepare_request_key": {"POST": _KEYS},
    "request_keys.register_request_key": {"POST": _KEYS},
    "request_keys.revoke_request_key": {"DELETE": _KEYS},
    # Webhooks
    "webhooks.signing_key": {"GET": _ANYONE},
    "webhooks.list_webhooks": {"GET": _READS_WEBHOOKS},
    "webhooks.subscribe": {"POST": _WEBHOOKS},
    "webhooks.end_webhook": {"DELETE": _WEBHOOKS},
    "webhooks.try_webhook": {"POST": _WEBHOOKS},
    "webhooks.list_deliveries": {"GET": _READS_WEBHOOKS},
    "webhooks.deliver_again": {"POST": _WEBHOOKS},
}
