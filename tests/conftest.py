"""Fixtures that every test may ask for; each family is described in its own file."""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import eth_account  # noqa: F401 - see below
import pytest
from hypothesis import settings

from tests.environment import roomy_place

pytest_plugins = ["tests.database"]

# A busy machine is no failure: how long a thing takes is measured by the benches, never by tests.
settings.register_profile("sunseal", deadline=None)
settings.load_profile("sunseal")

# web3 and eth-account raise the limit of recursion when they are first imported, also where a test does it; the program
# puts it back (guarantees.chain.recursion), and so do we before the first test.
sys.setrecursionlimit(1000)

TEMPORARY = pytest.StashKey[Path]()
PREFIX = "sun-"
"""Short: the paths of sockets must not be long."""
KEPT = 24 * 3600
"""Seconds that the files of a failed test are kept for whoever looks into it."""


def pytest_configure(config: pytest.Config) -> None:
    """A place of its own for this run's files.

    By itself pytest shares one folder among all runs of an account, and each run that begins takes the others' passage
    through it away again: their PostgreSQL, which runs as another account, then cannot reach its data.
    """
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ and not config.option.basetemp:
        for old in roomy_place().glob(PREFIX + "*"):
            if time.time() - old.stat().st_mtime > KEPT:
                shutil.rmtree(old, ignore_errors=True)
        config.stash[TEMPORARY] = Path(tempfile.mkdtemp(prefix=PREFIX, dir=roomy_place()))
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(config.stash[TEMPORARY])


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    place = session.config.stash.get(TEMPORARY, None)
    if place is not None and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(place, ignore_errors=True)
