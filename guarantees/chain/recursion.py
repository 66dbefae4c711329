"""The limit of recursion as the interpreter set it: py-evm, which web3 and eth-account import, raises it a hundredfold.

Import this after those. Else whatever parses deeply nested JSON in the same process crashes the interpreter, where it
used to get a RecursionError.
"""

import sys

USUAL = 1000

sys.setrecursionlimit(USUAL)
