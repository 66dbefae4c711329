"""A login with a password, and an authenticator's code where one is due, for as long as tokens are drawn.

The session is the platform's as a browser would have it: its cookie and its anti-forgery token go with the requests for
tokens and with nothing else. It is ended when the tokens are there.
"""

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from app.bid_client.channel import accepted
from app.bid_client.errors import BidClientError, RefusedByPlatformError, UnreachableError

_BIDDER = "bidder"


class LoggedIn:
    """`with LoggedIn(platform, email, password, ask_code) as login:` has `login.headers`, as the bidder.

    `organisation` is its id, for whoever bids for several. `ask_code` gives the authenticator's present code. Raises
    RefusedByPlatformError, UnreachableError, BidClientError.
    """

    def __init__(
        self,
        platform: str,
        email: str,
        password: str,
        ask_code: Callable[[], str],
        organisation: str | None = None,
    ) -> None:
        if not _is_private(platform):
            raise BidClientError("a password is sent over https alone")
        self._client = httpx.Client(base_url=platform.rstrip("/"), timeout=60.0, follow_redirects=False)
        self._cookies: dict[str, str] = {}
        self._csrf = ""
        try:
            self._log_in(email, password, ask_code)
            self._act_as_bidder(organisation)
        except BaseException:
            self._client.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._send("POST", "/api/login/logout")
        finally:
            self._client.close()

    @property
    def headers(self) -> Mapping[str, str]:
        """By which the platform knows who asks."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Cookie": cookies, "X-CSRFToken": self._csrf}

    def _log_in(self, email: str, password: str, ask_code: Callable[[], str]) -> None:
        self._present()
        step = self._send("POST", "/api/login/password", {"email": email, "password": password})
        if step.get("tf_required"):
            if step.get("tf_state") != "ready" or step.get("tf_method") not in (None, "authenticator"):
                raise BidClientError(
                    "this login's second factor is none that a program can give: make an API token in the browser"
                )
            self._send("POST", "/api/login/code", {"code": ask_code()})

    def _act_as_bidder(self, organisation: str | None) -> None:
        present = self._present()
        own = [
            one
            for one in present["memberships"]
            if one["role"] == _BIDDER and organisation in (None, one["organisation"])
        ]
        if not own:
            raise BidClientError("this login bids for no verified organisation")
        if len({one["organisation"] for one in own}) > 1:
            known = ", ".join(f"{one['organisation']} ({one['organisation_name']})" for one in own)
            raise BidClientError(f"say for which organisation with --organisation: {known}")
        if (present["membership"] or {}).get("id") != own[0]["id"]:
            self._send("PUT", "/api/login/membership", {"membership": own[0]["id"]})
            self._present()

    def _present(self) -> dict[str, Any]:
        """Who is logged in, with the anti-forgery token of the session as it is now."""
        found = self._send("GET", "/api/login")
        self._csrf = str(found["csrf_token"])
        return found

    def _send(self, method: str, path: str, body: Mapping[str, str] | None = None) -> dict[str, Any]:
        self._client.cookies.clear()  # a Secure cookie would not go to a development server's http
        try:
            response = self._client.request(method, path, json=body, headers=dict(self.headers))
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise UnreachableError("the platform does not answer: is its address right?") from error
        self._cookies.update(response.cookies)
        accepted(response)
        try:
            found: dict[str, Any] = response.json()
        except ValueError as error:
            raise RefusedByPlatformError(
                str(response.status_code), "the platform's answer cannot be read"
            ) from error
        return found


def _is_private(platform: str) -> bool:
    """Whether nobody on the way reads what is sent: TLS, or this machine itself."""
    parts = urlsplit(platform)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
