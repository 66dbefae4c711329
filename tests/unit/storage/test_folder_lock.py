"""storage/folder_lock.py: one holder at a time, and none after its end."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.folder_lock import folder_lock
from tests.environment import ROOT

HOLD = """
import sys, time
from pathlib import Path
from storage.folder_lock import folder_lock
with folder_lock(Path(sys.argv[1]), patience=5):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_holder_waits_its_patience_and_gives_up(tmp_path: Path) -> None:
    with folder_lock(tmp_path, patience=1):
        began = time.monotonic()
        with pytest.raises(TimeoutError), folder_lock(tmp_path, patience=0.2):
            pass
        assert 0.2 <= time.monotonic() - began < 2


def test_it_is_free_after_the_block_whatever_ended_it(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), folder_lock(tmp_path, patience=0):
        raise ZeroDivisionError
    with folder_lock(tmp_path, patience=0):
        pass


def test_it_is_free_once_its_holder_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(TimeoutError), folder_lock(tmp_path, patience=0):
            pass
        holder.kill()
        with folder_lock(tmp_path, patience=5):
            pass
