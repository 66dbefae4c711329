"""The options by which a command opens or seals a key file: a passphrase's file, an age file, or a question."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from keyholder.secret_file import Lock, SecretFileError

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(dir_okay=False, path_type=Path)


def lock_options(prefix: str) -> Callable[[Command], Command]:
    """Adds `--passphrase-file` and `--age-key`, given to the command as `passphrase_file` and `age_key`.

    They are also read from <prefix>_PASSPHRASE_FILE and <prefix>_AGE_KEY.
    """

    def decorated(command: Command) -> Command:
        command = click.option(
            "--age-key",
            type=_FILE,
            envvar=f"{prefix}_AGE_KEY",
            help="An age identity file (age-keygen makes one) instead of a passphrase.",
        )(command)
        return click.option(
            "--passphrase-file",
            type=_FILE,
            envvar=f"{prefix}_PASSPHRASE_FILE",
            help="A file whose one line is the passphrase of the key file; without it you are asked.",
        )(command)

    return decorated


def chosen_lock(passphrase_file: Path | None, age_key: Path | None, *, new: bool = False) -> Lock:
    """The lock that the options name; a passphrase is asked for if they name none, twice if it is `new`.

    Raises SecretFileError.
    """
    if passphrase_file and age_key:
        raise SecretFileError("a key file is locked by a passphrase or by an age key, not by both")
    if age_key:
        return Lock.of_age_file(age_key)
    if passphrase_file:
        return Lock.of_passphrase_file(passphrase_file)
    return Lock.of_passphrase(
        click.prompt("Passphrase of the key file", hide_input=True, confirmation_prompt=new, err=True)
    )
