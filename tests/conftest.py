"""Fixtures that every test may ask for; each family is described in its own file."""

import sys

import eth_account  # noqa: F401 - see below
from hypothesis import settings

pytest_plugins = ["tests.database"]

# A busy machine is no failure: how long a thing takes is measured by the benches, never by tests.
settings.register_profile("sunseal", deadline=None)
settings.load_profile("sunseal")

# web3 and eth-account raise the limit of recursion when they are first imported, also where a test does it; the program
# puts it back (guarantees.chain.recursion), and so do we before the first test.
sys.setrecursionlimit(1000)
