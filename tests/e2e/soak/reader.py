"""Somebody who reads: pages, notices, halls, the ledger and the public lists, all the time, without a login."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from random import Random

import httpx

PLACES = (
    "/",
    "/notices",
    "/openings",
    "/ledger/",
    "/ledger/entries/1",
    "/ledger/checkpoint",
    "/api/tenders",
    "/api/complaints",
    "/api/applications/v1/lots",
    "/guarantees/check",
    "/api/health/ready",
)
PAUSE = 0.25


class Reader(threading.Thread):
    """`answers`: how often which status, and 0 where nobody answered; `broken`: when and where something was 500."""

    def __init__(self, url: str, paths: Callable[[], list[str]], random: Random) -> None:
        super().__init__(name="reader")
        self.answers: Counter[int] = Counter()
        self.broken: list[tuple[float, str]] = []
        self.missing: Counter[str] = Counter()
        self._url, self._paths, self._random = url, paths, random
        self._stopped = threading.Event()

    def run(self) -> None:
        with httpx.Client(base_url=self._url, trust_env=False, timeout=30) as client:
            while not self._stopped.wait(PAUSE):
                path = self._random.choice([*PLACES, *self._paths()])
                try:
                    status = client.get(path).status_code
                except httpx.TransportError:
                    status = 0
                self.answers[status] += 1
                if status == 500:
                    self.broken.append((time.monotonic(), path))
                elif status == 404:
                    self.missing[path] += 1

    def stop(self) -> None:
        self._stopped.set()
        self.join()
