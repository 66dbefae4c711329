"""Both sides of reports without a name (docs/spec/report.md): the reporter's and the supervisor's.

The platform is believed in nothing: the supervisor's recipient comes with the supervisor's signature, replies have it
too, and what was sealed opens here alone. Every request is sent without cookies and with a user agent like any other's.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from app import mail_channel
from app.mail_channel import MailChannel
from crypto.age import X25519Identity, X25519Recipient
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from crypto.signatures import SigningKey, VerifyKey
from ledger import sealed as seals
from ledger.entries import GroupProposed, MessageReceived, Sealed, decode, encode
from ledger.errors import LedgerError
from oversight.code_phrase import CodePhrase
from oversight.errors import ReportError
from oversight.mailboxes import Held
from oversight.reports import MessageText, Post, Reply


@dataclass(frozen=True, slots=True)
class Received:
    """A message as its reader has it. `text` is None for one that was sealed to others alone."""

    held: Held
    text: MessageText | None


class Desk:
    """One platform, and the supervisor's key that is believed. ReportError for a platform with another's."""

    def __init__(
        self,
        client: httpx.Client,
        supervisor: VerifyKey,
        clock: Callable[[], int],
        random: RandomBytes,
    ) -> None:
        self._supervisor, self._clock, self._random = supervisor, clock, random
        self._channel = MailChannel(client, ReportError, AbsentError)
        said = self._channel.asked("GET", "/where")
        self.origin, self.recipient = self._where(said)

    def write(self, phrase: CodePhrase, kind: str, message: MessageText) -> Held:
        """Sends a message, and checks the receipt: the commitment that the ledger has, or will have, to it."""
        number = len(self.fetch(phrase, or_none=True))
        content = message.seal([self.recipient], self._random)
        post = Post.of(phrase, self.origin, kind, number, content)
        (held,) = self._channel.held(self._channel.asked("POST", "/messages", post.to_bytes(content)))
        if (held.sha256, held.number) != (post.sha256, number):
            raise ReportError("the receipt is for another message")
        return held

    def fetch(self, phrase: CodePhrase, *, or_none: bool = False) -> list[Held]:
        """What is in the reporter's mailbox; an empty list if there is none yet and `or_none`."""
        key, at = phrase.signing, self._clock()
        signature = key.sign_fields("sunseal/report-fetch/v1", self.origin, phrase.mailbox, at)
        question = {"at": at, "key": key.verify_key.raw.hex(), "signature": signature.hex()}
        try:
            return self._channel.held(self._channel.asked("POST", "/fetch", json.dumps(question).encode()))
        except AbsentError:
            if or_none:
                return []
            raise

    def read(self, phrase: CodePhrase) -> list[Received]:
        """The replies, opened, each with the supervisor's signature checked; one's own messages stay sealed."""
        received = []
        for held in self.fetch(phrase):
            text = None
            if held.is_reply:
                content = self._channel.sealed(held.sha256)
                Reply(held.mailbox, held.number, held.sha256, held.signature).check(
                    self.origin, content, self._supervisor.verify
                )
                text = MessageText.unseal(content, phrase.identity)
            received.append(Received(held, text))
        return received

    def inbox(self, key: SigningKey) -> list[Held]:
        """Everything, for the supervisor."""
        at = self._clock()
        signature = key.sign_fields("sunseal/report-inbox/v1", self.origin, at)
        question = {"at": at, "signature": signature.hex()}
        return self._channel.held(self._channel.asked("POST", "/inbox", json.dumps(question).encode()))

    def open(self, held: Held, identity: X25519Identity) -> MessageText:
        """A message or a reply, for the supervisor."""
        return MessageText.unseal(self._channel.sealed(held.sha256), identity)

    def reply(self, key: SigningKey, mailbox: str, message: MessageText) -> Held:
        """The supervisor's answer, sealed to the reporter and to the supervisor itself."""
        box = [held for held in self.inbox(key) if held.mailbox == mailbox]
        if not box:
            raise ReportError("there is no such mailbox")
        recipients = [X25519Recipient.parse(box[0].recipient), self.recipient]
        content = message.seal(recipients, self._random)
        said = Reply.of(key.sign, self.origin, mailbox, len(box), content)
        (held,) = self._channel.held(self._channel.asked("POST", "/replies", said.to_bytes(content)))
        return held

    def _where(self, said: Any) -> tuple[str, X25519Recipient]:
        try:
            proposal = decode(said["group"].encode())
            if not isinstance(proposal, GroupProposed):
                raise ReportError("the platform does not show where the supervisor takes reports")
            proposal.check()
            if proposal.supervisor != self._supervisor.raw.hex() or proposal.origin != said["origin"]:
                raise ReportError("the supervisor of this platform is another than you believe")
            return proposal.origin, X25519Recipient.parse(proposal.recipient)
        except (CryptoError, LedgerError, KeyError, TypeError, AttributeError) as error:
            raise ReportError("the platform does not show where the supervisor takes reports") from error


class AbsentError(ReportError):
    """There is no such mailbox or message."""


def connect(address: str) -> httpx.Client:
    """To a platform such as https://tenders.example.org, or its hidden service through a proxy in the environment."""
    return mail_channel.connect(address, "/api/reports/v1", ReportError)


def commitment_of(held: Held) -> str:
    """What the sealed entry of a message is in the ledger: with it a sender finds its message there."""
    body = encode(MessageReceived(held.sha256, held.number))
    return Sealed(seals.seal(body, bytes.fromhex(held.salt)).hex()).commitment
