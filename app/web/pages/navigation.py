"""What the menus offer: to all, and at the desk to whoever acts in a role. A page names the section it belongs to.

An item is shown to whom its page would let in: that is asked of app.permissions, and not said again here.
"""

from dataclasses import dataclass

from flask import Flask, g, url_for

from app.caller import Caller
from app.permissions import ANYONE, PERSON, VISITOR, rule_for
from app.web.pages.language import N_
from parties.roles import Role
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a menu: `section` is what the pages below it say that they belong to."""

    section: str
    endpoint: str
    label: str
    icon: str

    @property
    def address(self) -> str:
        return url_for(self.endpoint)


PUBLIC = (
    Item("notices", "pages.notices", N_("Notices"), "file-text"),
    Item("openings", "pages.openings", N_("Openings"), "eye"),
    Item("cases", "pages.cases", N_("Complaints"), "scale"),
    Item("draws", "pages.draws", N_("Draws"), "users"),
    Item("keyholders", "pages.keyholders", N_("Keyholders"), "key"),
    Item("ledger", "pages.ledger", N_("Ledger"), "book"),
)
"""The top bar, the same for everybody."""

DESK = (
    Item("desk", "pages.desk", N_("What waits for me"), "checklist"),
    Item("tenders", "pages.tenders", N_("Tenders"), "gavel"),
    Item("own-cases", "pages.own_cases", N_("Cases"), "scale"),
    Item("clocks", "pages.clocks", N_("Board of clocks"), "clock"),
    Item("desk-draws", "pages.desk_draws", N_("Draws of experts"), "users"),
    Item("guarantees", "pages.held_guarantees", N_("Guarantees"), "shield-check"),
    Item("wallet", "pages.bid_wallet", N_("Wallet"), "ticket"),
    Item("organisations", "pages.organisations_list", N_("Organisations"), "users"),
    Item("account", "pages.account", N_("My account"), "user"),
)
"""The side of the pages of somebody who is logged in."""

ROLE_NAMES = {
    Role.TENDEREE: Said("招标人", "Tenderee"),
    Role.BIDDER: Said("投标人", "Bidder"),
    Role.GUARANTOR: Said("保证人", "Guarantor"),
    Role.CENTER: Said("交易中心", "Trading center"),
    Role.SUPERVISOR: Said("监督部门", "Supervisor"),
    Role.EXPERT: Said("评标专家", "Evaluation expert"),
    Role.ADMINISTRATOR: Said("管理员", "Administrator"),
}


def install(app: Flask) -> None:
    app.jinja_env.globals.update(
        public_items=PUBLIC, desk_items=desk_items, who=who, role_name=lambda role: ROLE_NAMES[Role(role)]
    )


def who() -> Caller | None:
    """Who is logged in, on pages that have a session."""
    found: Caller | None = g.get("caller")
    return found


def desk_items() -> list[Item]:
    """The lines that lead somewhere for this person."""
    found = who()
    return [] if found is None else [one for one in DESK if _may(found, one.endpoint)]


def _may(caller: Caller, endpoint: str) -> bool:
    rule = rule_for(endpoint, "GET")
    if rule is None:
        return False
    return rule.who in (ANYONE, VISITOR, PERSON) or (
        isinstance(rule.who, frozenset) and caller.role is not None and caller.role in rule.who
    )
