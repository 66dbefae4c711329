"""The opening record on paper: a PDF in one language, from the record's canonical JSON and nothing else.

The same record gives the same pages (paper/pages.py).
"""

import hashlib
import json
from typing import Any

from bidding.opening.record_words import CAPACITIES, GUARANTEES, WORDS
from paper.pages import NORMAL, SMALL, Language, Pages, instant, local, print_pages
from statutes.money import format_yuan, parse_yuan

__all__ = ["Language", "record_pdf"]


def record_pdf(record: bytes, language: Language) -> bytes:
    """The pages, not signed yet. `record` is what `bidding.opening.record.finish` made."""
    value, digest = json.loads(record), hashlib.sha256(record).hexdigest()
    return print_pages(language, lambda pages: _Record(pages).print_record(value, digest))


class _Record:
    """The record, as it is put on pages."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def word(self, name: str) -> str:
        return self._pages.of(WORDS[name])

    def print_record(self, value: dict[str, Any], digest: str) -> None:
        pages, results = self._pages, value["results"]
        title = f"{self.word('title')} {results['lot']} {results['part']}"
        pages.name_document(title, instant(value["recorded_at"]))
        pages.add_page()
        pages.title_line(self.word("title"))
        self._head(value)
        pages.heading(self.word("results"))
        self._results(value)
        pages.heading(self.word("objections"))
        self._objections(value["objections"])
        pages.heading(self.word("signatures"))
        self._signatures(value)
        pages.ln(5)
        pages.size(SMALL)
        pages.line(f"{self.word('closing')}: {results['closing']}")
        pages.line(f"{self.word('hash')}: {digest}")
        pages.line(self.word("check"))

    def _head(self, value: dict[str, Any]) -> None:
        results, ceiling = value["results"], value["ceiling"]
        self._pages.size(NORMAL)
        self._pages.ln(2)
        rows = [
            ("tender", f"{value['tender']}  {value['title']}"),
            ("lot", results["lot"]),
            ("part", results["part"]),
            ("deadline", local(value["deadline"])),
            ("opened_at", local(value["opened_at"])),
            ("recorded_at", local(value["recorded_at"])),
            ("ceiling", self.word("none") if ceiling is None else format_yuan(parse_yuan(ceiling))),
        ]
        self._pages.pairs((self.word(name), text) for name, text in rows)

    def _results(self, value: dict[str, Any]) -> None:
        heads = ("number", "bidder", "price", "period", "quality", "manager", "guarantee")
        with self._pages.ruled((9, 46, 30, 17, 20, 20, 24)) as table:
            table.row([self.word(name) for name in heads])
            for number, bid in enumerate(value["results"]["bids"], 1):
                row = table.row()
                row.cell(str(number))
                read = bid.get("read_out")
                if read is None:
                    row.cell(self._pages.printable(self._without(bid)), colspan=6)
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
                guarantee = self._pages.of(GUARANTEES[found]) if found in GUARANTEES else found
                period = "" if read["period_days"] is None else str(read["period_days"])
                for text in (name, price, period, read["quality"], read["manager"], guarantee):
                    row.cell(self._pages.printable(text or "—"))

    def _without(self, bid: dict[str, Any]) -> str:
        """What is said of a bid that nothing is read out of."""
        place = f"({self.word('entry')} {bid['bid']}) "
        if bid["state"] == "failed":
            return place + str(bid["said"][self._pages.language])
        return place + self.word("not_called" if bid["state"] == "not-called" else "committee")

    def _objections(self, objections: list[dict[str, Any]]) -> None:
        if not objections:
            self._pages.line(self.word("none"))
        for one in objections:
            statement, answer = one["statement"], one["answer"]
            self._pages.line(f"{statement['number']}. {self._by(statement)}: {statement['text']}")
            if answer is not None:
                self._pages.line(f"    {self.word('answer')} — {self._by(answer)}: {answer['text']}")

    def _signatures(self, value: dict[str, Any]) -> None:
        if not value["signatures"]:
            self._pages.line(self.word("none"))
        for statement in value["signatures"]:
            self._pages.line(self._by(statement))
        if value["silent"]:
            self._pages.line(f"{self.word('silent')} {', '.join(map(str, value['silent']))}")

    def _by(self, statement: dict[str, Any]) -> str:
        by = statement["by"]
        capacity = (
            self._pages.of(CAPACITIES[by["capacity"]]) if by["capacity"] in CAPACITIES else by["capacity"]
        )
        return f"{by['name']} ({capacity}, {by['person']}, {local(statement['at'])})"
