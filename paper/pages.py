"""A4 pages in Chinese or English: headings, lines, tables, the page's number at the foot.

Fonts are embedded (Noto Sans SC, of the package pylopdf-fonts-zh-cn), cut to the characters that occur; a character
that the font lacks prints as its code point, never as an empty box.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import Any, Literal
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from statutes.said import Said

Language = Literal["zh", "en"]

FONT = "NotoSansSC-Regular.otf"
ZONE = ZoneInfo("Asia/Shanghai")
SMALL, NORMAL, LARGE, TITLE = 8, 9.5, 12, 18
"""Sizes in points."""
_PAGE = Said("第{page}页，共{pages}页", "page {page} of {pages}")


def print_pages(language: Language, write: Callable[["Pages"], None]) -> bytes:
    """The PDF of what `write` puts on the pages."""
    with as_file(files("pylopdf_fonts_zh_cn") / FONT) as font:
        pages = Pages(language)
        pages.add_font("sc", fname=font)
        write(pages)
        return bytes(pages.output())


class Pages(FPDF):
    """Pages to be written on. `language` may be changed from one page to the next."""

    def __init__(self, language: Language) -> None:
        super().__init__(format="A4")
        self.language = language
        self.set_margin(18)
        self.set_auto_page_break(auto=True, margin=20)
        self.alias_nb_pages("{nb}")

    def of(self, said: Said) -> str:
        """In the pages' language."""
        return said.zh if self.language == "zh" else said.en

    def name_document(self, title: str, made_at: datetime) -> None:
        """What a viewer shows of the file."""
        self.set_creation_date(made_at)
        self.set_title(title)
        self.set_lang("zh-CN" if self.language == "zh" else "en")

    def footer(self) -> None:
        self.set_y(-14)
        self.size(SMALL)
        self.cell(0, 6, self.of(_PAGE).format(page=self.page_no(), pages="{nb}"), align="C")

    def size(self, points: float) -> None:
        self.set_font("sc", size=points)

    def title_line(self, text: str) -> None:
        self.size(TITLE)
        self.multi_cell(0, 11, self.printable(text), align="C", new_x="LMARGIN", new_y="NEXT")

    def heading(self, text: str) -> None:
        self.ln(4)
        self.size(LARGE)
        self.cell(0, 8, self.printable(text), new_x="LMARGIN", new_y="NEXT")
        self.size(NORMAL)

    def line(self, text: str, *, spacing: float = 1.6) -> None:  # type: ignore[override] # of FPDF draws a stroke
        """A paragraph, in the present size."""
        height = self.font_size * spacing
        self.multi_cell(0, height, self.printable(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def printable(self, text: str) -> str:
        known = self.fonts["sc"].cmap  # type: ignore[union-attr] # a TTFFont, as all that are added
        return "".join(one if ord(one) in known or one == "\n" else f"[U+{ord(one):04X}]" for one in text)

    def pairs(self, rows: Iterable[tuple[str, str]], widths: tuple[int, int] = (28, 100)) -> None:
        """A table of names and what they are."""
        with self.ruled(widths, first_row_as_headings=False) as table:
            for name, text in rows:
                table.row((self.printable(name), self.printable(text)))

    def ruled(self, widths: tuple[int, ...], *, first_row_as_headings: bool = True) -> Any:
        """A table with lines; `widths` are relative."""
        return self.table(
            col_widths=widths,
            first_row_as_headings=first_row_as_headings,
            headings_style=FontFace(fill_color=(235, 238, 242)),
            borders_layout=TableBordersLayout.ALL,
            line_height=self.font_size * 1.55,
            text_align="LEFT",
            padding=0.8,
        )


def local(seconds: int) -> str:
    """An instant, in POSIX seconds, as people in China write it."""
    return f"{datetime.fromtimestamp(seconds, ZONE):%Y-%m-%d %H:%M:%S} (UTC+8)"


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
