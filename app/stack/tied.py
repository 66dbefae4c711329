"""A process that ends with the one that started it, however that ends: on Linux the kernel sees to it."""

import ctypes
import os
import signal
import sys
from contextlib import suppress

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """`python -m app.stack.tied PARENT ARGUMENTS...`: `sunseal` with these arguments, tied to the process PARENT."""
    parent, *arguments = sys.argv[1:]
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):  # it ended before it was tied
        sys.exit(1)
    from app.cli.main import main as sunseal  # noqa: PLC0415 # tied first: loading the rest takes a second

    sunseal(arguments, prog_name="sunseal")


if __name__ == "__main__":
    main()
