"""Mail, if a server is configured: a confirmation or a way to a new password, in both languages.

The library decides that a mail is due and with which link; here it is worded and handed in, from a thread of its own,
so that the time of an answer does not tell whether an address has an account.
"""

import logging
from email.message import EmailMessage
from threading import Thread
from typing import Any

from flask import request
from flask_security import MailUtil

from app.context import parts
from app.mail import deliver
from app.settings import MailFolder, MailServer

_RESET = "security/email/reset_instructions"
_CONFIRM = "security/email/confirmation_instructions"

log = logging.getLogger("app.mail")


class Mailer(MailUtil):
    """Flask-Security's way to send mail."""

    def send_mail(self, template: str, subject: str, recipient: Any, *_: Any, **context: Any) -> None:  # noqa: ARG002
        """Words and hands in a mail of the library. Without a server, or of a kind not worded here: nothing."""
        server = parts().settings.mail
        if server is None:
            return
        address = parts().settings.url or request.host_url.rstrip("/")
        # After the # a browser sends nothing to anybody: the token gets into no server's log.
        if template == _RESET:
            link = f"{address}/login/new-password#{context['reset_token']}"
            message = _message(server, recipient, "重设密码 / A new password", link)
        elif template == _CONFIRM:
            link = f"{address}/login/confirm#{context['confirmation_token']}"
            message = _message(server, recipient, "确认邮箱 / Confirm your address", link)
        else:
            return
        Thread(target=_send, args=(server, message), name="mail", daemon=True).start()


def _message(server: MailServer | MailFolder, recipient: str, subject: str, link: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, recipient, subject
    message.set_content(
        "请打开以下链接继续；如非本人申请，请忽略。\n"
        f"Follow this link to go on; if it was not you who asked, do nothing.\n\n{link}\n"
    )
    return message


def _send(server: MailServer | MailFolder, message: EmailMessage) -> None:
    try:
        deliver(server, message)
    except OSError as error:
        log.warning("a mail could not be handed in: %s", type(error).__name__)
