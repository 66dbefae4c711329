"""Handing mail to the deployment's server (SMTP): the one way out, for logins and for the jobs of oversight.

SUNSEAL_MAIL is the server, smtp://host:port or smtps://host:port (app.settings). With a user name, STARTTLS comes
before the password; without one, the server is on this machine or network and takes mail as it comes. With
file:///folder each mail is a file there, whole or not at all, that its owner alone can read.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage

from app.dropped import drop
from app.settings import MailFolder, MailServer
from oversight.complaints.ports import UndeliverableError

TIMEOUT = 30
PERMANENT = 500
"""SMTP's codes from here on say that trying again is of no use (RFC 5321)."""


@dataclass(frozen=True, slots=True)
class Post:
    """The way out as a port: oversight.complaints.ports.MailPort."""

    server: MailServer | MailFolder

    def send(self, message: EmailMessage) -> None:
        """Hands it in; the server, or the disk, has it when this returns.

        UndeliverableError if the server will never take this address; OSError, of which smtplib's errors are some.
        """
        try:
            deliver(self.server, message)
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= PERMANENT for code, _ in error.recipients.values()):
                raise UndeliverableError("the server refuses the address for good") from error
            raise


def deliver(server: MailServer | MailFolder, message: EmailMessage) -> None:
    """Hands one mail in. OSError if the server is not there, or refuses it."""
    if isinstance(server, MailFolder):
        drop(server.folder, ".eml", message.as_bytes(policy=policy.SMTP))
    else:
        _submit(server, message)


def _submit(server: MailServer, message: EmailMessage) -> None:
    if server.over_tls:
        context = ssl.create_default_context()
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    with connection:
        if not server.over_tls and server.user is not None:
            connection.starttls(context=ssl.create_default_context())
        if server.user is not None:
            connection.login(server.user, server.password or "")
        connection.send_message(message)
