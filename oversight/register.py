"""What the pool knows of an expert, and how it is read from a line of a table: everything that is wrong, at once.

number       the expert's number in the register, which no other has
name, employer, title, contact (a telephone number or an address; who calls needs it)
region       six digits of an administrative division (GB/T 2260)
years        of practice in the field
specialties  codes, separated by ; or spaces
staff        yes, if the expert is on the staff of a supervising authority (条46), or else no
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from crypto.canonical_json import Json
from oversight.sheets import Line
from oversight.specialties import is_code
from statutes.said import Said

COLUMNS = ("number", "name", "employer", "title", "contact", "region", "years", "specialties", "staff")

_NUMBER = re.compile(r"[A-Za-z0-9-]{1,32}", re.ASCII)
_REGION = re.compile(r"[0-9]{6}", re.ASCII)
_YEARS = re.compile(r"[0-9]{1,2}", re.ASCII)
_YES = {"yes": True, "no": False, "是": True, "否": False}
_SENIOR = ("高级", "教授", "研究员", "正高", "副高", "主任医师", "译审", "编审", "研究馆员")
_NOT_SENIOR = ("助理研究员", "实习研究员")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class ExpertRecord:
    """An expert's data at one time."""

    number: str
    name: str
    employer: str
    title: str
    contact: str
    region: str
    years: int
    specialties: tuple[str, ...]
    staff: bool

    def identity(self) -> dict[str, Json]:
        """Who it is, as it is committed and, of those who were called, published after the award."""
        return {"employer": self.employer, "name": self.name, "number": self.number, "title": self.title}

    def attributes(self, *, active: bool) -> dict[str, Json]:
        """What decides who is eligible, as it is published of everybody after the award."""
        return {"active": active, "region": self.region, "specialties": self._codes()}

    def to_json(self) -> dict[str, Json]:
        """All of it, for the record behind an entry."""
        return {
            **self.identity(),
            "contact": self.contact,
            "region": self.region,
            "specialties": self._codes(),
            "staff": self.staff,
            "years": self.years,
        }

    def _codes(self) -> list[Json]:
        return [*sorted(self.specialties)]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, and what to do."""

    line: int
    column: str
    sentence: Said


def parse(line: Line, known: Collection[str]) -> tuple[ExpertRecord | None, list[Fault]]:
    """The expert of a line, or all that is wrong with it. `known` are the codes of specialties."""
    cells, faults = line.cells, list[Fault]()

    def wrong(column: str, sentence: Said) -> None:
        faults.append(Fault(line.number, column, sentence))

    if not _NUMBER.fullmatch(cells["number"]):
        wrong(
            "number",
            Said("请填写 1 至 32 位字母、数字和连字符。", "give 1 to 32 letters, digits and hyphens"),
        )
    for column in ("name", "employer", "title", "contact"):
        text = cells[column]
        if not text or len(text) > _LONGEST or not text.isprintable():
            wrong(
                column,
                Said(
                    f"请填写 1 至 {_LONGEST} 个字符，不得换行。",
                    f"give 1 to {_LONGEST} characters without line breaks",
                ),
            )
    if not _REGION.fullmatch(cells["region"]):
        wrong(
            "region", Said("请填写六位行政区划代码。", "give the six digits of the administrative division")
        )
    if not _YEARS.fullmatch(cells["years"]):
        wrong(
            "years",
            Said(
                "请填写从业年限，为小于 100 的整数。",
                "give the years of practice as a whole number below 100",
            ),
        )
    codes = tuple(dict.fromkeys(code for code in re.split(r"[;；,，\s]+", cells["specialties"]) if code))
    if not codes:
        wrong(
            "specialties",
            Said("请填写一个或者多个专业代码，以分号分隔。", "give one code or more, separated by ;"),
        )
    for code in codes:
        if not is_code(code) or code not in known:
            wrong(
                "specialties",
                Said(
                    f"{code[:20]!r} 不在专业分类中：请先导入，或者更正。",
                    f"{code[:20]!r} is no code of the tree: import it first, or correct it",
                ),
            )
    if cells["staff"].lower() not in _YES:
        wrong(
            "staff",
            Said(
                "请填写是或者否：是否为行政监督部门工作人员。",
                "say yes or no (是 or 否): on the staff of a supervising authority",
            ),
        )
    if faults:
        return None, faults
    record = ExpertRecord(
        cells["number"],
        cells["name"],
        cells["employer"],
        cells["title"],
        cells["contact"],
        cells["region"],
        int(cells["years"]),
        codes,
        _YES[cells["staff"].lower()],
    )
    return record, []


def has_senior_title(title: str) -> bool:
    """Whether a title is a senior one by its name (法37); a reviewer may find another the equal of it."""
    return any(word in title for word in _SENIOR) and not any(word in title for word in _NOT_SENIOR)


def employer_key(name: str) -> str:
    """An employer's name in the form in which two are compared: width, case and white space do not count."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
