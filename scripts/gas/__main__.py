"""Writes the tables of docs/gas.md anew."""

import sys

from scripts.gas import peers
from scripts.gas.page import PAGE, with_tables

if __name__ == "__main__":
    if not peers.are_installed():
        print(
            "the others' packages are not installed (make setup-dev): their rows stay as they are",
            file=sys.stderr,
        )
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
