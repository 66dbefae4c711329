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
            faults.append(Fault(line.number, "number", f"line {first} has the same number: delete one"))
        seen.setdefault(record.number, line.number)
        records.append(record)
    taken = session.scalars(select(ExpertRow.number).where(ExpertRow.number.in_(seen)))
    faults.extend(
        Fault(seen[number], "number", "an expert with this number is in the pool: delete the line")
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
            faults.append(Fault(line.number, "code", "give 1 to 16 capital letters and digits"))
        elif code in names:
            faults.append(Fault(line.number, "code", "an earlier line has the same code: delete one"))
        if not name or not name.isprintable():
            faults.append(Fault(line.number, "name", "give the specialty's name"))
        names[code] = name
    if faults:
        return ImportReport(len(lines), 0, tuple(faults))
    pool.set_specialties(session, names)
    return ImportReport(len(lines), len(names), ())
