"""Telling experts that they were called: by mail where the contact is an address, else by a person with a telephone.

    Reach      the port oversight.ports.TellPort: mail first, the folder for everybody whom no mail reaches
    Spool      a folder with a file for each notice, for whoever telephones

A mail says that a call waits, until when, and the code; not for which lot, and not who else was called. Each has a code
of its own, so each is a mail of its own to a reader's program: the last one counts.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from app.dropped import drop
from oversight.complaints.ports import MailPort, UndeliverableError
from oversight.ports import Notice, TellPort
from statutes.instants import said_end

_ADDRESS = re.compile(r"[^@\s<>,;:\"()]+@[^@\s<>,;:\"()]+\.[^@\s<>,;:\"()]+", re.ASCII)


class UnreachableError(OSError):
    """Nobody can tell this expert: it has no address that takes mail, and there is no folder for who telephones."""


class Spool:
    """A folder where each notice is a file that its owner alone can read; whoever telephones takes it from there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def tell(self, notice: Notice) -> None:
        """Whole or not at all: the file has its name only once it is written."""
        said = {
            "code": notice.code,
            "contact": notice.contact,
            "name": notice.name,
            "until": notice.due_at.isoformat(),
        }
        drop(self._folder, ".json", json.dumps(said, ensure_ascii=False).encode())


@dataclass(frozen=True, slots=True)
class ExpertMail:
    """Mails from `sender`, with links that begin with `url`, a scheme and a host."""

    mail: MailPort
    sender: str
    url: str
    clock: Callable[[], datetime]

    def tell(self, notice: Notice) -> None:
        """The server has it when this returns. UndeliverableError for an address that never takes it; OSError."""
        self.mail.send(message(notice, self.sender, self.url, now=self.clock()))


@dataclass(frozen=True, slots=True)
class Reach:
    """By mail, or by the folder: either may be missing."""

    mail: ExpertMail | None
    spool: Spool | None

    def tell(self, notice: Notice) -> None:
        """An address that refuses mail for good goes to who telephones. UnreachableError, OSError: tried again."""
        ways: list[TellPort] = []
        if self.mail is not None and is_address(notice.contact):
            ways.append(self.mail)
        if self.spool is not None:
            ways.append(self.spool)
        for way in ways:
            try:
                return way.tell(notice)
            except UndeliverableError:
                continue
        raise UnreachableError("an expert has no address that takes mail: name a folder for who telephones")


def is_address(contact: str) -> bool:
    """Whether a contact is one address for mail, and nothing else."""
    return _ADDRESS.fullmatch(contact) is not None


def message(notice: Notice, sender: str, url: str, *, now: datetime) -> EmailMessage:
    """The mail, handed in at `now`."""
    end = said_end(notice.due_at)
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, notice.contact
    mail["Subject"] = "您被随机抽取为评标专家，请答复 / You were drawn for an evaluation: please answer"
    mail["Date"] = format_datetime(now)
    named = hashlib.sha256(b"sunseal/expert-mail/v1" + notice.code.encode()).hexdigest()
    mail["Message-ID"] = f"<{named[:40]}@{sender.rpartition('@')[2].rstrip('>')}>"
    mail["Auto-Submitted"] = "auto-generated"
    code = "-".join(notice.code[at : at + 4] for at in range(0, len(notice.code), 4))
    lines = [
        f"{notice.name}：您好！",
        "",
        f"您被随机抽取为一个评标委员会的成员。请在{end.zh}凭答复码答复：接受、不接受，或者有应当回避的情形。",
        "逾期未答复的，由下一位专家替补。",
        "名单在定标前保密，请勿告知他人。收到多封此类邮件的，以最后一封的答复码为准。",
        "",
        "You were drawn by lot for an evaluation committee. Answer by this code",
        f"{end.en}: that you accept, that you decline, or that you have a conflict of interest. After that",
        "the next expert is called. The names stay sealed until the award: please tell nobody.",
        "If you get several of these mails, the code of the last one counts.",
        "",
        f"答复码 / Code:  {code}",
        f"{url}/draws/answer",
        "",
    ]
    mail.set_content("\n".join(lines))
    return mail
