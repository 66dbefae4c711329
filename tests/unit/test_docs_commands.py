"""Each command that the documents show can be given: the program has it, with these options and so many arguments.

Whole lines (in blocks, fenced or indented) have to parse; commands within a sentence have to be there with the options
that they name. What they do, other tests show; this one sees a command that was renamed, and an option that is gone.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import click
import pytest

from app.cli.main import main
from tests.environment import ROOT

PAGES = sorted(chain(ROOT.glob("*.md"), (ROOT / "docs").rglob("*.md"), (ROOT / "client").glob("*.md")))
NOT_OURS = {
    "age": "the age program",
    "cd": "the shell",
    "curl": "a program of the system",
    "export": "the shell",
    "git": "a program of the system",
    "openssl": "a program of the system",
    "sha256sum": "a program of the system",
    "sudo": "the shell",
}
"""First words of lines in shell blocks that are no command of this repository, and whose they are."""
PROSE = {
    "sunseal example": "the context of an example, in docs/spec/lot-key.md",
    "sunseal example draw": "the name of an example, in docs/spec/draw.md",
}
"""What looks like a command within a sentence, and is none."""
EXECUTED = {"docs/spec/sealed-bid.md": "tests/unit/bidding/package/test_page.py"}
"""Pages whose shell blocks a test runs line by line, as they stand there."""
_SHELL = frozenset({"sh", "bash", "console", "shell"})
_OURS = re.compile(r"(?:\$ )?((?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?(?:sunseal|make|python -m)\s.*)")
_INLINE = re.compile(r"(?<!`)`(?:\$ )?((?:[A-Z_]+=\S+ )*(?:sunseal|make|python -m) [^`]+)`(?!`)")


@dataclass(frozen=True)
class Shown:
    """A command on a page. `whole`: as one types it; otherwise it is named within a sentence."""

    page: str
    line: int
    text: str
    whole: bool

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


def shown_on(page: Path) -> Iterator[Shown]:
    name, fence, pending = str(page.relative_to(ROOT)), None, ""
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            fence = line.strip("` ") if fence is None else None
            continue
        text = f"{pending} {line.strip()}" if pending else line
        if pending or fence is not None or line.startswith("    "):
            found = _OURS.match(text.strip())
            if found and text.endswith("\\"):
                pending = text[:-1].strip()
                continue
            pending = ""
            if found:
                yield Shown(name, number, found[1], whole=True)
            elif (
                fence in _SHELL and name not in EXECUTED and text.strip() and not text.strip().startswith("#")
            ):
                yield Shown(name, number, text.strip().removeprefix("$ "), whole=True)
        else:
            inline = (one for one in _INLINE.findall(line) if one not in PROSE)
            yield from (Shown(name, number, one, whole=False) for one in inline)


def wrong_with(shown: Shown) -> str:
    """What does not fit; "" for a command that can be given."""
    words = _words(shown.text)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        del words[0]
    match words:
        case ["sunseal" | ".venv/bin/sunseal", *rest]:
            return _click(main, rest, whole=shown.whole)
        case ["make", *targets]:
            lacking = [one for one in targets if "=" not in one and one not in TARGETS]
            return f"make has no target {lacking[0]}" if lacking else ""
        case ["python" | ".venv/bin/python", "-m", module, *_]:
            return "" if find_spec(module) else f"there is no module {module}"
        case [first, *_] if first in NOT_OURS:
            return ""
    return "nobody knows this command: add it to NOT_OURS if it is somebody else's"


TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def _words(text: str) -> list[str]:
    """Without a comment (two blanks begin one too), pipes and redirections; `<what to put here>`, `[--maybe]` and `...` stand for one word."""
    text = re.sub(r"<[^<>|]*[^\s<>|]>", "PLACE", re.split(r"\s{2,}|\\$", text)[0])
    text = re.sub(r"\[([^\[\]]*)\]", r"\1", text).replace("…", "...")
    try:
        words = shlex.split(text, comments=True)
    except ValueError as error:
        raise AssertionError(f"{text}: {error}") from error
    ends = [at for at, word in enumerate(words) if word in {"|", ">", ">>", "<", "&&", ";", "&"}]
    return words[: ends[0]] if ends else words


def _click(command: click.Command, words: list[str], *, whole: bool) -> str:
    context = click.Context(command, info_name=command.name)
    try:
        given, rest, _ = command.make_parser(context).parse_args(list(words))
    except click.UsageError as error:
        if not whole and isinstance(error, click.BadOptionUsage):
            return ""  # an option named without its value
        return error.format_message()
    if "..." in rest and not isinstance(command, click.Group):  # and so on
        whole, rest = False, [one for one in rest if one != "..."]
    wrong = _values(command, given)
    if wrong or not isinstance(command, click.Group):
        lacking = [
            one.name for one in command.params if one.required and not one.envvar and not _has(given, one)
        ]
        if not wrong and whole and lacking:
            return f"{command.name} needs {', '.join(map(str, lacking))}"
        return wrong or (f"{command.name} takes no {rest[0]!r}" if rest else "")
    if not rest or rest[0] == "...":
        return f"{command.name} needs a subcommand" if whole and not given.get("help") else ""
    found = command.get_command(context, rest[0])
    if found is None:
        return f"{command.name} has no subcommand {rest[0]!r}"
    return _click(found, rest[1:], whole=whole)


def _has(given: dict[str, object], one: click.Parameter) -> bool:
    value = given.get(one.name or "")
    return isinstance(value, str | tuple | list) and bool(value)


def _values(command: click.Command, given: dict[str, object]) -> str:
    """A choice that is none. Other values are examples of the reader's own."""
    for one in command.params:
        value = given.get(one.name or "")
        if not isinstance(one.type, click.Choice) or not isinstance(value, str):
            continue
        if value not in one.type.choices and value != "PLACE" and not value.isupper():
            return f"{one.name} is one of {', '.join(map(str, one.type.choices))}, not {value!r}"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_command_on_the_page_can_be_given(page: Path) -> None:
    wrong = [f"{one}\n    {why}" for one in shown_on(page) if (why := wrong_with(one))]
    assert not wrong, "\n".join(wrong)


def test_commands_were_found_in_blocks_and_in_sentences() -> None:
    found = [one for page in PAGES for one in shown_on(page)]
    assert sum(one.whole for one in found) > 50
    assert sum(not one.whole for one in found) > 50


@pytest.mark.parametrize(("page", "test"), EXECUTED.items())
def test_a_page_that_is_executed_is_named_by_its_test(page: str, test: str) -> None:
    assert page.removeprefix("docs/") in (ROOT / test).read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "sunseal ledgers run",
        "sunseal ledger running",
        "sunseal verify --quickly URL",
        "sunseal opening record closing",
        "sunseal opening record closing part target more",
        "sunseal opening record closing part target --language fr",
        "make tea",
        "python -m scripts.nothing",
        "sunsael verify",
    ],
)
def test_a_command_that_is_not_there_is_found(text: str) -> None:
    assert wrong_with(Shown("a page", 1, text, whole=True))


def test_what_the_readme_tells_to_type_is_done_by_tests_and_by_ci() -> None:
    ci, demo = ((ROOT / name).read_text("utf-8") for name in (".ci/run", "tests/e2e/demo/test_demo.py"))
    readme = {one.text.split("#")[0].strip() for one in shown_on(ROOT / "README.md") if one.whole}
    assert readme == {"make demo", "make serve", "make test"}
    assert "make test" in ci or " test" in ci
    assert '"demo"' in demo
    assert '"stack", "run"' in demo
