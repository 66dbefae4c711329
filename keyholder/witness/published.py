"""Reading what a log publishes, and comparing it with the witness's memory, again and again.

A log publishes its checkpoint under `<prefix>/checkpoint` (c2sp.org/tlog-tiles), another witness under
`<prefix>/<origin hash>/checkpoint` (c2sp.org/tlog-witness); any address that gives a checkpoint will do, and
several are better than one. What is read is believed by its signatures alone, so plain HTTP forges nothing;
but whoever stands between can hide what would have been noticed.
"""

import http.client
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Event
from urllib.parse import urlsplit

from keyholder.witness.errors import InDoubtError, PublishedError, WitnessError
from keyholder.witness.journal import Journal
from keyholder.witness.service import Witness
from ledger.errors import LedgerError
from ledger.note import MAX_NOTE_SIZE

Fetch = Callable[[str], bytes | None]
"""Gives what an address holds, or None if it holds nothing; PublishedError where that cannot be told."""

TIMEOUT = 10.0
EVERY = 300.0
"""Seconds between two comparisons when all is well."""
RETRY = 2.0
"""Seconds to the next while a log is still to be compared, and at least between any two."""


def require_url(url: str) -> None:
    """Raises PublishedError unless `url` is an HTTP or HTTPS address without a password in it."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise PublishedError("an address of a checkpoint is not a URL") from error
    if not is_address or parts.username is not None or not url.isascii() or not url.isprintable():
        raise PublishedError("an address of a checkpoint is https://host/path, without a user")


def fetch(url: str) -> bytes | None:
    """The body of a GET: 200 has one, 404 and 410 say that there is none; PublishedError for all else.

    Follows no redirect; reads at most MAX_NOTE_SIZE bytes, within about TIMEOUT seconds.
    """
    require_url(url)
    parts = urlsplit(url)
    deadline = time.monotonic() + TIMEOUT
    connection = (
        http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
    )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", target, headers={"Accept-Encoding": "identity"})
        response = connection.getresponse()
        if response.status in (404, 410):
            return None
        if response.status != 200:
            raise PublishedError(f"{url} answers {response.status}")
        data = b""
        while piece := response.read1(1 << 16):
            data += piece
            if len(data) > MAX_NOTE_SIZE:
                raise PublishedError(f"{url} is longer than a checkpoint can be")
            if time.monotonic() > deadline:
                raise PublishedError(f"{url} takes longer than {TIMEOUT:.0f} s")
    except (OSError, http.client.HTTPException) as error:
        raise PublishedError(f"{url} cannot be read: {type(error).__name__}") from error
    finally:
        connection.close()
    return data


class Comparison:
    """Compares what is published at each log's addresses (`sources`, by origin) with the witness's memory.

    `done_once` is set when every address was asked for the first time, whatever came of it.
    """

    def __init__(
        self,
        witness: Witness,
        sources: Mapping[str, Sequence[str]],
        journal: Journal,
        *,
        fetch: Fetch = fetch,
    ) -> None:
        self._witness = witness
        self._sources = sources
        self._journal = journal
        self._fetch = fetch
        self._said: dict[str, str] = {}
        self.done_once = Event()

    def once(self) -> None:
        """Ask every address once; what fails, or shows a doubt, is asked again the next time."""
        for origin, urls in self._sources.items():
            for url in urls:
                try:
                    self._witness.compare(origin, self._fetch(url))
                    self._say("compared", f"the memory of {origin!r} with {url}", origin, url)
                except InDoubtError as error:
                    self._say("in doubt", str(error), origin, url)
                except (LedgerError, WitnessError) as error:
                    self._say("not compared", str(error)[:500], origin, url)
        self.done_once.set()

    def run(self, stop: Event) -> None:
        """Compare until `stop` is set: every EVERY seconds, sooner where it failed or a request gave reason."""
        wanted = self._witness.comparison_wanted
        while not stop.is_set():
            wanted.clear()
            self.once()
            next_regular = time.monotonic() + EVERY
            stop.wait(RETRY)
            while self._witness.is_compared() and time.monotonic() < next_regular and not stop.is_set():
                if wanted.wait(1.0):
                    break

    def _say(self, event: str, sentence: str, origin: str, url: str) -> None:
        """Into the journal, unless it is what was said last of that address."""
        if self._said.get(url) != sentence:
            self._said[url] = sentence
            self._journal.write(event, sentence, origin=origin, url=url)
