"""The whole story, in order."""

import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.demo import facts
from app.demo.cast import Cast
from app.demo.chapters import (
    arriving,
    bidding,
    complaining,
    deciding,
    guaranteeing,
    opening,
    verifying,
)
from app.demo.people import PASSWORD
from app.stack.guarantors import UNDERWRITER
from app.stack.place import GUARANTORS
from app.stack.running import Stack

HALL_MINUTES = "0.1"
SLOWER = 2
"""Bidders are given so many times what it took all to register: a slow machine is slow at sealing too."""


def tell(stack: Stack, console: Console, folder: Path) -> Cast:
    """Everything that happens. StoryError, AnswerError, CommandFailedError or StackError where it does not."""
    began = time.monotonic()
    tenders = facts.tenders()
    console.print(
        "\n[bold]1. Everything starts on this machine, and three keyholders agree to hold keys[/bold]"
    )
    _begin(stack, console)
    console.print("\n[bold]2. A center, tenderees, bidders and guarantors arrive[/bold]")
    arrived = time.monotonic()
    cast = arriving.arrive(stack.place, console, folder, tenders)
    seconds = max(bidding.BIDDING_SECONDS, SLOWER * round(time.monotonic() - arrived))
    cast.chapter(3, "Three notices, from real ones; the law is on a clock of two seconds a day")
    bidding.publish(cast, tenders, seconds)
    cast.chapter(4, "Bids come in, sealed; nobody can open them, the platform included")
    bidding.bid(cast)
    deciding.commit_pool(cast)
    cast.chapter(5, "The deadline: closing, then opening")
    opening.open_all(cast)
    lighting = cast.held[-1]
    cast.chapter(6, f"From the opening to the candidates: {lighting.facts.title}")
    deciding.object_to(cast, lighting, "1", lighting.facts.bids[-1].bidder)
    draw = deciding.draw_experts(cast, lighting, "1")
    ranked = deciding.publish_candidates(cast, lighting, "1")
    cast.chapter(7, "A complaint, on the clocks of the law")
    complaining.complain(cast, lighting, "1", ranked[1])
    cast.chapter(8, "Award and contract; guarantees and names are let go")
    deciding.award(cast, lighting, "1")
    deciding.publish_draw(cast, draw)
    complaining.tell_of_mails(cast)
    guaranteeing.await_release(cast, lighting, "1")
    cast.chapter(9, "A stranger verifies all of it")
    verifying.verify(cast)
    cast.chapter(10, "One byte is changed")
    verifying.tamper(cast)
    console.print(f"\n[bold]Told in {time.monotonic() - began:.0f} seconds.[/bold]")
    return cast


def show_where(cast: Cast) -> None:
    """The addresses of what was told of, and who can log in."""
    pages = Table("what", "address", title="What was told of", title_justify="left")
    for what, path in _pages(cast):
        pages.add_row(what, f"{cast.place.url}{path}")
    cast.console.print(pages)
    table = Table("who", "log in as", title=f"The pages are at {cast.place.url}", title_justify="left")
    for person in (cast.center, cast.supervisor, *cast.tenderees.values(), *cast.guarantors):
        table.add_row(person.organisation_name, person.email)
    for desk in cast.desks.values():
        table.add_row(desk.person.organisation_name, desk.person.email)
    cast.console.print(table)
    for number, (name, _) in enumerate(GUARANTORS, 1):
        password = cast.place.underwriter_password(number).read_text("utf-8").strip()
        cast.say(
            f"the desk of {name}: {cast.place.desk_url(number)}; log in as {UNDERWRITER}, password {password}"
        )
        key = cast.place.core_system_key(number)
        cast.say(f"for its own systems: {cast.place.desk_api_url(number)}, signed with {key}")
    cast.say(f"everybody's password: {PASSWORD}")
    for person in (cast.center, cast.supervisor):
        cast.say(f"second factor of {person.email} (put it into an authenticator): {person.secret}")


def _pages(cast: Cast) -> Iterator[tuple[str, str]]:
    lighting = cast.held[-1]
    yield "all notices", "/notices"
    yield "the road lighting", f"/notices/{lighting.id}"
    yield "its opening hall", f"/notices/{lighting.id}/lots/1/hall"
    yield "objections and complaints", "/cases"
    yield "a guarantee, by number and code", guaranteeing.check_address(lighting)
    yield "the ledger", "/ledger/"


def _begin(stack: Stack, console: Console) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting")
        for said in stack.begin():
            progress.update(task, description=said)
            console.print(f"  {said}", soft_wrap=True)
