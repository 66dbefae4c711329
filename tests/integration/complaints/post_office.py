"""A real SMTP server on this machine: `PostOffice`. What it took is in `mails`; `refuses` makes it say no."""

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from app.settings import MailServer

SENDER = "Sunseal <platform@tenders.example>"


@dataclass
class PostOffice:
    """Takes every mail, but for addresses with an answer of their own such as `550 no such person`."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    port: int = 0

    @property
    def server(self) -> MailServer:
        return MailServer("127.0.0.1", self.port, False, None, None, SENDER)

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:  # noqa: N802
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(parsed)
        return "250 taken"

    def to(self, address: str) -> list[str]:
        """The subjects of what an address got."""
        return [str(mail["Subject"]) for mail in self.mails if mail["To"] == address]


@contextmanager
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        office.port = one.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
