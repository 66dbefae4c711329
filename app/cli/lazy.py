"""A group of commands each of which is loaded when it is asked for: nobody waits for what others need.

Neither does the group's own help: what it says of each command stands beside its place.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click


@dataclass(frozen=True)
class Offered:
    """One command: where it is, as module:name, and what it does, in one short line."""

    place: str
    line: str


Sections = Mapping[str, Mapping[str, Offered]]
"""The commands of a group by heading, in the order in which its help lists them."""


class Lazy(click.Group):
    """A group whose commands stand in `sections`."""

    def __init__(self, *args: Any, sections: Sections, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sections = sections
        self._offered = {name: one for section in sections.values() for name, one in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self._offered)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self._offered:
            return None
        module, _, name = self._offered[cmd_name].place.partition(":")
        with _not_collecting():
            command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        width = max(map(len, self._offered))
        for heading, section in self._sections.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), one.line) for name, one in section.items()])


@contextmanager
def _not_collecting() -> Iterator[None]:
    """What is loaded stays: looking for garbage in it, again and again, is a sixth of the time that loading takes."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
