"""Accounts, organisations, and tokens that say nothing of who spends them."""

from pathlib import Path

from rich.console import Console

from app.demo.cast import Cast
from app.demo.desk import Desk
from app.demo.facts import TenderFacts
from app.demo.people import PASSWORD, Person, credit_code, member_of
from app.stack.commands import run
from app.stack.place import StackPlace

TOKENS = 6


def arrive(place: StackPlace, console: Console, folder: Path, tenders: list[TenderFacts]) -> Cast:
    """The operator makes the first accounts; the others register, and the center verifies them."""
    password = folder / "password"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    password.write_text(PASSWORD)
    center = _staff(place, "center", 1, "王主任", "市公共资源交易中心", password)
    supervisor = _staff(place, "supervisor", 2, "李处长", "市公共资源交易监督管理局", password)
    cast = Cast(place, console, folder, center, supervisor)
    tenderees = list(dict.fromkeys(one.tenderee for one in tenders))
    bidders = list(dict.fromkeys(bid.bidder for one in tenders for bid in one.bids))
    with cast.steps(
        "organisations register, and the center verifies them", len(tenderees) + len(bidders)
    ) as step:
        for number, name in enumerate(tenderees, start=11):
            cast.tenderees[name] = member_of(place.url, "tenderee", number, name, center)
            step()
        for number, name in enumerate(bidders, start=21):
            person = member_of(place.url, "bidder", number, name, center)
            cast.desks[name] = Desk(place, person, folder / f"desk-{number}")
            cast.desks[name].draw_tokens(TOKENS)
            step()
    cast.say(f"each bidder has drawn {TOKENS} blind tokens: what is paid with them leads back to nobody")
    return cast


def _staff(place: StackPlace, role: str, number: int, name: str, house: str, password: Path) -> Person:
    email, code = f"{role}@example.com", credit_code(number)
    who = ("--name", name, "--organisation", house, "--code", code, "--password-file", str(password))
    run(place.environment(), "accounts", "bootstrap", role, email, *who)
    person = Person(place.url, email, name, house, code)
    person.log_in()
    return person
