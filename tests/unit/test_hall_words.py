"""Why an opening stands still is said in words, for every rule by which the ledger may refuse a whole part."""

import ast
import re
from collections.abc import Iterator

from bidding.opening.record import UNANSWERED
from tests.environment import ROOT

WORDS = ROOT / "app" / "web" / "pages" / "templates" / "hall" / "words.html"
OF_A_PART = {"judge", "_closed_part", "_key", "_called"}
"""The functions of ledger/view/verdict.py whose refusal stops the part; the others leave out one bid."""


def rules() -> Iterator[str]:
    module = ast.parse((ROOT / "ledger" / "view" / "verdict.py").read_text("utf-8"))
    named = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    assert named.keys() >= OF_A_PART
    for name, function in named.items():
        if name not in OF_A_PART:
            continue
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "ReleaseRefusedError"
            ):
                assert isinstance(node.args[0], ast.Constant)
                yield str(node.args[0].value)


def test_every_rule_that_stops_an_opening_has_words() -> None:
    macro = WORDS.read_text("utf-8").partition("macro stopped(rule)")[2].partition("endmacro")[0]
    worded = set(re.findall(r'"([a-z-]+)": _\(', macro))
    found = set(rules())
    assert len(found) == 8
    assert worded == {*found, UNANSWERED}
