"""The rules of law and bidding read no clock, no file and no randomness: one module alone reads, its own package."""

import ast
import inspect
from pathlib import Path
from types import ModuleType

import pytest

import bidding
import statutes
from bidding import errors as bidding_errors
from statutes import errors as statutes_errors
from statutes.errors import RuleError

RULES = (
    *("errors", "timetable", "changes", "objections", "tender", "moves", "lot"),
    *("lot_rules", "evaluation", "price_formulas"),
)
PURE = [
    *(Path(bidding.__file__).parent / f"{name}.py" for name in RULES),
    *(path for path in sorted(Path(statutes.__file__).parent.glob("*.py")) if path.stem != "shipped"),
]
IMPURE = {"open", "print", "input", "today", "now", "utcnow", "read_text", "write_text", "urandom"}
IMPURE_MODULES = {"os", "pathlib", "random", "secrets", "time", "socket", "sqlalchemy", "storage", "ledger"}


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_a_rule_reads_nothing_but_its_arguments(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            assert name not in IMPURE, f"line {node.lineno}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
            )
            assert not {module.split(".")[0] for module in modules} & IMPURE_MODULES, f"line {node.lineno}"


@pytest.mark.parametrize("errors", [bidding_errors, statutes_errors], ids=lambda module: module.__name__)
def test_the_errors_page_names_every_error(errors: ModuleType) -> None:
    named = {
        name for name, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, RuleError)
    }
    assert named <= set((errors.__doc__ or "").split())
