"""What a service refused, as the box above a form shows it: the rule with its article, or the sentence."""

from dataclasses import dataclass, field

from flask import current_app

from app.errors import of_error
from app.web.pages.language import language, said
from app.web.pages.problem_page import NEXT
from statutes.errors import Violation
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Refused:
    title: str
    reason: str = ""
    next: str = ""
    violations: tuple[Violation, ...] = field(default=())


def refused_by(error: Exception) -> Refused:
    """The refusal of one of our packages. Any other error is raised on: it is a bug."""
    problem = of_error(error)
    if problem is None or problem.problem.status >= 500:
        raise error
    found, detail = problem.problem, problem.detail
    current_app.logger.debug("refused: %s", found.code)
    reason = said(detail) if isinstance(detail, Said) else (detail or "")
    if isinstance(detail, str) and language() == "zh":
        reason = SENTENCES.get(detail, Said(detail, detail)).zh
    return Refused(
        said(found.title),
        "" if problem.violations else reason,
        said(NEXT.get(found.code, found.next)),
        tuple(problem.violations),
    )


SENTENCES = {
    text: Said(zh, text)
    for text, zh in (
        ("the draft has no timetable yet: a publication needs one", "草稿尚无时间表：发布前必须填写。"),
        (
            "too many questions on this tender at the moment: ask again in an hour",
            "本项目目前提问过多，请一小时后再问。",
        ),
        (
            "the question is answered already: what has changed since is an amendment",
            "该问题已经答复；之后的变化须以补遗发布。",
        ),
        ("the tender has ended: its documents change no more", "项目已结束，其文件不再变更。"),
        (
            "a document's name has 1 to 64 characters of a-z, 0-9, dot, hyphen and underscore",
            "文件代号为 1 至 64 个字符，只含小写字母、数字、点、连字符和下划线。",
        ),
        ("a comprehensive method names the formula that scores the price", "综合评估法须指定价格分公式。"),
        ("the organisation is suspended", "该单位已被暂停。"),
        ("you have this role in that organisation already", "您在该单位已有此角色。"),
        ("the code opens no invitation: ask for a new one", "该邀请码无效，请索取新的邀请码。"),
    )
}
"""Chinese for what the services say in English alone; a sentence that is not here is shown as it is."""
