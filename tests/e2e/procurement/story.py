"""What the tests of a procurement share: who acts, and what has come of it so far."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from app.demo.people import PASSWORD, Person, credit_code, member_of
from ledger.entries import LotClosed, encode
from ledger.merkle import leaf_hash
from tests.e2e.keyholders.deployment import eventually, now
from tests.e2e.procurement.bidders import Desk, RestBidder
from tests.e2e.procurement.platform import Platform

LOT = {"title": "南渡江大桥", "estimate": 500_000_000, "ceiling": 480_000_000, "bond": 10_000_000}
DRAWING = b"%PDF-1.7 drawing 3"


def number_in(said: str) -> int:
    """Of the entry that a receipt is of, by what `sunseal bid` says."""
    return int(re.findall(r"entry (\d+) of", said)[0])


@dataclass
class Story:
    """One tender, from the notice on. `receipts` and `closings` are by the test's own names and lot numbers."""

    at: Platform
    center: Person
    tenderee: Person
    tender: str = ""
    deadline: datetime = field(default_factory=now)
    desks: list[Desk] = field(default_factory=list)
    rest: RestBidder | None = None
    receipts: dict[str, int] = field(default_factory=dict)
    closings: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/api/tenders/{self.tender}"

    def bidder(self, number: int) -> Person:
        """A verified one."""
        name = f"第{number}建设工程有限公司"
        return member_of(self.at.url, "bidder", 10 + number, name, self.center)

    def add_desk(self, number: int) -> Desk:
        self.desks.append(Desk(self.at, self.bidder(number), self.at.folder / f"desk-{number}"))
        return self.desks[-1]

    def publish(self, lots: Sequence[dict[str, Any]], seconds: float) -> None:
        """The tenderee drafts and publishes, over REST, with a document; bids are due so many seconds later."""
        begin = (now() + timedelta(seconds=5)).replace(microsecond=0)
        self.deadline = begin + timedelta(seconds=seconds)
        draft = {
            "title": "南渡江大桥及引道工程",
            "profile": "training",
            "lots": lots,
            "timetable": {
                "documents_from": begin.isoformat(),
                "documents_to": (begin + timedelta(seconds=60)).isoformat(),
                "deadline": self.deadline.isoformat(),
                "opening": self.deadline.isoformat(),
                "validity_days": 3650,
            },
        }
        self.tender = self.tenderee.ask("POST", "/api/tenders", draft)["id"]
        document = f"{self.path}/documents/drawing-3.pdf?title=Drawing+3"
        kind = {"Content-Type": "application/pdf"}
        self.tenderee.ask("PUT", document, content=DRAWING, headers=kind)
        self.tenderee.ask("POST", f"{self.path}/publication")

    def sheet(self, number: str) -> bytes:
        answer = httpx.get(f"{self.at.url}{self.path}/lots/{number}/sheet", trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.content

    def await_closings(self, count: int) -> dict[str, LotClosed]:
        """Past the deadline: the closings of all lots by their numbers, in the ledger and on the chain."""
        time.sleep(max(0.0, (self.deadline - now()).total_seconds()))
        found: dict[str, tuple[int, LotClosed]] = {}

        def are_closed() -> bool:
            entries = [(i, one) for i, one in self.at.entries() if isinstance(one, LotClosed)]
            found.update({one.lot.rpartition(".")[2]: (i, one) for i, one in entries})
            return len(found) == count

        eventually(are_closed, "the lots are closed")
        last = max(index for index, _ in found.values())
        eventually(lambda: self.at.anchored() > last, "the closings are anchored on the chain", 120)
        self.closings = {number: leaf_hash(encode(one)).hex() for number, (_, one) in found.items()}
        return {number: one for number, (_, one) in found.items()}

    def opening(self, number: str, part: str) -> Any:
        return self.at.get(f"/api/openings/{self.closings[number]}/{part}")

    def await_opening(self, number: str, part: str, state: str, patience: float = 150) -> Any:
        what = f"{part} of lot {number} is {state}"
        eventually(lambda: self.opening(number, part)["state"] == state, what, patience)
        return self.opening(number, part)

    def state(self, number: str) -> str:
        lots = self.at.get(self.path)["lots"]
        return str(next(lot["state"] for lot in lots if lot["number"] == number))


def begin(at: Platform) -> Story:
    """The operator makes the center's first account; a tenderee registers, and the center verifies it."""
    password = at.folder / "password"
    password.write_text(PASSWORD)
    name, house = "王主任", "市公共资源交易中心"
    who = ("--name", name, "--organisation", house, "--code", credit_code(1))
    email = "center@example.com"
    at.run("accounts", "bootstrap", "center", email, *who, "--password-file", str(password))
    center = Person(at.url, email, name, house, credit_code(1))
    center.log_in()
    return Story(at, center, member_of(at.url, "tenderee", 2, "市交通建设集团有限公司", center))
