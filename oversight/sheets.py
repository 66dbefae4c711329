"""Tables that people bring, as lines of text: CSV in UTF-8 or GB18030, and XLSX.

The first line has the names of the columns. A line is known by its number in the file, from 1 on, as a spreadsheet
shows it. Nothing is guessed: a file that is neither is refused whole, with what to do.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from oversight.errors import PoolError
from statutes.said import Said

MAX_SIZE = 32 << 20
"""Bytes of a file, and of each part that an XLSX unpacks to, several times over."""
MAX_LINES = 200_000
_UNPACKED = 8 * MAX_SIZE
_ZIP = b"PK\x03\x04"
_TOO_LONG = Said(f"文件超过 {MAX_LINES} 行：请拆分。", f"the file has more than {MAX_LINES} lines: split it")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file, and its cells by the name of their column, without white space around."""

    number: int
    cells: dict[str, str]


def read(data: bytes, columns: Sequence[str]) -> list[Line]:
    """The lines of a CSV or XLSX file that has these columns, in any order; empty lines are left out.

    PoolError for a file that is neither, is too large, lacks a column, has one that is not known, or one twice.
    """
    if len(data) > MAX_SIZE:
        raise PoolError(
            Said(
                f"文件超过 {MAX_SIZE >> 20} MiB：请拆分。",
                f"the file has more than {MAX_SIZE >> 20} MiB: split it",
            )
        )
    rows = _xlsx(data) if data.startswith(_ZIP) else _csv(data)
    header, *rest = [*rows] or [(0, [])]
    names = header[1]
    if sorted(names) != sorted(columns):
        shown = [name[:40] for name in names[:30]]
        raise PoolError(
            Said(
                f"首行须为列名 {'、'.join(columns)}，各一次，别无其他；现为 {'、'.join(shown) or '空'}。",
                f"the first line names the columns {', '.join(columns)}, each once, and no others: it has "
                f"{', '.join(shown) or 'none'}",
            )
        )
    lines = []
    for number, cells in rest:
        padded = [*cells, *[""] * (len(names) - len(cells))]
        if any(padded[len(names) :]):
            raise PoolError(
                Said(
                    f"第 {number} 行的单元格多于首行的列。",
                    f"line {number} has more cells than the first line has columns",
                )
            )
        lines.append(Line(number, dict(zip(names, padded, strict=False))))
    return lines


def decoded(data: bytes) -> str:
    """Text in UTF-8, with or without its mark, or else in GB18030; PoolError for bytes that are neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PoolError(
        Said(
            "文件既不是 UTF-8 也不是 GB18030 文本：请另存为 CSV UTF-8。",
            "the file is text in neither UTF-8 nor GB18030: save it as CSV UTF-8",
        )
    )


def _csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(decoded(data), newline=""), strict=True)
    try:
        for count, row in enumerate(reader):
            if count > MAX_LINES:
                raise PoolError(_TOO_LONG)
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise PoolError(
            Said(
                f"第 {reader.line_num} 行不是 CSV：{error}",
                f"line {reader.line_num} is no line of CSV: {error}",
            )
        ) from error


def _xlsx(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        _check_unpacked(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                if number > MAX_LINES:
                    raise PoolError(_TOO_LONG)
                cells = ["" if value is None else str(value).strip() for value in row]
                while cells and not cells[-1]:
                    cells.pop()
                if cells:
                    yield number, cells
        finally:
            book.close()
    except PoolError:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        IndexError,
        OSError,
        TypeError,
    ) as error:
        raise PoolError(
            Said(
                "工作簿无法读取：请重新另存为 XLSX 或者 CSV。",
                "the file is no workbook that can be read: save it as XLSX or CSV anew",
            )
        ) from error


def _check_unpacked(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > _UNPACKED:
            raise PoolError(
                Said(
                    "工作簿解压后过大：请拆分。",
                    "the workbook unpacks to more than its size allows: split it",
                )
            )
