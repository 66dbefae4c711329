"""One tender of the soak: bids under way to their receipts, then on to the contract, whatever is killed meanwhile.

Everything is tried again until it is done: as people do who are told that it did not work.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx

from app.demo.bank import Bank
from app.demo.bond import Bond
from app.demo.cast import Cast, Held, StoryError
from app.demo.facts import BidFacts
from app.demo.people import AnswerError
from app.stack.commands import CommandFailedError

Answer = TypeVar("Answer")
REFUSALS = (AnswerError, CommandFailedError, StoryError, httpx.HTTPError)
MARGIN = timedelta(seconds=12)
"""So long before the deadline nobody begins anything."""
HASH = "ab" * 32
TOKENS = 5
"""Drawn for each bid: two for the letters to the guarantor, one to send it, one to replace it, one that may be lost."""


def insist(act: Callable[[], Answer], what: str, patience: float = 120.0) -> Answer:
    """Until it is done. AssertionError with what was said last."""
    end = time.monotonic() + patience
    while True:
        try:
            return act()
        except REFUSALS as error:
            if time.monotonic() > end:
                raise AssertionError(f"{what}: {error}") from error
            time.sleep(0.5)


@dataclass
class Sent:
    """A bid's folder, and what its bidder did with it. `late`: the deadline came before it was through."""

    folder: Path
    withdrawn: bool = False
    late: bool = False


