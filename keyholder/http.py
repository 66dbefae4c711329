"""HTTP to the platform, which is hostile: what an answer may cost in time and memory is limited, nothing is followed.

asyncio because its time-out ends a request wherever it hangs; httpx's own limit each read, and a server that sends a
byte now and then never exceeds them.
"""

import asyncio
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import httpx

from keyholder.errors import ConfigError, UnavailableError

TIMEOUT = 15.0
LONGEST = 120.0
"""Seconds without a byte, of httpx's own counting: beyond any time that a whole request is given."""
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, the value of Retry-After, the body, unpacked."""

    status: int
    retry_after: str
    body: bytes


class Http:
    """One connection to whoever is asked. Threads may share it; it asks one thing at a time.

    Proxies and credentials in the environment are not used. ConfigError for a file of certificates that is none.
    """

    def __init__(self, ca: Path | None = None) -> None:
        try:
            context = ssl.create_default_context(cafile=str(ca) if ca else None)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"{ca} has no certificates to trust") from error
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(
            follow_redirects=False,
            limits=httpx.Limits(max_connections=1, keepalive_expiry=30),
            timeout=LONGEST,
            trust_env=False,
            verify=context,
        )
        self._one_at_a_time = Lock()
        self._task: asyncio.Task[Reply] | None = None
        self._is_ended = False

    def get(self, url: str, *, limit: int, timeout: float = TIMEOUT) -> Reply:
        """A GET; UnavailableError where no whole answer of at most `limit` bytes comes in `timeout` seconds."""
        return self._ask("GET", url, None, {"Accept-Encoding": "gzip"}, limit, timeout)

    def post(self, url: str, content: bytes, *, limit: int, timeout: float = TIMEOUT) -> Reply:
        """A POST of JSON, as `get`."""
        headers = {"Accept-Encoding": "identity", "Content-Type": "application/json"}
        return self._ask("POST", url, content, headers, limit, timeout)

    def end(self) -> None:
        """From any thread: what is being asked ends at once, with UnavailableError, and nothing more is asked."""
        self._is_ended = True
        task = self._task
        if task is not None:
            task.get_loop().call_soon_threadsafe(task.cancel)

    def close(self) -> None:
        """Give the connection back."""
        with self._one_at_a_time:
            self._runner.run(self._client.aclose())
            self._runner.close()

    def _ask(
        self,
        method: str,
        url: str,
        content: bytes | None,
        headers: Mapping[str, str],
        limit: int,
        timeout: float,
    ) -> Reply:
        with self._one_at_a_time:
            try:
                return self._runner.run(self._whole(method, url, content, headers, limit, timeout))
            except asyncio.CancelledError as error:
                raise UnavailableError("this keyholder ends") from error
            finally:
                self._task = None

    async def _whole(
        self,
        method: str,
        url: str,
        content: bytes | None,
        headers: Mapping[str, str],
        limit: int,
        timeout: float,
    ) -> Reply:
        self._task = asyncio.current_task()
        if self._is_ended:
            raise UnavailableError("this keyholder ends")
        try:
            async with (
                asyncio.timeout(timeout),
                self._client.stream(method, url, content=content, headers=headers) as response,
            ):
                parts, size = [], 0
                async for piece in response.aiter_raw():
                    parts.append(piece)
                    size += len(piece)
                    if size > limit:
                        raise UnavailableError(f"{url} answers with more than {limit} bytes")
                encoding = response.headers.get("Content-Encoding", "identity")
                body = _unpacked(b"".join(parts), encoding, limit, url)
                return Reply(response.status_code, response.headers.get("Retry-After", ""), body)
        except TimeoutError as error:
            raise UnavailableError(f"{url} took more than {timeout:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise UnavailableError(f"{url} cannot be reached: {type(error).__name__}") from error


def _unpacked(body: bytes, encoding: str, limit: int, url: str) -> bytes:
    if encoding == "identity":
        return body
    if encoding != "gzip":
        raise UnavailableError(f"{url} answers in an encoding that was not asked for")
    reader = zlib.decompressobj(_GZIP)
    try:
        data = reader.decompress(body, limit + 1)
    except zlib.error as error:
        raise UnavailableError(f"{url} answers with what is no gzip") from error
    if len(data) > limit or not reader.eof or reader.unused_data:
        raise UnavailableError(f"{url} answers with gzip that is too long, cut off or not alone")
    return data
