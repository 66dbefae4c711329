"""When a request had arrived: the server's clock at its last byte, not when a thread had time for it.

waitress reads a request whole, and only then hands it to a thread. In a rush before a deadline it may wait there; that
time is ours and not the bidder's. Under another server the time is taken when the body has been read.
"""

import time
from datetime import UTC, datetime
from typing import Any

from flask import request
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.task import WSGITask

ARRIVED = "sunseal.arrived_at"
"""In the WSGI environment, where no client can put it: POSIX seconds."""


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Notes the time when the request is complete."""

    arrived_at: float | None = None

    def received(self, data: bytes) -> int:
        taken: int = super().received(data)
        if self.completed and self.arrived_at is None:
            self.arrived_at = time.time()
        return taken


class _Task(WSGITask):  # type: ignore[misc]
    def get_environment(self) -> dict[str, Any]:
        environment: dict[str, Any] = super().get_environment()
        environment[ARRIVED] = self.request.arrived_at
        return environment


class ArrivalChannel(HTTPChannel):  # type: ignore[misc]
    """A connection of waitress that knows when each request arrived."""

    parser_class = _Parser
    task_class = _Task


def note_arrivals(server: Any) -> None:
    """Has a waitress server, of one socket or several, note the arrivals from here on."""
    listening = getattr(server, "map", {})
    for one in [server, *listening.values()]:
        if isinstance(one, BaseWSGIServer):
            one.channel_class = ArrivalChannel


def arrived_at() -> datetime:
    """Of the present request, whose body has been read."""
    noted = request.environ.get(ARRIVED)
    return datetime.fromtimestamp(noted if isinstance(noted, float) else time.time(), UTC)
