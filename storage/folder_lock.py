"""A lock between processes, on a folder, that cannot be left behind: the kernel drops it with its holder.

On the folder itself and not on a file in it: a lock file made by root could not be opened by the folder's
owner. For local disks only; flock over a network is another matter.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE = 0.05


@contextmanager
def folder_lock(folder: Path, *, patience: float) -> Iterator[None]:
    """Hold the lock of `folder`, which exists, for the block.

    Raises TimeoutError if another process, or another thread, holds it for `patience` seconds.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not wait_for(lambda: _try_lock(descriptor), patience=patience):
            raise TimeoutError(f"{folder} is locked")
        yield
    finally:
        os.close(descriptor)


def wait_for(happened: Callable[[], bool], *, patience: float) -> bool:
    """Ask every PAUSE until it has happened; False if it has not in `patience` seconds."""
    deadline = time.monotonic() + patience
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
