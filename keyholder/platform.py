"""What a keyholder says to the platform, one message at a time on each of two channels (ledger.exchange).

A message has a sequence that is on the disk before it leaves, so none is used twice. One that may or may not have
arrived is sent again with the very same bytes. On the work channel the message itself is on the disk as well, and is
sent again after a crash; on the witness's, where nothing is lost with it, sequences are taken in blocks.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keyholder.errors import MessageRefusedError, UnavailableError
from keyholder.http import Http
from keyholder.identity import Identity
from keyholder.memory import Memory
from keyholder.witness.mark import Probe, no_probe
from ledger.errors import LedgerError
from ledger.exchange import MAX_WAIT, WORK, Answer, CosignatureAnswer, Message, Report, SealedRelease

MAX_ANSWER = 8 << 20
BLOCK = 1000
TIMEOUT = 30.0
"""Seconds for an answer, beyond those that the platform may wait."""
MAX_SEQUENCE = 2**52
"""A `last` beyond it is not believed: it would leave no sequences."""
MAX_RETRY_AFTER = 60.0
UNKNOWN_AFTER = 5.0
"""Seconds until it is asked again whether the keyholder is registered."""

_RETURNED = 3


@dataclass(frozen=True, slots=True)
class Content:
    """What a message is about."""

    answers: tuple[CosignatureAnswer, ...] = ()
    entries: tuple[str, ...] = ()
    releases: tuple[SealedRelease, ...] = ()
    reports: tuple[Report, ...] = ()

    def __len__(self) -> int:
        return len(self.answers) + len(self.entries) + len(self.releases) + len(self.reports)


class Channel:
    """One channel; one thread uses it.

    `heard` is told of every answer, and `refused` of a message that was sent again and is refused for good.
    """

    def __init__(
        self,
        name: str,
        url: str,
        http: Http,
        identity: Identity,
        origin: str,
        memory: Memory,
        clock: Callable[[], float],
        heard: Callable[[Answer], None],
        refused: Callable[[MessageRefusedError], None],
        *,
        probe: Probe = no_probe,
    ) -> None:
        self._name = name
        self._url = url
        self._http = http
        self._identity = identity
        self._origin = origin
        self._memory = memory
        self._clock = clock
        self._heard = heard
        self._refused = refused
        self._probe = probe
        self._sequence, self._pending = memory.sequence(name)
        self._reserved = self._sequence

    def exchange(self, content: Content, *, known: int, wait: int) -> Answer:
        """Say it and hear the answer; first what is yet unanswered.

        Raises UnavailableError: then it, or what came before it, is unanswered (`has_pending`), and is sent again with
        the same bytes before anything new. Raises MessageRefusedError if the platform refused it for good.
        """
        self.resume()
        message = self._made(content, known, wait)
        for _ in range(_RETURNED):
            last = self._send(message, wait)
            if isinstance(last, Answer):
                return last
            # The keyholder's memory of its sequences is lost or old: it goes on from what the platform has.
            self._sequence = max(last, self._sequence)
            message = self._made(content, known, wait)
        raise UnavailableError("the platform refuses every sequence")

    def resume(self) -> None:
        """Send again what is unanswered, if anything is; its refusal is as good as its answer. UnavailableError."""
        if self._pending is None:
            return
        try:
            last = self._send(self._pending, MAX_WAIT)
        except MessageRefusedError as error:
            self._refused(error)
            return
        if not isinstance(last, Answer):
            self._sequence = max(last, self._sequence)
            self._pending = None

    def _made(self, content: Content, known: int, wait: int) -> bytes:
        self._sequence += 1
        message = Message(
            self._origin,
            self._identity.signing_key,
            self._name,
            self._sequence,
            int(self._clock()),
            known,
            wait,
            content.answers,
            content.entries,
            content.releases,
            content.reports,
        ).signed_by(self._identity.signing)
        data = message.to_bytes()
        if self._name == WORK:
            self._memory.write_sequence(self._name, self._sequence, data)
        elif self._sequence > self._reserved:
            self._reserved = self._sequence + BLOCK
            self._memory.write_sequence(self._name, self._reserved, None)
        self._probe("message written")
        self._pending = data
        return data

    def _send(self, data: bytes, wait: int) -> Answer | int:
        """The answer, or the last sequence that the platform has, where that is not lower."""
        reply = self._http.post(self._url, data, limit=MAX_ANSWER, timeout=wait + TIMEOUT)
        self._probe("message sent")
        sequence = self._sequence
        match reply.status:
            case 200:
                try:
                    answer = Answer.parse(reply.body)
                except LedgerError as error:
                    raise UnavailableError(f"the platform's answer is none: {error}") from error
                if answer.sequence != sequence:
                    raise UnavailableError("the platform answered another message than this one")
                self._pending = None
                self._heard(answer)
                return answer
            case 409:
                last = _last(reply.body)
                if not sequence <= last < MAX_SEQUENCE:
                    raise UnavailableError("the platform refuses a sequence without a reason", 5.0)
                return last
            case 400 | 413:
                self._pending = None
                raise MessageRefusedError(f"the platform refuses a message for good: status {reply.status}")
            case 401:
                raise UnavailableError("the platform does not know this keyholder's key", UNKNOWN_AFTER)
            case 429 | 503:
                raise UnavailableError(
                    f"the platform asks to come later: status {reply.status}", _seconds(reply.retry_after)
                )
            case status:
                raise UnavailableError(f"the platform cannot take a message: status {status}", 1.0)


def _last(body: bytes) -> int:
    try:
        problem: Any = json.loads(body)
    except ValueError as error:
        raise UnavailableError(
            "the platform refuses a sequence and does not say which was the last"
        ) from error
    match problem:
        case {"last": int(last)} if not isinstance(last, bool):
            return last
        case _:
            raise UnavailableError("the platform refuses a sequence and does not say which was the last")


def _seconds(retry_after: str) -> float:
    if retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 10:
        return min(max(float(retry_after), 1.0), MAX_RETRY_AFTER)
    return 1.0
