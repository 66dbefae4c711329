"""What a service refuses on a page has a sentence in Chinese: the services' own raises are read for it."""

import ast
import re
from collections.abc import Iterator

import pytest

from app.web.pages.refused_sentences import in_chinese
from tests.environment import ROOT

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SHOWN = {
    "parties": {
        *(
            "CreditCodeError",
            "InvitationError",
            "NotAllowedError",
            "StateError",
            "TakenError",
            "UnknownError",
        ),
    },
    "bidding/tenders": {
        *("DocumentError", "DraftError", "OcdsError", "TenderError", "TooManyQuestionsError"),
        "UnknownTenderError",
    },
    "oversight": {
        "CaseError",
        "DrawRefusedError",
        "NotFoundError",
        "PoolError",
        "ReportError",
        "TooEarlyError",
    },
    "custody": {"DrawError", "PoolEmptyError"},
}
"""Packages, and those of their errors that reach pages."""
NOT_ON_PAGES = {
    "the seed cannot be made: X",
    "the draw has X shares, and that is too few yet",
    "the key X has no recipient",
}
"""Said to who asks for a seed, which is a program of the platform's own."""
ELSEWHERE = {
    "oversight/code_phrase.py",
    "oversight/mailboxes.py",
    "oversight/reports.py",
    "parties/key_history.py",
    "parties/proof.py",
}
"""Answered to programs, in the browser too, which have words of their own."""


def raised() -> Iterator[str]:
    for package, errors in SHOWN.items():
        for path in sorted((ROOT / package).rglob("*.py")):
            if str(path.relative_to(ROOT)) in ELSEWHERE:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    called = node.exc.func
                    if isinstance(called, ast.Name) and called.id in errors:
                        yield from texts(node.exc.args[-1])


def texts(node: ast.expr) -> Iterator[str]:
    """The sentences in an argument, with X for what is put in."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(part.value if isinstance(part, ast.Constant) else "X" for part in parts)  # type: ignore[misc]
        case ast.IfExp(body=one, orelse=other):
            yield from texts(one)
            yield from texts(other)


def test_the_services_are_read() -> None:
    found = set(raised())
    assert len(found) > 50
    assert "the organisation has not registered as X" in found


@pytest.mark.parametrize("sentence", sorted(set(raised()) - NOT_ON_PAGES))
def test_every_refusal_on_a_page_has_chinese(sentence: str) -> None:
    chinese = in_chinese(sentence)
    assert CHINESE.search(chinese), f"{sentence!r} has no Chinese"
    assert chinese.count("X") >= sentence.count("X"), "something of it is lost"


def test_what_a_sentence_is_about_stays_in_it() -> None:
    assert in_chinese("the tender has no lot '3'") == "该项目没有标段 '3'。"
    assert in_chinese("part 'price' of lot 'a.1' has a key of another group already").startswith(
        "标段 'a.1' 的"
    )
    assert in_chinese("nobody has written this") == "nobody has written this"
