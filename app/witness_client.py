"""The log's side of c2sp.org/tlog-witness over HTTP: one witness, asked for a cosignature.

Nothing that it answers is believed here: ledger.witness_messages.take_cosignatures verifies it. What is limited is
what a witness may cost: time, memory, and where it may send us (nowhere).
"""

import asyncio
from threading import Lock
from types import TracebackType
from typing import Self

import httpx

from ledger.note import NoteKey
from ledger.witness_answers import (
    MAX_ANSWER_SIZE,
    WitnessRefusedError,
    WitnessUnavailableError,
    read_answer,
)
from ledger.witness_messages import AddCheckpoint

DEADLINE = 10.0
"""Seconds for a whole request, from looking up the host to the answer's last byte."""


class HttpWitness:
    """The witness known by `vkey`, whose submission prefix is `url`. Threads may share it; it asks one at a time.

    It keeps its connection, so it is to be closed, or used in a `with` block. Proxies and credentials in the
    environment are not used.
    """

    def __init__(self, vkey: NoteKey, url: str, *, deadline: float = DEADLINE) -> None:
        self.vkey = vkey
        self._url = f"{url.rstrip('/')}/add-checkpoint"
        self._deadline = deadline
        # asyncio because its time-out ends a request wherever it hangs; httpx's own limit each read, and a witness
        # that sends a byte now and then never exceeds them.
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(
            follow_redirects=False,
            headers={"Accept-Encoding": "identity", "Content-Type": "text/plain; charset=utf-8"},
            limits=httpx.Limits(max_connections=1, keepalive_expiry=10),
            timeout=deadline,
            trust_env=False,
        )
        self._one_at_a_time = Lock()

    def add_checkpoint(self, request: AddCheckpoint) -> bytes:
        """The body of its answer, unverified.

        Raises ConflictError if it cosigned another size last than the request starts at, WitnessUnavailableError,
        or WitnessRefusedError.
        """
        with self._one_at_a_time:
            status, content_type, body = self._runner.run(self._post(request.to_bytes()))
        return read_answer(self.vkey.name, status, content_type, body)

    def close(self) -> None:
        """Give the connection back."""
        with self._one_at_a_time:
            self._runner.run(self._client.aclose())
            self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _post(self, content: bytes) -> tuple[int, str, bytes]:
        """(status, content type, body) of the answer."""
        name = self.vkey.name
        try:
            async with (
                asyncio.timeout(self._deadline),
                self._client.stream("POST", self._url, content=content) as response,
            ):
                body = b""
                async for piece in response.aiter_raw():
                    body += piece
                    if len(body) > MAX_ANSWER_SIZE:
                        raise WitnessRefusedError(f"{name} answered with more than {MAX_ANSWER_SIZE} bytes")
                return response.status_code, response.headers.get("Content-Type", ""), body
        except TimeoutError as error:
            raise WitnessUnavailableError(f"{name} took more than {self._deadline:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WitnessUnavailableError(f"{name} cannot be reached: {type(error).__name__}") from error
