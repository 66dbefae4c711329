"""A `kill -9` at every step of a put into a folder (the numbers are storage/blob_folder.py's)."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.errors import BlobNotFoundError
from tests.environment import ROOT

CONTENT = [b"first piece " * 1000, b"second piece " * 1000, b"third piece " * 1000]
WHOLE = b"".join(CONTENT)
NAME = sha256(WHOLE).digest()
LIMIT = len(WHOLE)

# Puts the content; dies in the call that the arguments name: before or after it does its work.
CHILD = """
import os, signal, sys
from pathlib import Path
from storage import blob_folder
from storage.blobs import BlobStore
from tests.faults.storage.test_blob_crashes import CONTENT, LIMIT

store = BlobStore(blob_folder.FolderBackend(Path(sys.argv[1])))
owner, call = {
    "create": (os, "open"),
    "write": (os, "write"),
    "fsync": (os, "fsync"),
    "rename": (Path, "replace"),
    "fsync folder": (blob_folder, "fsync_folder"),
}[sys.argv[2]]
when, left = sys.argv[3], int(sys.argv[4])
real = getattr(owner, call)

def dying(*arguments, **named):
    global left
    left -= 1
    if left == 0 and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*arguments, **named)
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(owner, call, dying)
print(store.put(CONTENT, limit=LIMIT).sha256.hex(), flush=True)
"""

STEPS = [
    ("create", "before", 1, "nothing"),
    ("create", "after", 1, "part"),  # 1
    ("write", "after", 1, "part"),
    ("write", "before", 3, "part"),
    ("write", "after", 3, "part"),  # 2
    ("fsync", "before", 1, "part"),
    ("fsync", "after", 1, "part"),  # 3
    ("rename", "before", 1, "part"),
    ("rename", "after", 1, "blob"),  # 4
    ("fsync folder", "before", 1, "blob"),
    ("fsync folder", "after", 1, "blob"),  # 5
]


def run(root: Path, call: str, when: str, number: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(root), call, when, str(number)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("call", "when", "number", "left"), STEPS)
def test_a_kill_leaves_a_whole_blob_or_none_and_a_part_that_is_found(
    tmp_path: Path, call: str, when: str, number: int, left: str
) -> None:
    died = run(tmp_path, call, when, number)
    assert died.returncode == -9, died.stderr
    assert died.stdout == "", "it was promised"

    store = BlobStore(FolderBackend(tmp_path))
    if left == "blob":
        assert b"".join(store.stream(NAME)) == WHOLE
    else:
        with pytest.raises(BlobNotFoundError):
            store.stream(NAME)
    parts = store.unfinished()
    assert len(parts) == (left == "part")
    assert store.remove_unfinished(before=datetime.now(UTC) + timedelta(minutes=1)) == parts
    assert store.unfinished() == []

    assert store.put(CONTENT, limit=LIMIT).sha256 == NAME
    assert b"".join(store.stream(NAME)) == WHOLE


def test_without_a_kill_the_child_promises_what_is_there(tmp_path: Path) -> None:
    """The table above would pass in silence if the child never got to its end."""
    ended = run(tmp_path, "create", "before", 100)
    assert (ended.returncode, ended.stdout.strip()) == (0, NAME.hex()), ended.stderr
    store = BlobStore(FolderBackend(tmp_path))
    assert b"".join(store.stream(NAME)) == WHOLE
    assert store.unfinished() == []
