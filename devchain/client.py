"""JSON-RPC asked over HTTP: as much of it as deploying needs."""

from typing import Any

import httpx

from devchain.errors import NodeError

TIMEOUT = 30.0


class Client:
    """A node at a URL."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = httpx.Client(timeout=TIMEOUT, trust_env=False)

    def call(self, method: str, *params: object) -> Any:
        """The result. NodeError if the node does not answer, or answers with an error, whose words it has."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        try:
            response = self._http.post(self._url, json=request).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise NodeError(f"no node answers at {self._url}: start one with `sunseal chain run`") from error
        if "error" in response:
            raise NodeError(f"{method}: {response['error']['message']}")
        return response["result"]

    def number(self, method: str, *params: object) -> int:
        return int(self.call(method, *params), 16)