@dataclass
class Course:
    """`sent` by the bidder's name."""

    cast: Cast
    held: Held
    is_bonded: bool
    sent: dict[str, Sent] = field(default_factory=dict)
    unguaranteed: int = 0

    @property
    def lot(self) -> str:
        return f"{self.held.id}.1"

    def bid(self, banks: list[Bank], *, replaces: bool, withdraws: bool) -> None:
        """All bids: with a guarantee where the lot asks for one; one is replaced, and one withdrawn."""
        bids = self.held.facts.bids
        bonds = self._apply(banks) if self.is_bonded else {}
        for one in bids:
            desk = self.cast.desks[one.bidder]
            insist(partial(desk.draw_tokens, TOKENS), "tokens are drawn")
            bond = bonds.get(one.bidder)
            if bond is not None and not self._is_issued(bonds, bond):
                self.unguaranteed += 1
                continue
            self._send(one, bond)
        if replaces and bids[0].bidder in self.sent:
            self._replace(bids[0])
        if withdraws and bids[-1].bidder in self.sent:
            self._withdraw(bids[-1].bidder)

    def go_on(self) -> bool:
        """The next step to the contract, if it can be done now; whether there is none left."""
        state = self.state()
        if state in {"failed", "cancelled"}:
            return True
        if state == "contracted":
            return not self.is_bonded or self._is_released()
        path, tenderee = f"{self.held.path}/lots/1", self.held.tenderee
        if state == "opened":
            tenderee.ask("POST", f"{path}/evaluation", {"sha256": HASH})
        elif state == "evaluated":
            tenderee.ask("POST", f"{path}/candidates", {"candidates": self._candidates()})
        elif state == "candidates-published":
            tenderee.ask(
                "POST", f"{path}/award", {"rank": 1}
            )  # refused until the time for objections is over
        elif state == "awarded":
            price = self._candidates()[0]["price"]
            tenderee.ask("POST", f"{path}/contract", {"price": price, "sha256": HASH})
        return False

    def state(self) -> str:
        return str(self.cast.get(self.held.path)["lots"][0]["state"])

    def opened(self) -> list[dict[str, object]]:
        """The bids of the opening record; none where the lot failed."""
        found = self.cast.get(f"/api/openings?lot={self.lot}")
        if not found:
            return []
        bids: list[dict[str, object]] = self.cast.get(f"/api/openings/{found[0]['closing']}/price")["bids"]
        return bids

    def receipts(self, bidder: str) -> list[int]:
        """What the bidder can prove, fetched again and verified: the ledger's index of each submission."""
        desk, folder = self.cast.desks[bidder], self.sent[bidder].folder
        said = insist(lambda: desk.bid("receipt", folder), f"{bidder} fetches the receipts")
        return [int(index) for index in re.findall(r"entry (\d+) of", said)]

    def _apply(self, banks: list[Bank]) -> dict[str, Bond]:
        made = {}
        for number, one in enumerate(self.held.facts.bids):
            desk, bank = self.cast.desks[one.bidder], banks[number % len(banks)]

            def apply(desk=desk, bank=bank) -> Bond:  # type: ignore[no-untyped-def] # of the loop
                place = self.cast.place
                try:
                    return Bond.apply(desk, bank, place.url, place.settings["supervisor"], self.lot)
                except CommandFailedError as error:
                    if "sent before" not in str(error):
                        raise
                    return Bond(desk, bank, desk.folder / f"guarantee-{self.lot}")

            made[one.bidder] = insist(apply, "an application")
        return made

    def _is_issued(self, bonds: dict[str, Bond], bond: Bond) -> bool:
        """Waits for it as long as there is time."""
        while bond.stage != "issued" and datetime.now(UTC) < self.held.deadline - MARGIN:
            try:
                for bank in {id(one.bank): one.bank for one in bonds.values()}.values():
                    bank.quote_all()
                    bank.issue_paid()
                for one in bonds.values():
                    if one.stage != "issued":
                        one.advance()
            except REFUSALS:
                time.sleep(0.5)
        return bond.stage == "issued"

    def _send(self, one: BidFacts, bond: Bond | None) -> None:
        desk, tries = self.cast.desks[one.bidder], iter(range(1000))

        def prepare() -> Path:
            name = f"{self.lot}-{next(tries)}"
            sheet = self.cast.sheet(self.held, "1")
            folder = desk.prepare(name, sheet, one.price, bond.put_into if bond else None)
            desk.seal(folder)
            return folder

        folder = insist(prepare, f"{one.bidder} prepares a bid")
        self.sent[one.bidder] = Sent(folder)
        self._submit(one.bidder, "submit")

    def _submit(self, bidder: str, verb: str) -> None:
        """Again and again until the deadline; who is late then has no receipt, and knows it."""
        desk, sent = self.cast.desks[bidder], self.sent[bidder]
        while True:
            try:
                desk.bid(verb, sent.folder)
            except REFUSALS:
                if datetime.now(UTC) > self.held.deadline + MARGIN:
                    sent.late = True
                    return
                time.sleep(0.5)
            else:
                return

    def _replace(self, one: BidFacts) -> None:
        """With the same content, sealed anew."""
        if datetime.now(UTC) > self.held.deadline - MARGIN or self.sent[one.bidder].late:
            return
        desk, folder = self.cast.desks[one.bidder], self.sent[one.bidder].folder
        desk.bid("pack", folder)
        desk.seal(folder)
        self._submit(one.bidder, "replace")

    def _withdraw(self, bidder: str) -> None:
        sent = self.sent[bidder]
        if datetime.now(UTC) > self.held.deadline - MARGIN or sent.late:
            return
        command = ("withdraw", sent.folder, "--yes")
        insist(lambda: self.cast.desks[bidder].bid(*command), f"{bidder} withdraws")
        sent.withdrawn = True

    def _candidates(self) -> list[dict[str, object]]:
        """Three at most (条55)."""
        read = []
        for bid in self.opened():
            said = bid.get("read_out")
            if isinstance(said, dict):
                read.append((int(str(said["price"]).replace(".", "")), bid["bid"]))
        return [
            {"rank": rank, "bid": bid, "price": price, "score": ""}
            for rank, (price, bid) in enumerate(sorted(read)[:3], start=1)
        ]

    def _is_released(self) -> bool:
        found = self.held.tenderee.ask("GET", f"/api/guarantees?lot={self.lot}")
        return len(found) == len(self.opened()) and all(one["state"] == "released" for one in found)
