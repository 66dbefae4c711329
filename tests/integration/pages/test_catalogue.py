"""No string untranslated: every sentence of templates and code has its Chinese, and no text stands outside the catalogue."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

from app.web.pages.entry_titles import TITLES
from app.web.pages.language import catalogue
from ledger.entries import registered
from scripts.catalogue import DESK_PAGES, PAGES, missing, unused, used

TEMPLATES = sorted(path for folder in (PAGES, DESK_PAGES) for path in (folder / "templates").rglob("*.html"))
LETTERS = re.compile(r"[A-Za-z\u4e00-\u9fff]{2,}")
ALLOWED = {
    "OCDS",
    "SHA",
    "English",
    "中文",
    "sunseal",
    "verify",
    "ledger",
    "policy",
    "txt",
    "supervisor",
    "KEY",
    "bid",
}
"""Names of formats and of languages, and a command: the same in every language."""
SAID = ("aria-label", "title", "placeholder", "alt", "data-done", "data-failed")
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def test_every_sentence_has_its_chinese() -> None:
    assert [single for _, single in missing()] == []


def test_no_translation_is_left_over() -> None:
    assert unused() == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    named = re.compile(r"%\((\w+)\)s")
    for (_, english), (chinese, *_) in catalogue().items():
        assert set(named.findall(chinese)) == set(named.findall(english)), english
        assert "%" not in named.sub("", chinese + english), "a bare % would be read as a placeholder"


def test_extraction_finds_what_it_should() -> None:
    keys = {single for _, single in used()}
    assert {
        "Log in",
        "Lot %(lot)s takes bids until %(at)s.",
        "%(num)s lot",
        "Unified social credit code",
    } <= keys


class Texts(HTMLParser):
    """The words of a template that a reader would see, and that no expression makes; commands are the same in both."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_code = False

    def handle_data(self, data: str) -> None:
        if not self._in_code:
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_code = self._in_code and tag != "code"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_code = self._in_code or tag == "code"
        self.found += [value for name, value in attrs if name in SAID and value]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_template_has_text_outside_the_catalogue(path: Path) -> None:
    parser = Texts()
    parser.feed(EXPRESSION.sub(" ", path.read_text("utf-8")))
    words = {word for text in parser.found for word in LETTERS.findall(text)}
    assert words - ALLOWED == set()


def test_templates_hold_no_inline_style_or_program() -> None:
    for path in TEMPLATES:
        text = EXPRESSION.sub(" ", path.read_text("utf-8"))
        assert not re.search(r"<style|\sstyle=|<script(?! type)|\son[a-z]+=", text), path.name


def test_templates_are_escaped() -> None:
    for path in TEMPLATES:
        assert "|safe" not in path.read_text("utf-8").replace(" ", "")
        Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(path.read_text("utf-8"))


def test_every_type_of_entry_is_called_something_in_both_languages() -> None:
    assert {name.partition("/")[0] for name in registered()} - set(TITLES) == set()
