"""Working until a signal says to stop: what the commands of jobs share."""

import logging
import signal
import threading
from collections.abc import Callable


def stopped_by_signals() -> threading.Event:
    """Set by Ctrl-C and by SIGTERM, so that what is under way is finished first."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def keep_working(
    tick: Callable[[], bool],
    stopped: threading.Event,
    expected: tuple[type[Exception], ...],
    *,
    what: str,
    log: logging.Logger,
    idle: float,
) -> None:
    """`tick` again and again; `idle` seconds after one that found nothing to do, or failed.

    True says that there was something to do. A failure is logged when it begins and when it is over, by its error's
    name: the text may tell what it should not.
    """
    reason = ""
    while not stopped.is_set():
        try:
            worked, found = tick(), ""
        except expected as error:
            worked, found = False, type(error).__name__
        if found != reason:
            log.warning("%s %s", what, f"fail: {found}" if found else "go on")
            reason = found
        if not worked:
            stopped.wait(idle)
