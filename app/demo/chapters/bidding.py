"""Notices, sealed bids, and what anybody can see of them before the deadline: nothing."""

import re
from datetime import timedelta

from app.demo.cast import Cast, Held, StoryError, soon, wait_for
from app.demo.chapters import guaranteeing
from app.demo.desk import has_age, seal_by_age
from app.demo.facts import LotFacts, TenderFacts, hundredths
from app.stack.commands import run

PROFILE = "training"
BIDDING_SECONDS = 46
"""From the notice to the deadline, at least; twenty days of the training are forty seconds."""


def publish(cast: Cast, tenders: list[TenderFacts], seconds: int) -> None:
    """Each tenderee drafts and publishes its notice; the timetable is checked against the law."""
    parts = sum(len(facts.lots) for facts in tenders)
    wait_for(lambda: _ready_keys(cast) > parts, "the keyholders have made keys ahead", 180)
    for facts in tenders:
        held = publish_one(cast, facts, seconds)
        cast.held.append(held)
        ceilings = ", ".join(f"lot {lot.number}: at most {lot.ceiling}" for lot in facts.lots)
        cast.say(f"{facts.title} ({facts.source}): {ceilings}; bids until {held.deadline:%H:%M:%S} UTC")


def publish_one(cast: Cast, facts: TenderFacts, seconds: int) -> Held:
    """A tender whose bids are due so many seconds from about now. AnswerError."""
    begin = soon(3)
    deadline = begin + timedelta(seconds=seconds)
    lots = [
        {
            "number": lot.number,
            "title": lot.title,
            "estimate": hundredths(lot.ceiling),
            "ceiling": hundredths(lot.ceiling),
            "bond": hundredths(lot.bond),
            "parts": [{"name": "price", "has_price": True, "guarantee": _guarantee(lot)}],
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
    return held


def _ready_keys(cast: Cast) -> int:
    """How many wait in the pool: one goes to each part of each lot, and one to draws."""
    found = re.search(r"(\d+) free", run(cast.place.environment(), "custody", "pool"))
    return int(found[1]) if found else 0


def _guarantee(lot: LotFacts) -> str:
    return "none" if lot.bond == guaranteeing.NONE else "required"


def bid(cast: Cast) -> None:
    """Every bid is packed and signed, sealed to the lot's key, submitted for a token, and has its receipt.

    Guarantees are applied for at once; while their guarantors work, the bids that need none are sealed.
    """
    bonds = guaranteeing.apply(cast)
    cast.say(f"{len(bonds)} bidders apply for guarantees, by letters that the guarantor alone can read")
    bids = [(held, one) for held in cast.held for one in held.facts.bids]
    bids.sort(key=lambda pair: guaranteeing.is_bonded(*pair))
    by_age, have_come = has_age(), False
    with cast.steps("bids are sealed and submitted", len(bids)) as step:
        for number, (held, one) in enumerate(bids):
            desk, lot = cast.desks[one.bidder], f"{held.id}.{one.lot}"
            bond = bonds.get((lot, one.bidder))
            if bond is not None and not have_come:
                guaranteeing.await_all(bonds)
            have_come = have_come or guaranteeing.advance(bonds)
            folder = desk.prepare(
                f"{held.id}-{one.lot}",
                cast.sheet(held, one.lot),
                one.price,
                bond.put_into if bond else None,
            )
            if number == 0 and by_age:
                seal_by_age(desk, folder, "price")
            else:
                desk.seal(folder)
            held.receipts[one.lot, one.bidder] = desk.submit(folder)
            step()
    cast.say(
        f"{len(bonds)} of them carry a guarantee that stands on the chain as a hash, and says nothing there"
    )
    if by_age:
        cast.say("the first was sealed by the stock `age` program: a bid is an ordinary age file")
    else:
        cast.say("`age` is not installed here; any age program could have sealed a bid")
    seen = [lot["bids"] for held in cast.held for lot in cast.get(held.path)["lots"]]
    if any(number is not None for number in seen):
        raise StoryError(f"the platform tells how many bids there are, before the deadline: {seen}")
    cast.say("asked how many bids there are, the platform says nothing before the deadline")
