"""A QR code on a page, drawn as squares: sharp at any size, and no picture in the file."""

import segno

from paper.pages import Pages

QUIET = 4
"""Modules of white around it, as ISO/IEC 18004 asks."""


def draw_qr(pages: Pages, text: str, x: float, y: float, size: float) -> None:
    """`size` in millimetres, the white around it included. Error correction M."""
    code = segno.make_qr(text, error="m")
    rows = [list(row) for row in code.matrix]
    module = size / (len(rows) + 2 * QUIET)
    pages.set_fill_color(0, 0, 0)
    for down, row in enumerate(rows):
        across = 0
        while across < len(row):
            width = 0
            while across + width < len(row) and row[across + width]:
                width += 1
            if width:
                left, top = x + (across + QUIET) * module, y + (down + QUIET) * module
                pages.rect(left, top, width * module, module, style="F")
            across += max(width, 1)
