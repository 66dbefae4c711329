"""The platform with something to look at, served for a real browser: tenders in every state, people in every role.

PAGES lists every page by name, with the role that looks at it (None: nobody logged in). Screenshots and the check for
accessibility walk the same list.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes
from threading import Thread

import waitress
from playwright.sync_api import Page
from stdnum.cn import uscc

from app.tendering import Tendering
from app.web.pages.bidding.terms import BiddingTerms
from bidding.tender import State
from bidding.tenders import changing, clarifications, documents
from bidding.tenders.draft import FormulaDraft, MethodDraft
from bidding.tenders.models import LotRow, TenderRow
from bidding.tokens.challenge import TokenTerms
from parties.roles import SECOND_FACTOR_ROLES, Role
from storage.database import Database
from tests.faults.ledger.recording_witness import LOG, RecordingWitness
from tests.integration.app.world import PASSWORD, Clock, Person, World, make_app
from tests.integration.tenders.office import (
    DRAFT,
    KEEPING,
    LOT,
    PUBLISHED,
    TIMETABLE,
    TWO_PARTS,
    Office,
    force,
    two_lots,
)

NOW = PUBLISHED + timedelta(days=8, hours=1)
TENDEREE = "91310000132260250X"
BRIDGE = "海口市南渡江大桥改造工程施工招标"


@dataclass
class Served:
    """A served deployment. `tenders` has an id for each state that a page shows."""

    world: World
    address: str
    tenders: dict[str, str] = field(default_factory=dict)
    people: dict[Role, Person] = field(default_factory=dict)

    def enter(self, page: Page, role: Role) -> None:
        """Log in as the person of this role."""
        person = self.people[role]
        page.goto(f"{self.address}/login?lang=en")
        page.fill("#email", person.email)
        page.fill("#password", PASSWORD)
        page.click("main form button[type=submit]")
        if "/login/second" in page.url:
            page.fill("#code", person.code())
            page.click("main form button[type=submit]")
        page.wait_for_url("**/desk*")


@dataclass
class Site(Served):
    """The one with an office that publishes notices."""

    office: Office = field(kw_only=True)


Path_ = Callable[[Served], str]


@dataclass(frozen=True)
class Shown:
    """A page: who looks at it, where it is, and what is done there before it shows what it is listed for."""

    path: Path_
    role: Role | None = None
    then: Callable[[Served, Page], None] | None = None

    def open(self, site: Served, page: Page) -> None:
        """Goes there in the browser."""
        page.goto(site.address + self.path(site))
        if self.then is not None:
            self.then(site, page)


def at(path: str) -> Path_:
    return lambda _: path


def of(kind: str, form: str) -> Path_:
    return lambda site: form.format(site.tenders[kind])


def _first_step(site: Served, page: Page) -> None:
    """The password of somebody who has an authenticator."""
    _give(_another(site, authenticator=True), page, "/login/second")


def _newcomer(site: Served, page: Page) -> None:
    """The password of somebody who needs an authenticator and has none."""
    _give(_another(site), page, "/login/set-up")


def _another(site: Served, *, authenticator: bool = False) -> Person:
    """Somebody new each time: a log-in that is not gone on with counts as a failed one."""
    person = site.world.person(authenticator=authenticator)
    site.world.organisation(person, [Role.CENTER], code=_code(100 + site.world.count))
    return person


def _newcomer_begins(site: Served, page: Page) -> None:
    _newcomer(site, page)
    page.click("main form button[type=submit]")
    page.wait_for_selector("main #code")


def _give(person: Person, page: Page, arrives: str) -> None:
    page.fill("#email", person.email)
    page.fill("#password", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**{arrives}**")


def _new_authenticator(_: Served, page: Page) -> None:
    page.click("form[action='/account/authenticator'] button")
    page.wait_for_selector("main #code")


_TENDER = "/desk/tenders/{}"
_STEP = "/desk/tenders/{}/lots/1/step"

PAGES: Mapping[str, Shown] = {
    "start": Shown(at("/")),
    "notices": Shown(at("/notices")),
    "notices-none": Shown(at("/notices?q=nothingofthatname")),
    "notice": Shown(of("published", "/notices/{}")),
    "notice-two-lots": Shown(of("two-lots", "/notices/{}")),
    "notice-suspended": Shown(of("suspended", "/notices/{}")),
    "notice-awarded": Shown(of("awarded", "/notices/{}")),
    "openings": Shown(at("/openings")),
    "lot-hall": Shown(of("published", "/notices/{}/lots/1/hall")),
    "ledger": Shown(at("/ledger/")),
    "ledger-open": Shown(at("/ledger/?open=1")),
    "entry": Shown(at("/ledger/entries/3")),
    "guarantee-check": Shown(at("/guarantees/check")),
    "guarantee-check-unknown": Shown(at("/guarantees/check?number=BH-1&code=ABCD-EFGH-IJKL-MNOP")),
    "guarantee-products": Shown(at("/guarantees/products")),
    "guarantee-statistics": Shown(at("/guarantees/statistics?since=2020-01-01&until=2036-12-31")),
    "guarantee-apply": Shown(at("/guarantees/apply")),
    "guarantees": Shown(at("/desk/guarantees"), Role.CENTER),
    "lot-guarantees": Shown(of("opened", _TENDER + "/lots/1/guarantees"), Role.CENTER),
    "not-found": Shown(at("/notices/nothing")),
    "log-in": Shown(at("/login")),
    "register": Shown(at("/register")),
    "registered": Shown(at("/registered")),
    "forgotten": Shown(at("/login/forgotten")),
    "new-password": Shown(at("/login/new-password")),
    "confirm": Shown(at("/login/confirm")),
    "logged-out": Shown(at("/logged-out")),
    "second-step": Shown(at("/login"), then=_first_step),
    "set-up": Shown(at("/login"), then=_newcomer),
    "set-up-code": Shown(at("/login"), then=_newcomer_begins),
    **{f"desk-{role}": Shown(at("/desk"), role) for role in Role},
    "account": Shown(at("/account"), Role.CENTER),
    "authenticator": Shown(at("/account"), Role.CENTER, _new_authenticator),
    "password": Shown(at("/account/password"), Role.BIDDER),
    "wallet": Shown(at("/wallet"), Role.BIDDER),
    "bid": Shown(of("published", "/notices/{}/lots/1/bid")),
    "bid-two-lots": Shown(of("two-lots", "/notices/{}/lots/2/bid")),
    "bids": Shown(at("/bids")),
    "recovery-codes": Shown(at("/account/recovery-codes"), Role.CENTER),
    "token": Shown(at("/account/tokens"), Role.BIDDER),
    "choose": Shown(at("/choose"), Role.BIDDER),
    "prove-again": Shown(at("/login/again"), Role.BIDDER),
    "organisations": Shown(at("/organisations"), Role.CENTER),
    "organisation": Shown(of("organisation", "/organisations/{}"), Role.TENDEREE),
    "register-organisation": Shown(at("/organisations/new"), Role.BIDDER),
    "join": Shown(at("/organisations/join"), Role.BIDDER),
    "role-refused": Shown(at("/desk/tenders"), Role.BIDDER),
    "tenders": Shown(at("/desk/tenders"), Role.CENTER),
    "draft-new": Shown(at("/desk/tenders/new"), Role.CENTER),
    "draft": Shown(of("draft", _TENDER), Role.CENTER),
    "draft-edit": Shown(of("draft", _TENDER + "/draft"), Role.CENTER),
    "tender": Shown(of("published", _TENDER), Role.CENTER),
    "duty": Shown(of("refunding", _TENDER + "/lots/1/duties/cancellation-refund"), Role.CENTER),
    "tender-suspended": Shown(of("suspended", _TENDER), Role.SUPERVISOR),
    "tender-awarded": Shown(of("awarded", _TENDER), Role.CENTER),
    "amend": Shown(of("two-lots", _TENDER + "/move/amend"), Role.CENTER),
    "postpone": Shown(of("published", _TENDER + "/move/postpone"), Role.CENTER),
    "suspend": Shown(of("published", _TENDER + "/halt/suspend"), Role.SUPERVISOR),
    "resume": Shown(of("suspended", _TENDER + "/halt/resume"), Role.SUPERVISOR),
    "cancel": Shown(of("published", _TENDER + "/move/cancel"), Role.CENTER),
    "again": Shown(of("failed", _TENDER + "/move/again"), Role.CENTER),
    "evaluate": Shown(of("opened", _STEP + "/evaluate"), Role.CENTER),
    "candidates": Shown(of("evaluated", _STEP + "/candidates"), Role.CENTER),
    "award": Shown(of("candidates-published", _STEP + "/award"), Role.CENTER),
    "award-next": Shown(of("awarded", _STEP + "/award-next"), Role.CENTER),
    "contract": Shown(of("awarded", _STEP + "/contract"), Role.CENTER),
    "fail": Shown(of("opened", _STEP + "/fail"), Role.CENTER),
    "annul": Shown(of("awarded", "/desk/tenders/{}/lots/1/annulment"), Role.SUPERVISOR),
}


@contextmanager
def served(database: Database, folder: Path) -> Iterator[Site]:
    """The site, on a port of its own. The clock stands at NOW and goes on from there."""
    office, clock = Office(database, folder), Clock()
    clock.ahead = NOW - clock()
    app = make_app(database, folder, clock, url=None)
    parts = app.extensions["sunseal"]
    app.extensions["sunseal"] = replace(
        parts, tendering=Tendering(office.blobs, lambda: KEEPING), tiles=office.log.files
    )
    app.extensions["sunseal.bidding-terms"] = BiddingTerms(
        f"log {LOG.keys[0].vkey}\nwitness w {RecordingWitness(folder / 'witness').vkey.vkey}\nquorum w\n",
        TokenTerms("tokens.example", "bids.example"),
        "https://bids.example/api/submission",
    )
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    site = Site(World(app, database, clock), f"http://localhost:{server.effective_port}", office=office)
    _fill(site)
    Thread(target=server.run, name="site", daemon=True).start()
    try:
        yield site
    finally:
        server.close()


def _code(number: int) -> str:
    """A unified social credit code of Haikou with its check digit."""
    base = f"91460100MA5T{number:05}"
    return base + uscc.calc_check_digit(base)


def _fill(site: Site) -> None:
    office = site.office
    office.fill(40, seed=3)
    lot = replace(LOT, title="主桥与引桥施工", description="主桥长 1,240 m，含拆除、加固与照明。")
    bridge = replace(
        DRAFT, title=BRIDGE, lots=(replace(lot, parts=TWO_PARTS),), description="资金来源：财政资金。"
    )
    weighed = MethodDraft(
        kind="comprehensive",
        weights={"price": 6000, "technical": 4000},
        formula=FormulaDraft(kind="ratio-to-lowest"),
    )
    two = replace(
        two_lots(),
        title="Road lighting along the northern ring, with a title that is rather long for a small screen",
        lots=(
            replace(lot, title="Road lighting, section 1", method=weighed),
            replace(lot, number="2", title="Section 2"),
        ),
    )
    site.tenders["published"] = office.publish(bridge)
    site.tenders["two-lots"] = office.publish(two, now=PUBLISHED)
    site.tenders["training"] = office.publish(replace(DRAFT, title="培训：路灯采购", profile="course"))
    early = replace(TIMETABLE, deadline=PUBLISHED + timedelta(days=12))
    site.tenders["draft"] = office.begin(replace(bridge, title="新建码头工程（草稿）", timetable=early))
    for state in (
        *(State.SUSPENDED, State.CLOSED, State.OPENED, State.EVALUATED, State.CANDIDATES_PUBLISHED),
        *(State.AWARDED, State.CONTRACTED, State.FAILED, State.CANCELLED),
    ):
        site.tenders[str(state)] = office.publish(replace(bridge, title=f"{BRIDGE}（{state}）"))
    site.tenders["refunding"] = office.publish(replace(bridge, title=f"{BRIDGE}（终止）"))
    with office.committing() as session:
        changing.cancel(session, site.tenders["refunding"], "项目资金取消。", now=NOW)
        for state in list(State):
            named = site.tenders.get(str(state))
            if named and state not in (State.PUBLISHED, State.DRAFT):
                tender, row = session.get_one(TenderRow, named), session.get_one(LotRow, f"{named}.1")
                resumes = State.PUBLISHED if state is State.SUSPENDED else None
                force(session, tender, row, state, resumes)
        published = site.tenders["published"]
        documents.store(
            *(session, office.blobs, published, "drawings.pdf", [b"%PDF-1.7 drawings"]),
            title="图纸",
            media_type="application/pdf",
            now=PUBLISHED,
        )
        for text in ("图三所指钢材是什么牌号？", "Is night work allowed on the northern span?"):
            asked = clarifications.ask(session, published, text, now=NOW, random=token_bytes)
            if text.startswith("图"):
                clarifications.answer(session, published, asked.id, "Q355。", now=NOW)
    office.log.run()
    site.world.organisation(site.world.person(), [Role.BIDDER], verified=False, code=_code(99))
    for number, role in enumerate(Role):
        person = site.world.person(authenticator=role in SECOND_FACTOR_ROLES)
        code = TENDEREE if role is Role.TENDEREE else _code(number)
        made = site.world.organisation(person, [role], code=code)
        site.people[role] = person
        if role is Role.TENDEREE:
            site.tenders["organisation"] = str(made)
