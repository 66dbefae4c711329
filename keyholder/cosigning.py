"""The witness channel: requests for cosignatures come with answers, and their answers go with the next message."""

import time
from collections.abc import Callable
from threading import Event

from keyholder.errors import MessageRefusedError, UnavailableError
from keyholder.hearing import Hearing
from keyholder.platform import Channel, Content
from keyholder.saying import Saying
from keyholder.witness.errors import StateError
from keyholder.witness.service import Witness
from ledger.errors import MalformedError
from ledger.exchange import CosignatureAnswer, CosignatureRequest
from ledger.note import decode_base64, encode_base64

NAME = "the platform (cosignatures)"
LEAST = 0.02
"""Seconds between two messages without an answer in them: a platform that never waits costs little."""


class Cosigning:
    """One thread's loop."""

    def __init__(
        self,
        channel: Channel,
        witness: Witness,
        hearing: Hearing,
        saying: Saying,
        *,
        read: Callable[[], int],
        wait: int,
        retry: float,
    ) -> None:
        self._channel = channel
        self._witness = witness
        self._hearing = hearing
        self._saying = saying
        self._read = read
        self._wait = wait
        self._retry = retry

    def run(self, stop: Event) -> None:
        """Answer and wait, until `stop` is set."""
        quick, wait = 0, 0  # at first, at once: the platform's clock is to be known
        while not stop.is_set():
            answers = self._answers()
            began = time.monotonic()
            pause = 0.0
            try:
                known = max(self._read(), self._hearing.published)
                self._channel.exchange(Content(answers=answers), known=known, wait=wait)
                self._saying.well(NAME)
                wait = self._wait
            except UnavailableError as error:
                self._saying.trouble(NAME, str(error))
                pause = max(self._retry, error.after)
            except (MessageRefusedError, StateError) as error:
                self._saying.trouble(NAME, str(error))
                pause = self._retry
            if not pause and not answers and time.monotonic() - began < LEAST:
                quick = min(quick + 1, 50)
                pause = quick * LEAST
            else:
                quick = 0
            if pause:
                stop.wait(pause)

    def _answers(self) -> tuple[CosignatureAnswer, ...]:
        answers = []
        while self._hearing.requests:
            answers.append(self._answer(self._hearing.requests.popleft()))
        return tuple(answers)

    def _answer(self, request: CosignatureRequest) -> CosignatureAnswer:
        try:
            body = decode_base64(request.body)
        except MalformedError:
            body = b""  # which is no request, and the witness says so
        answer = self._witness.add_checkpoint(body)
        return CosignatureAnswer(request.id, answer.status, answer.content_type, encode_base64(answer.body))
