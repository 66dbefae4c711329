"""The pool: experts from files, all or none, and each step an entry that names nobody."""

import io
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto import canonical_json
from ledger import sealed
from ledger.entries import ExpertEntered, ExpertRemoved, ExpertReviewed, ExpertSuspended, decode
from ledger.models import EntryRow
from oversight import importing, pool, snapshots
from oversight.errors import NotFoundError, PoolError
from oversight.pool_tables import ExpertRow, RecordRow
from oversight.register import COLUMNS
from oversight.snapshots import population_of
from storage.database import Database
from tests.log import NOW, make_log

RANDOM = iter(range(1, 10_000))
HEADER = ",".join(COLUMNS)
GOOD = 'E-1,张三,甲公司,高级工程师,0898-1,460100,12,"A0801; B01",否\nE-2,李四,乙公司,工程师,0898-2,460200,9,A0802,no\n'


def random(count: int) -> bytes:
    return next(RANDOM).to_bytes(count, "big")


@pytest.fixture
def ready(database: Database, tmp_path: Path) -> Database:
    make_log(database, tmp_path / "public")
    with database.session() as session:
        report = importing.import_specialties(
            session, "code,name\nA08,工程\nA0801,房屋\nA0802,道路\nB01,货物\n".encode()
        )
        session.commit()
    assert (report.entered, report.faults) == (4, ())
    return database


def count(session: Session) -> int:
    return session.execute(select(func.count(ExpertRow.id))).scalar_one()


def xlsx(text: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in text.splitlines():
        cells = [cell.strip('"') for cell in line.split(",")]
        sheet.append([int(cell) if cell.isdecimal() else cell for cell in cells])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "xlsx"])
def test_experts_come_from_csv_in_both_encodings_and_from_xlsx(ready: Database, encoding: str) -> None:
    text = HEADER + "\n" + GOOD
    data = xlsx(text) if encoding == "xlsx" else text.encode(encoding)
    with ready.session() as session:
        report = importing.import_experts(session, data, now=NOW, random=random)
        assert (report.lines, report.entered, report.faults) == (2, 2, ())
        first = session.scalars(select(ExpertRow).where(ExpertRow.number == "E-1")).one()
        assert (first.name, first.region, first.years, first.specialties) == (
            *("张三", "460100", 12),
            ["A0801", "B01"],
        )


def test_every_fault_is_told_with_its_line_and_nothing_is_half_done(ready: Database) -> None:
    bad = HEADER + "\n" + GOOD + "E-1,,c,t,x,46010,many,Z99,maybe\n\nE 4,a,b,c,d,460100,3,A08,no\n"
    with ready.session() as session:
        report = importing.import_experts(session, bad.encode(), now=NOW, random=random)
        assert report.entered == 0
        assert [(fault.line, fault.column) for fault in report.faults] == [
            *((4, "name"), (4, "region"), (4, "specialties"), (4, "staff"), (4, "years")),
            (6, "number"),
        ]
        assert count(session) == 0
        twice = HEADER + "\n" + GOOD + GOOD
        report = importing.import_experts(session, twice.encode(), now=NOW, random=random)
        assert [fault.line for fault in report.faults] == [4, 5]
        importing.import_experts(session, (HEADER + "\n" + GOOD).encode(), now=NOW, random=random)
        again = importing.import_experts(session, (HEADER + "\n" + GOOD).encode(), now=NOW, random=random)
        assert "is in the pool" in again.faults[0].sentence.en
        assert count(session) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"number,name\n1,2\n",
        (HEADER + ",more\n").encode(),
        (HEADER + "\n" + "x," * 12).encode(),
        b"\xff\xff\xff",
        b"PK\x03\x04 and nothing",
        (HEADER + '\n"open').encode(),
    ],
)
def test_what_is_no_table_of_experts_is_refused_whole(ready: Database, data: bytes) -> None:
    with ready.session() as session, pytest.raises(PoolError):
        importing.import_experts(session, data, now=NOW, random=random)


def test_each_step_is_an_entry_whose_record_opens_and_names_nobody(ready: Database) -> None:
    with ready.session() as session:
        importing.import_experts(session, (HEADER + "\n" + GOOD).encode(), now=NOW, random=random)
        pool.review(session, "E-1", admit=True, reason="", now=NOW, random=random)
        with pytest.raises(PoolError, match="法37"):
            pool.review(session, "E-2", admit=True, reason="", now=NOW, random=random)
        with pytest.raises(PoolError, match="why"):
            pool.review(session, "E-2", admit=True, reason="", equal_level=True, now=NOW, random=random)
        pool.review(session, "E-2", admit=True, reason="doctorate", equal_level=True, now=NOW, random=random)
        pool.suspend(session, "E-2", reason="a complaint", now=NOW, random=random)
        snapshot = snapshots.commit_pool(session, now=NOW, random=random)
        assert [m.attributes["active"] for m in population_of(snapshot).members].count(True) == 1
        pool.remove(session, "E-2", reason="retired", now=NOW, random=random)
        for number, error in (("E-2", PoolError), ("E-9", NotFoundError)):
            with pytest.raises(error):
                pool.review(session, number, admit=True, reason="", now=NOW, random=random)
        assert snapshots.commit_pool(session, now=NOW, random=random).size == 1

        rows = session.execute(
            select(EntryRow.leaf, RecordRow.body, RecordRow.salt)
            .join(RecordRow, RecordRow.entry_id == EntryRow.id)
            .order_by(EntryRow.id)
        ).all()
        kinds = [ExpertEntered, ExpertEntered, ExpertReviewed, ExpertReviewed, ExpertSuspended, ExpertRemoved]
        assert [type(decode(leaf)) for leaf, _, _ in rows] == kinds
        for leaf, body, salt in rows:
            sealed.check_reveal(bytes.fromhex(decode(leaf).record), salt, body)  # type: ignore[attr-defined]
            assert "张三".encode() not in leaf
        first = session.scalars(select(ExpertRow).where(ExpertRow.number == "E-1")).one()
        identity = canonical_json.dumps(pool.of(first).identity())
        sealed.check_reveal(first.commitment, first.salt, identity)


def test_codes_are_a_tree_by_themselves(ready: Database) -> None:
    with ready.session() as session:
        assert {code: parent for code, (parent, _) in pool.specialties(session).items()} == {
            "A08": "",
            "A0801": "A08",
            "A0802": "A08",
            "B01": "",
        }
        pool.set_specialties(session, {"A": "all works"})
        assert pool.specialties(session)["A08"][0] == "A"
        for wrong in ({"a": "x"}, {"A1": ""}):
            with pytest.raises(PoolError):
                pool.set_specialties(session, wrong)
