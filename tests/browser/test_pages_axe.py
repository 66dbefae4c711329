"""axe-core finds nothing to object to (WCAG 2.2 A and AA, and good practice) on any page, in either language and width."""

from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, Page

from storage.database import Database
from tests.browser import cases, desk, draws, halls, held, mailboxes, site
from tests.browser.looking import LANGUAGES, WIDTHS, Looker

AXE = Path(__file__).parents[2] / "client" / "node_modules" / "axe-core" / "axe.min.js"
MANIFEST = Path(__file__).parents[2] / "client" / "dist" / "manifest.json"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not AXE.exists() or not MANIFEST.exists(), reason="needs the built client (make client)"
    ),
]


@pytest.mark.parametrize(
    "pages",
    [site, halls, cases, draws, mailboxes, desk, held],
    ids=["site", "halls", "cases", "draws", "mailboxes", "desk", "held"],
)
def test_no_page_has_a_violation_in_either_language_and_width(
    database: Database, tmp_path: Path, shell: Browser, pages: ModuleType
) -> None:
    found: list[str] = []
    with pages.served(database, tmp_path) as there, closing(Looker(shell, there)) as looker:
        for name, shown in pages.PAGES.items():
            for language in LANGUAGES:
                page = looker.page(shown.role, language)
                shown.open(there, page)
                # The page's own policy forbids a script from elsewhere; the protocol of the browser's tools does not.
                page.evaluate(AXE.read_text("utf-8"))
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 900})
                    found += [f"{name} {language} {width}: {one}" for one in violations(page)]
                page.close()
    assert found == []


def violations(page: Page) -> list[str]:
    results = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    return [
        f"{one['id']}: {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for one in results["violations"]
        for node in one["nodes"]
    ]
