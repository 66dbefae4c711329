"""The opening record on paper: a PDF in one language, from the record's canonical JSON and nothing else.

The same record gives the same pages. All fonts are embedded (Noto Sans SC, of the package pylopdf-fonts-zh-cn), cut to
the characters that occur; a character that the font lacks prints as its code point, never as an empty box.
"""

import hashlib
import json
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import Any, Literal
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from bidding.opening.record_words import CAPACITIES, GUARANTEES, WORDS
from statutes.money import format_yuan, parse_yuan
from statutes.said import Said

Language = Literal["zh", "en"]

FONT = "NotoSansSC-Regular.otf"
ZONE = ZoneInfo("Asia/Shanghai")
_SMALL, _NORMAL, _LARGE, _TITLE = 8, 9.5, 12, 18


def record_pdf(record: bytes, language: Language) -> bytes:
    """The pages, not signed yet. `record` is what `bidding.opening.record.finish` made."""
    value = json.loads(record)
    with as_file(files("pylopdf_fonts_zh_cn") / FONT) as font:
        pdf = _Pages(language)
        pdf.add_font("sc", fname=font)
        pdf.print_record(value, hashlib.sha256(record).hexdigest())
        return bytes(pdf.output())


class _Pages(FPDF):
    """A4, with the page's number at its foot."""

    def __init__(self, language: Language) -> None:
        super().__init__(format="A4")
        self._language = language
        self.set_margin(18)
        self.set_auto_page_break(auto=True, margin=20)
        self.alias_nb_pages("{nb}")

    def word(self, name: str) -> str:
        return self._of(WORDS[name])

    def footer(self) -> None:
        self.set_y(-14)
        self._font(_SMALL)
        text = self.word("page").format(page=self.page_no(), pages="{nb}")
        self.cell(0, 6, text, align="C")

    def print_record(self, value: dict[str, Any], digest: str) -> None:
        recorded = datetime.fromtimestamp(value["recorded_at"], UTC)
        self.set_creation_date(recorded)
        self.set_title(f"{self.word('title')} {value['results']['lot']} {value['results']['part']}")
        self.set_lang("zh-CN" if self._language == "zh" else "en")
        self.add_page()
        self._font(_TITLE)
        self.multi_cell(0, 11, self.word("title"), align="C", new_x="LMARGIN", new_y="NEXT")
        self._head(value)
        self._heading("results")
        self._results(value)
        self._heading("objections")
        self._objections(value["objections"])
        self._heading("signatures")
        self._signatures(value)
        self.ln(5)
        self._font(_SMALL)
        self._line(f"{self.word('closing')}: {value['results']['closing']}")
        self._line(f"{self.word('hash')}: {digest}")
        self._line(self.word("check"))

    def _of(self, said: Said) -> str:
        return said.zh if self._language == "zh" else said.en

    def _font(self, size: float) -> None:
        self.set_font("sc", size=size)

    def _line(self, text: str) -> None:
        height = self.font_size * 1.6
        self.multi_cell(0, height, self._printable(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def _printable(self, text: str) -> str:
        known = self.fonts["sc"].cmap  # type: ignore[union-attr]
        return "".join(one if ord(one) in known or one == "\n" else f"[U+{ord(one):04X}]" for one in text)

    def _heading(self, name: str) -> None:
        self.ln(4)
        self._font(_LARGE)
        self.cell(0, 8, self.word(name), new_x="LMARGIN", new_y="NEXT")
        self._font(_NORMAL)

    def _head(self, value: dict[str, Any]) -> None:
        results, ceiling = value["results"], value["ceiling"]
        self._font(_NORMAL)
        self.ln(2)
        rows = [
            ("tender", f"{value['tender']}  {value['title']}"),
            ("lot", results["lot"]),
            ("part", results["part"]),
            ("deadline", _local(value["deadline"])),
            ("opened_at", _local(value["opened_at"])),
            ("recorded_at", _local(value["recorded_at"])),
            ("ceiling", self.word("none") if ceiling is None else format_yuan(parse_yuan(ceiling))),
        ]
        with self._table((28, 100), first_row_as_headings=False) as table:
            for name, text in rows:
                table.row((self.word(name), self._printable(text)))

    def _results(self, value: dict[str, Any]) -> None:
        heads = ("number", "bidder", "price", "period", "quality", "manager", "guarantee")
        with self._table((9, 46, 30, 17, 20, 20, 24)) as table:
            table.row([self.word(name) for name in heads])
            for number, bid in enumerate(value["results"]["bids"], 1):
                row = table.row()
                row.cell(str(number))
                read = bid.get("read_out")
                if read is None:
                    row.cell(self._printable(self._without(bid)), colspan=6)
                    continue
                price = (
                    ""
                    if read["price"] is None
                    else f"{read['currency']} {format_yuan(parse_yuan(read['price']))}"
                )
                if read["above_ceiling"]:
                    price += f"\n({self.word('above')})"
                name = f"{read['bidder']}\n{read['credit_code']}"
                if bid["by"] == "bidder":
                    name += f"\n({self.word('by_bidder')})"
                found = read["guarantee"]
                guarantee = self._of(GUARANTEES[found]) if found in GUARANTEES else found
                period = "" if read["period_days"] is None else str(read["period_days"])
                for text in (name, price, period, read["quality"], read["manager"], guarantee):
                    row.cell(self._printable(text or "—"))

    def _without(self, bid: dict[str, Any]) -> str:
        """What is said of a bid that nothing is read out of."""
        place = f"({self.word('entry')} {bid['bid']}) "
        if bid["state"] == "failed":
            return place + str(bid["said"][self._language])
        return place + self.word("not_called" if bid["state"] == "not-called" else "committee")

    def _objections(self, objections: list[dict[str, Any]]) -> None:
        if not objections:
            self._line(self.word("none"))
        for one in objections:
            statement, answer = one["statement"], one["answer"]
            self._line(f"{statement['number']}. {self._by(statement)}: {statement['text']}")
            if answer is not None:
                self._line(f"    {self.word('answer')} — {self._by(answer)}: {answer['text']}")

    def _signatures(self, value: dict[str, Any]) -> None:
        if not value["signatures"]:
            self._line(self.word("none"))
        for statement in value["signatures"]:
            self._line(self._by(statement))
        if value["silent"]:
            self._line(f"{self.word('silent')} {', '.join(map(str, value['silent']))}")

    def _by(self, statement: dict[str, Any]) -> str:
        by = statement["by"]
        capacity = self._of(CAPACITIES[by["capacity"]]) if by["capacity"] in CAPACITIES else by["capacity"]
        return f"{by['name']} ({capacity}, {by['person']}, {_local(statement['at'])})"

    def _table(self, widths: tuple[int, ...], *, first_row_as_headings: bool = True) -> Any:
        return self.table(
            col_widths=widths,
            first_row_as_headings=first_row_as_headings,
            headings_style=FontFace(fill_color=(235, 238, 242)),
            borders_layout=TableBordersLayout.ALL,
            line_height=self.font_size * 1.55,
            text_align="LEFT",
            padding=0.8,
        )


def _local(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, ZONE):%Y-%m-%d %H:%M:%S} (UTC+8)"
