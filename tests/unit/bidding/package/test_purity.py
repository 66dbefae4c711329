"""The package's law, and its table of refusals: all that is in it is used, and all that is used is in it."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import bidding.package
from bidding.package import errors
from bidding.package.errors import PackageError, shown
from bidding.package.sentences import SENTENCES

FOLDER = Path(bidding.package.__file__).parent
SEALING = FOLDER.parent / "sealing.py"
FILES = [*sorted(FOLDER.glob("*.py")), SEALING, FOLDER.parent / "bid_keys.py"]
IMPURE = {
    "open",
    "print",
    "input",
    "today",
    "now",
    "utcnow",
    "read_bytes",
    "write_bytes",
    "urandom",
    "token_bytes",
}
IMPURE_MODULES = {
    "os",
    "pathlib",
    "random",
    "secrets",
    "time",
    "socket",
    "sqlalchemy",
    "storage",
    "tempfile",
    "zipfile",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_but_arguments_is_read(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            assert name not in IMPURE, f"line {node.lineno}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
            )
            assert not {module.split(".")[0] for module in modules} & IMPURE_MODULES, f"line {node.lineno}"


def test_every_code_has_its_sentence_and_every_sentence_is_used() -> None:
    code = "".join(path.read_text() for path in FILES if path.stem != "sentences")
    used = set(re.findall(r'Error\(\s*"([a-z0-9-]+)"', code)) | set(re.findall(r'\("(other-[a-z]+)",', code))
    assert used == set(SENTENCES)


def test_every_error_stands_in_the_list_and_is_used() -> None:
    named = {
        name for name, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, PackageError)
    }
    assert named <= set((errors.__doc__ or "").split())


def test_a_strangers_name_is_shown_harmlessly() -> None:
    assert shown("a\nb\u202e") == '"a\\u000ab\\u202e"'
    assert shown("技术.pdf") == '"技术.pdf"'
    assert len(shown("x" * 9999)) < 200
