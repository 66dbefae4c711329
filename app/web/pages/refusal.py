"""What a service refused, as the box above a form shows it: the rule with its article, or the sentence."""

from dataclasses import dataclass, field

from flask import current_app

from app.errors import of_error
from app.web.pages.language import language, said
from app.web.pages.problem_page import NEXT
from app.web.pages.refused_sentences import in_chinese
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
    if isinstance(detail, str):
        reason = in_reader_language(detail)
    return Refused(
        said(found.title),
        "" if problem.violations else reason,
        said(NEXT.get(found.code, found.next)),
        tuple(problem.violations),
    )


def in_reader_language(sentence: str) -> str:
    """What a service says in English, in the language of whoever reads the page."""
    return in_chinese(sentence) if language() == "zh" else sentence
