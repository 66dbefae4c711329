"""Each command line that the documents show is run by some test: the same command, with the same options.

A test is taken to run a command where the words of the command and the options stand as strings in one function. What
tells the stories of the demo and of the end-to-end tests counts, for those tests run it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from app.cli.main import main
from tests.environment import ROOT
from tests.unit.test_docs_commands import EXECUTED, PAGES, Shown, _words, shown_on

RUN_BY_TESTS = ("tests", "app/demo", "app/stack")
FOLLOWED = 2
"""A helper that puts the first words in front (`run("guarantor", *words)`) is found by the last ones of a command."""


def functions() -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """The words in each, and all those of its file."""
    for folder in RUN_BY_TESTS:
        for path in (ROOT / folder).rglob("*.py"):
            if path.name.startswith("test_docs_"):
                continue
            tree = ast.parse(path.read_text("utf-8"))
            every = frozenset(words_in(tree))
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    yield frozenset(words_in(node)), every


def words_in(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield from one.value.split()


def parsed(words: list[str]) -> tuple[list[str], set[str]]:
    """The command's own words, and the options that stand after them."""
    command: click.Command | None = main
    named: list[str] = []
    for word in words:
        if not isinstance(command, click.Group):
            break
        found = command.get_command(click.Context(command), word)
        if found is not None:
            command = found
            named.append(word)
    return named, {word.partition("=")[0] for word in words if word.startswith("--") and word != "--"}


def lines(page: Path) -> Iterator[tuple[Shown, list[str], set[str]]]:
    for shown in shown_on(page):
        words = _words(shown.text)
        while words and "=" in words[0]:
            del words[0]
        if shown.whole and words and words[0].endswith("sunseal"):
            named, options = parsed(words[1:])
            yield shown, named, options


@pytest.fixture(scope="module")
def run_by_tests() -> list[tuple[frozenset[str], frozenset[str]]]:
    return list(functions())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_line_on_the_page_is_run(
    page: Path, run_by_tests: list[tuple[frozenset[str], frozenset[str]]]
) -> None:
    if str(page.relative_to(ROOT)) in EXECUTED:
        return
    missing = []
    for shown, named, options in lines(page):
        last = set(named[-FOLLOWED:]) if len(named) > FOLLOWED else set(named[-1:])
        if not any(
            last <= here and options <= here and set(named) <= in_file for here, in_file in run_by_tests
        ):
            missing.append(f"{shown}: no test runs {' '.join(named)} with {sorted(options)}")
    assert not missing, "\n".join(missing)


def test_a_line_that_no_test_runs_is_found(run_by_tests: list[tuple[frozenset[str], frozenset[str]]]) -> None:
    named, options = parsed(["ledger", "init", "ledger.example.org", "--never-heard-of"])
    assert named == ["ledger", "init"]
    assert not any(options <= here for here, _ in run_by_tests)
