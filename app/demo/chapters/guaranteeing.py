"""Guarantees on the way from the application into the sealed bid, and back to their guarantors at the end."""

from urllib.parse import urlencode

from app.demo.bank import Bank
from app.demo.bond import Bond
from app.demo.cast import Cast, Held, wait_for
from app.demo.facts import BidFacts
from app.stack.place import GUARANTORS

Bonds = dict[tuple[str, str], Bond]
"""By the lot's id and the bidder's name."""
NONE = "0.00"


def is_bonded(held: Held, bid: BidFacts) -> bool:
    """Whether the lot of this bid asks for a guarantee."""
    return any(lot.number == bid.lot and lot.bond != NONE for lot in held.facts.lots)


def apply(cast: Cast) -> Bonds:
    """Each bidder of a lot with a bond applies, from one guarantor or the other."""
    banks = [Bank(cast.place, number) for number in range(1, len(GUARANTORS) + 1)]
    wanted = [(held, bid) for held in cast.held for bid in held.facts.bids if is_bonded(held, bid)]
    made: Bonds = {}
    for number, (held, bid) in enumerate(wanted):
        desk, lot = cast.desks[bid.bidder], f"{held.id}.{bid.lot}"
        supervisor = cast.place.settings["supervisor"]
        made[lot, bid.bidder] = Bond.apply(desk, banks[number % 2], cast.place.url, supervisor, lot)
    return made


def advance(bonds: Bonds) -> bool:
    """Every guarantor and every bidder looks at what has come, and does the next step; whether all have theirs."""
    waiting = [bond for bond in bonds.values() if bond.stage != "issued"]
    for bank in {id(bond.bank): bond.bank for bond in waiting}.values():
        stages = {bond.stage for bond in waiting if bond.bank is bank}
        if "applied" in stages:
            bank.quote_all()
        if stages == {"paid"}:
            bank.issue_paid()
    for bond in waiting:
        bond.advance()
    return all(bond.stage == "issued" for bond in bonds.values())


def await_all(bonds: Bonds) -> None:
    wait_for(lambda: advance(bonds), "the guarantees are issued")


def check_address(held: Held) -> str:
    """Of the page where anyone checks the first of the tender's guarantees, as its letter's QR code has it."""
    first = held.tenderee.ask("GET", f"/api/guarantees?lot={held.id}.1")[0]
    code = held.tenderee.ask("GET", f"/api/guarantees/{first['id']}")["check_code"]
    return f"/guarantees/check?{urlencode({'number': first['number'], 'code': code})}"


def await_release(cast: Cast, held: Held, lot: str) -> None:
    """The contract lets every guarantee of the lot go, and nobody asks for it (条57)."""
    path = f"/api/guarantees?lot={held.id}.{lot}"

    def are_released() -> bool:
        return {one["state"] for one in held.tenderee.ask("GET", path)} == {"released"}

    wait_for(are_released, "the guarantees are released")
    number = len(held.tenderee.ask("GET", path))
    cast.say(
        f"the contract releases the lot's {number} guarantees, on the chain too: capital that was never paid in"
    )
