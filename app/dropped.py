"""Files that are dropped into a folder for somebody to take: whole or not at all, for their owner alone."""

import os
from pathlib import Path
from secrets import token_hex

from storage.durable_folder import fsync_folder, make_durable


def drop(folder: Path, suffix: str, content: bytes) -> None:
    """A new file in `folder` under a name of its own, on the disk when this returns. OSError."""
    if not folder.exists():
        make_durable(folder)
        folder.chmod(0o700)
    name = token_hex(8)
    part = folder / f".{name}"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(folder / f"{name}{suffix}")
    fsync_folder(folder)
