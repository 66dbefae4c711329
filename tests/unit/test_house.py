"""The house rules that a machine can check: purity, size and names of files, and no loose ends."""

import ast
import configparser
import re
import subprocess
from pathlib import Path
from statistics import median

import pytest

from tests.environment import ROOT

PACKAGES = (
    "app",
    "bidding",
    "contracts",
    "crypto",
    "custody",
    "devchain",
    "guarantees",
    "keyholder",
    "ledger",
    "oversight",
    "paper",
    "parties",
    "statutes",
    "storage",
    "verifier",
)
IMPURE_NAMES = {"open", "print", "input"}
IMPURE_METHODS = {"urandom", "token_bytes", "today", "now", "utcnow", "generate_key", "generate_private_key"}
MEANINGLESS = {"utils", "util", "helpers", "helper", "common", "misc", "lib"}


def python_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for path in (ROOT / name for name in listed.stdout.split()) if path.exists()]


def pure_files() -> list[Path]:
    return sorted((ROOT / "crypto").rglob("*.py"))


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_crypto_reads_no_clock_no_file_and_no_randomness_of_its_own(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = node.func
            assert not (isinstance(called, ast.Name) and called.id in IMPURE_NAMES), f"line {node.lineno}"
            assert not (isinstance(called, ast.Attribute) and called.attr in IMPURE_METHODS), (
                f"line {node.lineno}"
            )


def test_no_file_is_longer_than_400_lines_and_the_median_is_about_150() -> None:
    sizes = {path: len(path.read_text().splitlines()) for path in python_files()}
    assert not {str(path): size for path, size in sizes.items() if size > 400}
    assert median(sizes.values()) <= 160


def test_names_of_files_say_something() -> None:
    assert not [path for path in python_files() if path.stem in MEANINGLESS]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_states_its_law(package: str) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text()))
    assert docstring
    assert "Law:" in docstring


@pytest.mark.parametrize("package", PACKAGES)
def test_import_linter_has_a_contract_for_every_package(package: str) -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    named = [section.get(key, "") for section in config.values() for key in ("source_modules", "layers")]
    assert any(package in text.split() for text in named)


def test_every_make_target_has_a_line_of_help() -> None:
    text = (ROOT / "Makefile").read_text()
    declared = set(re.findall(r"^\.PHONY: ([a-z-]+)$", text, re.MULTILINE))
    explained = set(re.findall(r"^([a-z-]+):.*## \S", text, re.MULTILINE))
    assert declared == explained


def test_decisions_are_numbered_without_a_gap() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for name in names:
        text = (ROOT / "docs" / "decisions" / name).read_text()
        assert all(heading in text for heading in ("## Context", "## Choice", "## Consequences")), name


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
