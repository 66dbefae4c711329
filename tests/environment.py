"""What a test may need of the machine, and the one line that says why it skips without it."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOM = 4 << 30
"""Bytes that must be free where files of tests lie in memory."""


def shared(*parts: str) -> Path:
    """A path in the shared data folder (SUNSEAL_SHARED, or ../shared); skips where it is absent."""
    folder = Path(os.environ.get("SUNSEAL_SHARED") or ROOT.parent / "shared")
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no {'/'.join(parts)} in {folder}: name the shared folder with SUNSEAL_SHARED")
    return path


def program(name: str) -> str:
    """The path of an external program; skips where it is not installed."""
    tools = os.pathsep.join(str(folder) for folder in sorted((ROOT / "var" / "tools").glob("*/bin")))
    path = shutil.which(name) or shutil.which(name, path=tools)
    if path is None:
        pytest.skip(f"the program {name} is not installed: make setup-dev installs it")
    return path


def roomy_place() -> Path:
    """A folder for what need not survive a power cut: in memory, where there is room."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
        return memory
    return Path(tempfile.gettempdir())
