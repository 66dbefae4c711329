"""A node of a chain, asked over HTTP: a question of JSON-RPC to what it answers."""

import httpx

TIMEOUT = 30.0


def client() -> httpx.Client:
    """Follows nobody elsewhere, and goes through no proxy of the environment."""
    return httpx.Client(follow_redirects=False, timeout=TIMEOUT, trust_env=False)


def ask(connection: httpx.Client, url: str, question: bytes) -> bytes:
    """What the node says. httpx.HTTPError, httpx.InvalidURL."""
    response = connection.post(url, content=question, headers={"Content-Type": "application/json"})
    response.raise_for_status()
    return response.content
