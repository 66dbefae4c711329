"""The notice that a lot of an OpeningWorld would have: `noticed(world)` gives the id of its lot, for `world.lot(id)`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bidding.tender import State
from bidding.tenders import drafting
from bidding.tenders.draft import to_json
from bidding.tenders.models import LotRow, TenderRow
from parties import members, organisations
from parties.models import Organisation
from parties.roles import Role
from statutes.counting import local
from tests.integration.tenders.office import DRAFT, LOT, TIMETABLE
from tests.opening import OpeningWorld
from tests.story import DEADLINE

CODE = "91460000MA5T1A2B03"
TITLE, LOT_TITLE = "滨海大道改造工程施工招标", "道路与路灯改造"


def noticed(world: OpeningWorld, *, ceiling: int = 480_000_000) -> str:
    """A published tender with one lot, whose deadline is that of the world's lots."""
    deadline = datetime.fromtimestamp(DEADLINE, UTC)
    begun = deadline - timedelta(days=24)
    timetable = replace(
        TIMETABLE,
        documents_from=begun,
        documents_to=begun + timedelta(days=7),
        deadline=deadline,
        opening=deadline,
    )
    draft = replace(
        DRAFT, title=TITLE, lots=(replace(LOT, title=LOT_TITLE, ceiling=ceiling),), timetable=timetable
    )
    with world.database.session() as session:
        owner = session.scalar(select(Organisation.id).filter_by(credit_code=CODE))
        if owner is None:
            person = members.add_person(session, "张三", now=begun, random=world.random)
            owner = organisations.establish(
                *(session, CODE, "海口市公共工程建设中心", Role.TENDEREE, person),
                now=begun,
                random=world.random,
            ).id
        tender = session.get_one(
            TenderRow, drafting.begin(session, owner, draft, now=begun, random=world.random).id
        )
        tender.state, tender.published_at, tender.law_of = State.PUBLISHED, begun, local(begun).date()
        lot = f"{tender.id}.1"
        session.add(
            LotRow(
                id=lot,
                tender=tender.id,
                number="1",
                position=0,
                state=State.PUBLISHED,
                resumes=None,
                timetable=to_json(timetable),
                bids=None,
                report_at=None,
                candidates=[],
                candidates_until=None,
                rank=None,
                price=None,
            )
        )
        session.commit()
    return lot
