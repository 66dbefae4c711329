"""Many viewers of one opening, each doing what client/src/hall.ts does, in one event loop.

audience = Audience("127.0.0.1", port, "/openings/<closing>/price", 500)
audience.begin()
audience.await_all("Everything is read out", 20)   # seconds until the last of them has a page that says so
audience.end()
"""

import asyncio
import hashlib
import json
import random
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any


class AudienceError(Exception):
    """Somebody was not answered, or did not see in time what the others saw."""


@dataclass
class Viewer:
    """`digest` is of the last state that was heard of, `shown` the last fragment that was fetched."""

    digest: str = ""
    shown: str = ""
    over: bool = False
    at: float = 0.0


@dataclass
class Audience:
    """`asked` counts all requests, `waited` has the seconds that each took."""

    host: str
    port: int
    path: str
    count: int
    viewers: list[Viewer] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """All come within two seconds."""
        self.viewers = [Viewer() for _ in range(self.count)]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="audience", daemon=True)
        self._thread.start()
        for one in self.viewers:
            self._start(self._watch(one))

    def end(self) -> None:
        self._start(self._cancel()).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def await_all(self, words: str, patience: float) -> float:
        """Seconds until everybody's page says `words`. AudienceError if not all do in time, or they differ."""
        began = time.monotonic()
        while not all(words in one.shown for one in self.viewers):
            if self.troubles:
                raise AudienceError(self.troubles[0])
            if time.monotonic() - began > patience:
                lacking = sum(words not in one.shown for one in self.viewers)
                raise AudienceError(f"{lacking} of {self.count} viewers did not see {words!r}")
            time.sleep(0.02)
        seen = {hashlib.sha256(one.shown.encode()).hexdigest() for one in self.viewers}
        if len(seen) != 1:
            raise AudienceError(f"{len(seen)} different pages say {words!r}")
        return max(one.at for one in self.viewers) - began

    def late_comer(self) -> Viewer:
        """Somebody who comes now, and stays for one look."""
        viewer = Viewer()
        self._start(self._look(viewer)).result(30)
        return viewer

    def _start(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _cancel(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for one in others:
            one.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _watch(self, viewer: Viewer) -> None:
        try:
            await asyncio.sleep(random.random() * 2)  # nosec B311 - when somebody comes
            while not viewer.over:
                await asyncio.sleep(await self._look(viewer))
        except (OSError, AudienceError, ValueError) as error:
            self.troubles.append(f"{type(error).__name__}: {error}")

    async def _look(self, viewer: Viewer) -> float:
        """One answer of the event stream, and the page if there is a new one. Seconds until the next."""
        status, said = await self._get(f"{self.path}/events?seen={viewer.digest}")
        if status == 204:
            viewer.over = True
            return 0.0
        lines = dict(line.partition(": ")[::2] for line in said.splitlines())
        for block in said.split("\n\n"):
            if "event: state" in block:
                told = json.loads(block.partition("data: ")[2].splitlines()[0])
                await asyncio.sleep(random.random() * 0.4)  # nosec B311 - as the page does
                viewer.shown = (await self._get(self.path, "HX-Request: true\r\n"))[1]
                viewer.digest, viewer.at = told["digest"], time.monotonic()
        return int(lines["retry"]) / 1000

    async def _get(self, path: str, more: str = "") -> tuple[int, str]:
        """AudienceError for what is no success."""
        began = time.monotonic()
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(
                f"GET {path} HTTP/1.0\r\nHost: {self.host}\r\nCookie: sunseal-language=en\r\n{more}\r\n".encode()
            )
            answer = await asyncio.wait_for(reader.read(), 30)
        finally:
            writer.close()
        self.waited.append(time.monotonic() - began)
        head, _, body = answer.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if status not in (200, 204):
            raise AudienceError(f"{path}: {status}")
        return status, body.decode()
