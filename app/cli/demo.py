"""`sunseal demo`: whole procurements on this machine, told as a story, verified and tampered with."""

import os
import shutil
import signal
import sys
from pathlib import Path

import click
from rich.console import Console

from app.demo.cast import StoryError
from app.demo.people import AnswerError
from app.demo.story import HALL_MINUTES, show_where, tell
from app.stack import founding
from app.stack.commands import CommandFailedError
from app.stack.place import StackPlace
from app.stack.running import Stack, StackError


@click.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Where everything of it lies; what an earlier demonstration left there is removed.",
)
def demo(folder: Path) -> None:
    """Hold whole tenders on this machine, from the notices to the contract, and verify them.

    On a terminal it keeps serving until Ctrl-C; without one, or with STAY=0, it ends after the story. The exit code is
    0 only if the verification was green and the tampering was found.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    console = Console(highlight=False)
    stays = os.environ.get("STAY", "1") != "0" and sys.stdin.isatty() and sys.stdout.isatty()
    place = StackPlace.at(folder / "stack")
    if place.settings:
        founding.clear(place)
    shutil.rmtree(folder, ignore_errors=True)
    stack, told = Stack(folder / "stack", hall_minutes=HALL_MINUTES, keys=8), False
    try:
        with stack:
            cast = tell(stack, console, folder / "story")
            told = True
            if stays:
                show_where(cast)
                console.print("\nIt keeps serving until Ctrl-C.")
                for name in stack.watch():
                    console.print(f"  {name} had ended and was started again")
    except (AnswerError, CommandFailedError, StackError, StoryError) as error:
        raise click.ClickException(f"{error}\nthe logs are in {place.logs}") from error
    except KeyboardInterrupt:
        console.print("\nstopped")
        sys.exit(0 if told else 130)
