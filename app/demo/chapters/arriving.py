"""Accounts, organisations, and tokens that say nothing of who spends them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console

from app.demo.cast import Cast
from app.demo.desk import Desk
from app.demo.facts import TenderFacts
from app.demo.people import PASSWORD, Person, credit_code, member_of
from app.stack.commands import run
from app.stack.place import GUARANTORS, StackPlace

TOKENS = 6
AT_A_TIME = 3


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
    people = [
        *(("guarantor", number, name, code) for number, (name, code) in enumerate(GUARANTORS, start=31)),
        *(("tenderee", number, name, None) for number, name in enumerate(tenderees, start=11)),
        *(("bidder", number, name, None) for number, name in enumerate(bidders, start=21)),
    ]

    def come(who: tuple[str, int, str, str | None]) -> tuple[int, str, Person]:
        role, number, name, code = who
        verifier = supervisor if role == "guarantor" else center
        return number, role, member_of(place.url, role, number, name, verifier, code)

    with (
        ThreadPoolExecutor(AT_A_TIME) as pool,
        cast.steps("organisations register, and are verified", len(people)) as step,
    ):
        for number, role, person in pool.map(come, people):
            name = person.organisation_name
            if role == "guarantor":
                cast.guarantors.append(person)
            elif role == "tenderee":
                cast.tenderees[name] = person
            else:
                cast.desks[name] = Desk(place, person, folder / f"desk-{number}")
            step()
    with cast.steps("bidders draw tokens", len(cast.desks)) as step:
        for desk in cast.desks.values():
            desk.draw_tokens(TOKENS)
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
