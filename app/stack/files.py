"""What founding writes and reads."""

import re
from pathlib import Path

from app.stack.commands import CommandFailedError


def private_file(path: Path, text: str) -> None:
    """Writes a file that its owner alone reads."""
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")


def found_in(pattern: str, said: str) -> str:
    """The first group of the pattern in what a command said. CommandFailedError if it is not there."""
    found = re.search(pattern, said, re.MULTILINE)
    if found is None:
        raise CommandFailedError(f"a command did not say what was expected: {said}")
    return found[1]
