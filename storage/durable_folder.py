"""Folders whose entries survive a power cut: an entry is on the disk once its folder has been synced."""

import os
from pathlib import Path


def make_durable(folder: Path) -> None:
    """Make `folder` and what is missing above it, each entry synced in the folder that holds it."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        fsync_folder(path.parent)


def fsync_folder(folder: Path) -> None:
    """Put on the disk which entries `folder` has. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
