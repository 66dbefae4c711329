"""A development node: an Ethereum chain of one process and one file, for work and tests on one machine.

Law: a development node; nothing of the platform imports it; it trusts nobody and nobody should trust it with
value. It imports `contracts` alone of ours, and only `app` imports it. The clock is an argument.
"""

import sys

import eth  # noqa: F401

# py-evm raises the limit of recursion for the whole process when it is imported, a hundredfold: whatever else runs here
# would crash where it used to get a RecursionError. `server.allow_deep_calls` raises it in the node's own process.
sys.setrecursionlimit(1000)
