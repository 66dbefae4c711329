"""The documents point at what is there: each link, its heading, and each path that the map of the house names."""

import re
from itertools import chain
from pathlib import Path

import pytest

from tests.environment import ROOT

PAGES = sorted(chain(ROOT.glob("*.md"), (ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
PATH = re.compile(r"`([a-z_.]+/[A-Za-z0-9_./{},-]*)`")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The names that a forge gives to a page's headings."""
    text = FENCED.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_leads_somewhere(page: Path) -> None:
    text = FENCED.sub("", page.read_text("utf-8"))
    lost = []
    for link in LINK.findall(text):
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            lost.append(link)
    assert lost == []


def test_each_path_on_the_map_exists() -> None:
    text = FENCED.sub("", (ROOT / "docs" / "architecture.md").read_text("utf-8"))
    paths = [path for path in PATH.findall(text) if "{" not in path]
    assert len(paths) > 40
    assert [path for path in paths if not list(ROOT.glob(path.rstrip("/")))] == []
