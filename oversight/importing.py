"""Experts and specialties from files: all lines or none, with a report line by line.

A file with one fault enters nobody. Who imports it again, corrected, has not to think of what went in before.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from oversight import pool, sheets
from oversight.pool_tables import ExpertRow
from oversight.register import COLUMNS, ExpertRecord, Fault, parse
from oversight.specialties import is_code
from statutes.said import Said

SPECIALTY_COLUMNS = ("code", "name")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of a file: how many lines it has, how many were entered (all or none), and every fault."""

    lines: int
    entered: int
    faults: tuple[Fault, ...]


def import_experts(session: Session, data: bytes, *, now: datetime, random: RandomBytes) -> ImportReport:
    """Enters all experts of a CSV or XLSX file, if nothing is wrong with any. PoolError for what is no such file."""
    lines = sheets.read(data, COLUMNS)
    known = pool.specialties(session)
    records, faults = list[ExpertRecord](), list[Fault]()
    seen: dict[str, int] = {}
    for line in lines:
        record, wrong = parse(line, known)
        faults.extend(wrong)
        if record is None:
            continue
        if record.number in seen:
            first = seen[record.number]
            faults.append(
                Fault(
                    line.number,
                    "number",
                    Said(
                        f"与第 {first} 行编号相同：请删除其一。",
                        f"line {first} has the same number: delete one",
                    ),
                )
            )
        seen.setdefault(record.number, line.number)
        records.append(record)
    taken = session.scalars(select(ExpertRow.number).where(ExpertRow.number.in_(seen)))
    faults.extend(
        Fault(
            seen[number],
            "number",
            Said(
                "该编号的专家已在库中：请删除此行。",
                "an expert with this number is in the pool: delete the line",
            ),
        )
        for number in taken
    )
    if faults:
        return ImportReport(
            len(lines), 0, tuple(sorted(faults, key=lambda fault: (fault.line, fault.column)))
        )
    for record in records:
        pool.enter(session, record, now=now, random=random)
    return ImportReport(len(lines), len(records), ())


def import_specialties(session: Session, data: bytes) -> ImportReport:
    """Adds the codes of a CSV or XLSX file with the columns code and name, if nothing is wrong with any."""
    lines = sheets.read(data, SPECIALTY_COLUMNS)
    faults, names = list[Fault](), dict[str, str]()
    for line in lines:
        code, name = line.cells["code"], line.cells["name"]
        if not is_code(code):
            faults.append(
                Fault(
                    line.number,
                    "code",
                    Said("请填写 1 至 16 位大写字母和数字。", "give 1 to 16 capital letters and digits"),
                )
            )
        elif code in names:
            faults.append(
                Fault(
                    line.number,
                    "code",
                    Said("与前面某行代码相同：请删除其一。", "an earlier line has the same code: delete one"),
                )
            )
        if not name or not name.isprintable():
            faults.append(Fault(line.number, "name", Said("请填写专业名称。", "give the specialty's name")))
        names[code] = name
    if faults:
        return ImportReport(len(lines), 0, tuple(faults))
    pool.set_specialties(session, names)
    return ImportReport(len(lines), len(names), ())
