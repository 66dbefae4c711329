"""The commands of `sunseal`, given in this process: a second one for each would take longer than what they do."""

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import click

from app.cli.main import main


class CommandFailedError(Exception):
    """A command that did not do what it was for, with what it said."""


def run(environment: Mapping[str, str], *arguments: str) -> str:
    """What `sunseal <arguments>` says. CommandFailedError with its words if it fails."""
    said = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with _environment(environment), redirect_stdout(said), redirect_stderr(said):
        try:
            main(list(arguments), prog_name="sunseal", standalone_mode=False)
        except click.ClickException as error:
            raise CommandFailedError(f"sunseal {arguments[0]}: {error.format_message()}") from error
        except click.Abort as error:
            raise CommandFailedError(f"sunseal {arguments[0]} asked a question:\n{_text(said)}") from error
        except SystemExit as ended:
            if ended.code:
                raise CommandFailedError(f"sunseal {' '.join(arguments[:2])}: {_text(said)}") from ended
    return _text(said)


def _text(said: "io.TextIOWrapper[io.BytesIO]") -> str:
    return said.buffer.getvalue().decode("utf-8")


@contextmanager
def _environment(environment: Mapping[str, str]) -> Iterator[None]:
    """The process's own, for a while: commands read it."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
