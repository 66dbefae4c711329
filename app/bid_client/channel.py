"""HTTP for the bidder's side: no cookie, no user agent, nothing that tells one bidder's program from another's.

A line that is cut is tried again, with longer and longer pauses, for `patience` seconds.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from app.bid_client.errors import BidClientError, RefusedByPlatformError, UnreachableError

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_NOT_NOW = (408, 429, 500, 502, 503, 504)


@dataclass(slots=True)
class Channel:
    """Requests to one prefix. `sleep` is an argument for tests."""

    prefix: str
    patience: float = 120.0
    timeout: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    _client: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.prefix = self.prefix.rstrip("/")
        self._client = httpx.Client(timeout=self.timeout, follow_redirects=False)
        self._client.headers["Accept-Encoding"] = "identity"
        del self._client.headers["User-Agent"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def url(self, path: str) -> str:
        """Of a path below the prefix; a whole path or URL, as in a Location, stays what it is."""
        if path.startswith("/"):
            return f"{self.prefix}{path}"
        return path

    def once(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> httpx.Response:
        """One try. Raises httpx.TransportError for what may work the next time, else BidClientError."""
        self._client.cookies.clear()
        try:
            return self._client.request(method, url, headers=dict(headers), content=content)
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise BidClientError(
                "the request cannot be sent: is the platform's address a whole URL?"
            ) from error

    def ask(self, method: str, path: str, headers: Mapping[str, str], content: bytes = b"") -> httpx.Response:
        """A request that may be repeated, until there is an answer. Refusals raise RefusedByPlatformError.

        UnreachableError when the patience is at an end.
        """
        for _ in self.tries():
            try:
                response = self.once(method, self.url(path), headers, content)
            except httpx.TransportError:
                continue
            if response.status_code not in _NOT_NOW:
                return accepted(response)
        raise UnreachableError("the platform does not answer: run the command again later")

    def tries(self) -> Any:
        """Yields for each try, with a pause before all but the first."""
        end, pause = time.monotonic() + self.patience, _FIRST_PAUSE
        yield
        while time.monotonic() < end:
            self.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            yield


def accepted(response: httpx.Response) -> httpx.Response:
    """RefusedByPlatformError for an answer that is a refusal."""
    if response.status_code < 400:
        return response
    try:
        problem = response.json()
        code, title, detail = str(problem["code"]), str(problem["title"]), problem.get("detail")
    except (ValueError, KeyError, TypeError) as error:
        sentence = "the platform refused without saying why"
        raise RefusedByPlatformError(str(response.status_code), sentence) from error
    raise RefusedByPlatformError(code, f"{title} {detail}" if detail else title)
