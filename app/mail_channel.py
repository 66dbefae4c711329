"""To a platform's mailboxes over HTTP: questions, sealed bytes, lists of what is held. No cookie, no redirect."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from mailboxes.service import Held

USER_AGENT = "Mozilla/5.0"
TIMEOUT = 60.0


class MailChannel:
    """`error` is raised for what the platform refuses or cannot do, `absent` for what is not there."""

    def __init__(
        self, client: httpx.Client, error: Callable[[str], Exception], absent: Callable[[str], Exception]
    ) -> None:
        self._client, self._error, self._absent = client, error, absent

    def asked(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """The answer's JSON; None for one without content."""
        response = self.request(method, path, content, headers)
        if response.status_code == httpx.codes.NO_CONTENT:
            return None
        try:
            return response.json()
        except ValueError as error:
            raise self._error("the platform's answer is not JSON") from error

    def request(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        try:
            response = self._client.request(method, path, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise self._error(f"the platform cannot be reached: {type(error).__name__}") from error
        if response.status_code == httpx.codes.NOT_FOUND:
            raise self._absent("there is no such mailbox or message")
        if response.status_code not in (httpx.codes.OK, httpx.codes.NO_CONTENT):
            raise self._error(f"the platform refused ({response.status_code}): {_reason(response)}")
        return response

    def sealed(self, sha256: str) -> bytes:
        """The sealed bytes of a message."""
        return self.request("GET", f"/sealed/{sha256}").content

    def held(self, listed: Any) -> list[Held]:
        try:
            return [Held(**one) for one in listed]
        except TypeError as error:
            raise self._error("the platform's list of messages cannot be read") from error


def connect(address: str, path: str, error: Callable[[str], Exception]) -> httpx.Client:
    """To a platform such as https://tenders.example.org, or its hidden service through a proxy in the environment."""
    if urlsplit(address).scheme not in {"http", "https"}:
        raise error("the platform's address begins with https://")
    base = address.rstrip("/") + path
    return httpx.Client(
        base_url=base, headers={"User-Agent": USER_AGENT}, timeout=TIMEOUT, follow_redirects=False
    )


def _reason(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return "without a reason"
