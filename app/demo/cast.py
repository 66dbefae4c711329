"""Who acts in the demonstration, and what has come of it so far."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.demo.desk import Desk
from app.demo.facts import TenderFacts
from app.demo.people import AnswerError, Person
from app.stack.place import StackPlace

PATIENCE = 120.0


class StoryError(Exception):
    """Something in the demonstration did not come as it should."""


@dataclass
class Held:
    """A tender that is held in the demonstration. `receipts`: the ledger index of each bid, by lot and bidder."""

    facts: TenderFacts
    tenderee: Person
    id: str
    deadline: datetime
    receipts: dict[tuple[str, str], int] = field(default_factory=dict)
    closings: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/api/tenders/{self.id}"


@dataclass
class Cast:
    """`console` is where the story is told."""

    place: StackPlace
    console: Console
    folder: Path
    center: Person
    supervisor: Person
    tenderees: dict[str, Person] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)
    guarantors: list[Person] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)

    def get(self, path: str) -> Any:
        """What anyone gets, without a login. AnswerError."""
        answer = httpx.get(f"{self.place.url}{path}", trust_env=False, timeout=PATIENCE)
        if answer.status_code != 200:
            raise AnswerError(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    def post(self, path: str, body: Any) -> Any:
        """What somebody without a login sends. AnswerError."""
        answer = httpx.post(f"{self.place.url}{path}", json=body, trust_env=False, timeout=PATIENCE)
        if answer.status_code >= 400:
            raise AnswerError(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    def sheet(self, tender: Held, lot: str) -> bytes:
        """What a bidder's program needs to know of a lot."""
        answer = httpx.get(f"{self.place.url}{tender.path}/lots/{lot}/sheet", trust_env=False)
        if answer.status_code != 200:
            raise AnswerError(f"the sheet of lot {lot}: {answer.status_code}")
        return answer.content

    def say(self, text: str) -> None:
        self.console.print(f"  {text}", soft_wrap=True)

    def chapter(self, number: int, title: str) -> None:
        self.console.print(f"\n[bold]{number}. {title}[/bold]")

    @contextmanager
    def steps(self, what: str, total: int) -> Iterator[Callable[[], None]]:
        """A progress bar; what is yielded takes a step."""
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
        )
        with Progress(*columns, TimeElapsedColumn(), console=self.console, transient=False) as progress:
            task = progress.add_task(what, total=total)
            yield lambda: progress.advance(task)


def wait_for(check: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Until `check` is true. StoryError if it does not become so."""
    end = time.monotonic() + patience
    while not check():
        if time.monotonic() > end:
            raise StoryError(f"waited {patience:.0f} seconds in vain: {what}")
        time.sleep(0.2)


def soon(seconds: float) -> datetime:
    """A whole second, so many from now."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).replace(microsecond=0)
