"""A platform with keyholders and a pool of experts, for tests of draws and samples.

office = Office(world, size=300)       # a group with a key for draws, and a committed pool
draw = office.ask()                    # staff ask
office.give_seed(draw)                 # the keyholders answer
office.tick(minutes=11)                # a worker, so many minutes after the beginning
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from custody import loop
from oversight import calling, drawing, jobs, notices, pool, publishing, redo, snapshots
from oversight.draw_tables import CallRow, DrawRow
from oversight.evidence import Evidence
from oversight.expert_draw import Answer, Need
from oversight.ports import Notice, Opinion, Replaced
from oversight.register import ExpertRecord
from tests.keyholders import World
from tests.log import NOW
from tests.story import ORIGIN, SUPERVISOR

FIVE = (Need("A08", "", 5, 3),)


def expert(i: int) -> ExpertRecord:
    """Every third one works in another field; ten work for each employer."""
    return ExpertRecord(
        f"E-{i:04}",
        f"expert {i}",
        f"Employer {i // 10} Ltd",
        "高级工程师",
        f"tel {i}",
        ("460100", "460200")[i % 2],
        10,
        (("A0801", "A0802", "B01")[i % 3],),
        i % 97 == 1,
    )


@dataclass
class Lots:
    """The bidders whom an opening has named, and the lots whose award stands."""

    named: list[str] = field(default_factory=list)
    won: set[str] = field(default_factory=set)

    def bidders(self, session: Session, lot: str) -> Sequence[str]:
        return self.named

    def opened(self, session: Session, lots: Collection[str]) -> Mapping[str, int]:
        return dict.fromkeys(lots, len(self.named))

    def awarded(self, session: Session, lots: Collection[str]) -> Collection[str]:
        return self.won.intersection(lots)


@dataclass
class Committee:
    """What was handed in, and whose opinions were voided."""

    replaced: list[Replaced] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)

    def opinion_given(self, session: Session, opinion: Opinion, *, now: datetime) -> None:
        self.opinions.append(opinion)

    def member_replaced(self, session: Session, replaced: Replaced, *, now: datetime) -> None:
        self.replaced.append(replaced)


@dataclass
class Telephone:
    """Whom it reached; `fails` times it does not."""

    told: list[Notice] = field(default_factory=list)
    fails: int = 0

    def tell(self, notice: Notice) -> None:
        if self.fails:
            self.fails -= 1
            raise ConnectionError
        self.told.append(notice)


class Office:
    def __init__(self, world: World, size: int = 300) -> None:
        self.world, self.size, self.random = world, size, Random(7).randbytes
        self.now = NOW
        self.telephone, self.committee, self.lots = Telephone(), Committee(), Lots()
        self.setting = jobs.Setting(
            *(world.database, world.reader, self.telephone, self.lots, self.committee),
            clock=lambda: self.now,
            random=self.random,
        )
        keys = loop.Setting(world.database, world.reader, lambda: NOW, Random(1).randbytes, 1)
        loop.tick(keys)
        world.sync()
        world.converse()
        loop.tick(keys)
        self.fill(size)

    def fill(self, size: int) -> None:
        with self.world.database.session() as session:
            pool.set_specialties(
                session, {"A08": "works", "A0801": "houses", "A0802": "roads", "B01": "goods"}
            )
            for i in range(size):
                pool.enter(session, expert(i), now=NOW, random=self.random)
                pool.review(session, expert(i).number, admit=True, reason="", now=NOW, random=self.random)
            snapshots.commit_pool(session, now=NOW, random=self.random)
            session.commit()
        self.world.sync()

    def ask(
        self, lot: str = "lot-1", needs: tuple[Need, ...] = FIVE, avoided: tuple[drawing.Avoided, ...] = ()
    ) -> bytes:
        with self.world.database.session() as session:
            wish = drawing.Wish(lot, needs, avoided, 600)
            row = drawing.request(session, self.world.group, wish, now=self.now)
            session.commit()
        self.world.sync()
        return row.id

    def give_seed(self, draw: bytes) -> None:
        for keyholder in self.world.keyholders[:2]:
            share = keyholder.draw_share(self.world.view, draw.hex())
            self.world.take(keyholder, keyholder.message(entries=[share]), now=self.now)
            self.world.sync()

    def tick(self, minutes: float = 0) -> bool:
        self.now = max(self.now, NOW + timedelta(minutes=minutes))
        worked = jobs.tick(self.setting)
        self.world.sync()
        return worked

    def started(self, **wish: object) -> bytes:
        """A draw whose first experts were called."""
        draw = self.ask(**wish)  # type: ignore[arg-type]
        self.give_seed(draw)
        self.tick()
        return draw

    def calls(self, draw: bytes) -> list[CallRow]:
        with self.world.database.session() as session:
            return drawing.calls_of(session, drawing.get(session, draw.hex()))

    def row(self, draw: bytes) -> DrawRow:
        with self.world.database.session() as session:
            return drawing.get(session, draw.hex())

    def answer(self, draw: bytes, number: int, given: Answer) -> None:
        with self.world.database.session() as session:
            calling.answer(
                *(session, draw, number, given),
                now=self.now,
                random=self.random,
                committee=self.committee,
            )
            session.commit()
        self.world.sync()

    def answer_by_code(self, code: str, given: Answer) -> None:
        with self.world.database.session() as session:
            notices.answer_by_code(
                session, code, given, now=self.now, random=self.random, committee=self.committee
            )
            session.commit()
        self.world.sync()

    def accept_all(self, draw: bytes) -> None:
        for call in self.calls(draw):
            if call.answer == Answer.PENDING.value:
                self.answer(draw, call.number, Answer.ACCEPTED)

    def publish(self, draw: bytes) -> tuple[bytes, bytes, bytes]:
        """The population, the terms, the names."""
        self.lots.won.add(self.row(draw).lot)
        with self.world.database.session() as session:
            publishing.publish(session, draw, self.lots, now=self.now)
            session.commit()
        self.world.sync()
        with self.world.database.session() as session:
            row = drawing.get(session, draw.hex())
            population, terms, names = (publishing.file_of(session, row, name) for name in publishing.FILES)
        return population, terms, names

    def evidence(self, leaves: Sequence[bytes] | None = None) -> Evidence:
        """What a stranger reads."""
        evidence = Evidence.of_log(ORIGIN, SUPERVISOR.verify_key)
        for index, leaf in enumerate(self.world.leaves if leaves is None else leaves):
            evidence.apply(index, leaf)
        return evidence

    def redo(self, draw: bytes, files: tuple[bytes, bytes, bytes]) -> redo.Redone:
        return redo.experts(self.evidence().of(draw.hex()), *files)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
