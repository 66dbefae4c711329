"""Notices, sealed bids, and what anybody can see of them before the deadline: nothing."""

import re
from datetime import timedelta

from app.demo.cast import Cast, Held, soon, wait_for
from app.demo.desk import has_age, seal_by_age
from app.demo.facts import TenderFacts, hundredths
from app.stack.commands import run

PROFILE = "training-fast"
BIDDING_SECONDS = 60
"""From the notice to the deadline; twenty days of the fast training are forty seconds."""


def publish(cast: Cast, tenders: list[TenderFacts], seconds: float = BIDDING_SECONDS) -> None:
    """Each tenderee drafts and publishes its notice; the timetable is checked against the law."""
    parts = sum(len(facts.lots) for facts in tenders)
    wait_for(lambda: _ready_keys(cast) > parts, "the keyholders have made keys ahead", 180)
    for facts in tenders:
        begin = soon(3)
        deadline = begin + timedelta(seconds=seconds)
        lots = [
            {
                "number": lot.number,
                "title": lot.title,
                "estimate": hundredths(lot.ceiling),
                "ceiling": hundredths(lot.ceiling),
                "bond": hundredths(lot.bond),
            }
            for lot in facts.lots
        ]
        timetable = {
            "documents_from": begin.isoformat(),
            "documents_to": (begin + timedelta(seconds=20)).isoformat(),
            "deadline": deadline.isoformat(),
            "opening": deadline.isoformat(),
            "validity_days": 3650,
        }
        draft = {"title": facts.title, "profile": PROFILE, "lots": lots, "timetable": timetable}
        tenderee = cast.tenderees[facts.tenderee]
        tender = tenderee.ask("POST", "/api/tenders", draft)["id"]
        held = Held(facts, tenderee, tender, deadline)
        tenderee.ask("POST", f"{held.path}/publication")
        cast.held.append(held)
        ceilings = ", ".join(f"lot {lot.number}: at most {lot.ceiling}" for lot in facts.lots)
        cast.say(f"{facts.title} ({facts.source}): {ceilings}; bids until {deadline:%H:%M:%S} UTC")


def _ready_keys(cast: Cast) -> int:
    """How many wait in the pool: one goes to each part of each lot, and one to draws."""
    found = re.search(r"(\d+) free", run(cast.place.environment(), "custody", "pool"))
    return int(found[1]) if found else 0


def bid(cast: Cast) -> None:
    """Every bid is packed and signed, sealed to the lot's key, submitted for a token, and has its receipt."""
    bids = [(held, one) for held in cast.held for one in held.facts.bids]
    by_age = has_age()
    with cast.steps("bids are sealed and submitted", len(bids)) as step:
        for number, (held, one) in enumerate(bids):
            desk = cast.desks[one.bidder]
            folder = desk.prepare(f"{held.id}-{one.lot}", cast.sheet(held, one.lot), one.price)
            if number == 0 and by_age:
                seal_by_age(desk, folder, "price")
            else:
                desk.seal(folder)
            held.receipts[one.lot, one.bidder] = desk.submit(folder)
            step()
    if by_age:
        cast.say("the first was sealed by the stock `age` program: a bid is an ordinary age file")
    else:
        cast.say("`age` is not installed here; any age program could have sealed a bid")
    seen = [lot["bids"] for held in cast.held for lot in cast.get(held.path)["lots"]]
    cast.say(f"what the platform tells of the number of bids before the deadline: {seen}")
