"""Mails about a case, worded in both languages. Pure.

A mail names the case, the tender, the clock and its end, and a link; never who filed, and nothing of what was said. Its
Message-ID follows from what it is about, so a mail that goes out twice is one to a reader's program.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from oversight.complaints.words import MATTERS, Kind, Matter
from statutes.instants import said_end
from statutes.rule import Rule
from statutes.said import Said

WORDS = {
    "filed": Said("已收到", "has been received"),
    "replied": Said("已答复", "has been replied to"),
    "withdrawn": Said("已撤回", "has been withdrawn"),
    "correction-asked": Said("需要补正，请在期限内办理", "has to be corrected in the time that is given"),
    "corrected": Said("已补正", "has been corrected"),
    "forwarded": Said("已移送其他行政监督部门", "has been forwarded to another authority"),
    "accepted": Said("已受理", "has been accepted"),
    "not-accepted": Said("不予受理", "has not been accepted"),
    "joined": Said("已并案处理", "has been joined to another"),
    "suspended": Said("已责令暂停招标投标活动", "has suspended the tender"),
    "resumed": Said("暂停已解除", "suspends the tender no more"),
    "clock-stopped": Said("开始检验、检测、鉴定或者专家评审，期间不计入办理时限",
                          "waits for testing or an expert's opinion, whose time does not count"),
    "clock-resumed": Said("检验、检测、鉴定或者专家评审结束，时限继续计算",
                          "waits for testing or an expert's opinion no more"),
    "statement": Said("有新的陈述或者证据", "has a new statement or evidence"),
    "withdrawal-asked": Said("投诉人申请撤回，请答复", "is to be withdrawn: say whether that is allowed"),
    "withdrawal-refused": Said("不准撤回，继续处理", "may not be withdrawn, and goes on"),
    "decided": Said("已作出处理决定", "has been decided"),
    "near": Said("即将到期", "is nearly due"),
    "last-day": Said("今日到期", "is due today"),
    "overdue": Said("已逾期", "is overdue"),
}  # fmt: skip
KINDS = {Kind.OBJECTION: Said("异议（质疑）", "objection"), Kind.COMPLAINT: Said("投诉", "complaint")}


@dataclass(frozen=True, slots=True)
class About:
    """What a mail is about. `rule` and `due_at` of a clock; None of a step."""

    case: str
    kind: Kind
    tender: str
    matter: Matter
    word: str
    about: str
    at: datetime
    rule: Rule | None = None
    due_at: datetime | None = None
    mark: Said | None = None


def mail(about: About, to: str, sender: str, url: str, *, now: datetime) -> EmailMessage:
    """The mail to one address, handed in at `now`. `url` of the platform, without a slash at its end."""
    word = about.word.partition("-")[0] if about.word.startswith("overdue") else about.word
    kind, said, matter = KINDS[about.kind], WORDS[word], MATTERS[about.matter]
    short = about.case[:8]
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Subject"] = f"{kind.zh} {short} {said.zh} / {kind.en.capitalize()} {short} {said.en}"
    message["Date"] = format_datetime(now)
    named = hashlib.sha256(f"{about.case} {about.word} {about.about} {about.at.isoformat()} {to}".encode())
    message["Message-ID"] = f"<{named.hexdigest()[:40]}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    lines = [
        f"项目 {about.tender}：关于{matter.zh}的{kind.zh} {about.case} {said.zh}。",
        f"Tender {about.tender}: the {kind.en} {about.case} on {matter.en} {said.en}.",
    ]
    if about.rule is not None and about.due_at is not None:
        end = said_end(about.due_at)
        cited = "、".join(about.rule.articles)
        lines += [
            "",
            f"{about.rule.zh}（{cited}）。时限：{end.zh}。",
            f"{about.rule.en} ({', '.join(about.rule.articles)}). Until when: {end.en}.",
        ]
    if about.mark is not None:
        lines += ["", about.mark.zh, about.mark.en]
    lines += ["", f"{url}/complaints/{about.case}", ""]
    message.set_content("\n".join(lines))
    return message
